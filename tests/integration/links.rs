//! Links that a commit brings along lead nothing that is written out of the workspace.

use crate::support::Repository;
use std::{fs, os::unix::fs::symlink, path::Path};

/// A repository in which these names are links into a folder outside of it, and that folder.
fn linked(links: &[(&str, &str)], settings: &str) -> (Repository, tempfile::TempDir) {
    let outside = tempfile::tempdir().unwrap();
    let repository = Repository::with_shop();
    repository.write("workflow_config.yaml", settings);
    for (name, to) in links {
        let name = repository.path().join(name);
        fs::create_dir_all(name.parent().unwrap()).unwrap();
        symlink(outside.path().join(to), name).unwrap();
    }
    (repository, outside)
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn what_a_run_leaves_behind_stays_inside_and_the_verdict_stays() {
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let day = format!(".metrics/{today}.jsonl");
    let lock = format!(".spec2prod/context/shop-workflow-{today}.lock");
    for (link, to, settings, sink) in [
        (".metrics", "", "", "metrics"),
        (&day, "victim.txt", "", "metrics"),
        ("workflow_dashboards", "", "", "dashboard"),
        (".spec2prod/context", "", "", "context session"),
        (&lock, "victim.txt", "", "context session"),
        (
            "linked",
            "",
            "context_management: { session: { directory: linked/sub } }\n",
            "context session",
        ),
        (
            "linked",
            "",
            "logging: { file: linked/log.txt }\n",
            "logging",
        ),
        (
            "workflow.log",
            "victim.txt",
            "logging: { file: workflow.log }\n",
            "logging",
        ),
    ] {
        let (repository, outside) = linked(&[(link, to)], settings);
        let ran = repository.run(&["run", "--component", "shop"]);
        let ran = ran.expect_status(0);
        assert!(is_empty(outside.path()), "{link}: {}", ran.stdout);
        let report = repository.report("shop");
        let problem = &report["publishing_problems"][0];
        assert_eq!(problem["sink"], sink, "{report:#}");
        let message = problem["message"].as_str().unwrap();
        let real = outside.path().canonicalize().unwrap();
        assert!(
            message.contains(&format!("it leads to {}", real.display()))
                && message.contains("remove the link, or name another path"),
            "{message}"
        );
    }
}

#[test]
fn a_run_whose_own_folder_is_elsewhere_does_not_begin() {
    for (link, to) in [
        (".spec2prod", ""),
        (".spec2prod/runs", ""),
        (".spec2prod/cache", ""),
        (".spec2prod/.gitignore", "victim.txt"),
    ] {
        let (repository, outside) = linked(&[(link, to)], "");
        let ran = repository.run(&["run", "--component", "shop"]);
        assert_ne!(ran.status, Some(0));
        assert!(ran.stderr.contains("it leads to"), "{link}: {}", ran.stderr);
        assert!(is_empty(outside.path()), "{link}");
    }
}

#[test]
fn a_place_that_the_user_names_may_be_anywhere() {
    let (repository, outside) = linked(&[], "");
    let file = outside.path().join("report.json");
    repository
        .run(&[
            "run",
            "--component=shop",
            "--output",
            file.to_str().unwrap(),
        ])
        .expect_status(0);
    assert!(file.is_file());
}
