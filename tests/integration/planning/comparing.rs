//! What is compared with what, and what is said where that cannot be done.

use super::{components, plan, planned, three};
use crate::support::Repository;
use serde_json::json;

/// `main` went on in `a`, and the branch that is checked out in `b`.
fn diverged() -> Repository {
    let repository = three();
    repository.git(&["checkout", "--quiet", "-b", "work"]);
    repository.write("src/b/x.py", "x = 1\n");
    repository.commit_all();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("src/a/x.py", "x = 1\n");
    repository.commit_all();
    repository.git(&["checkout", "--quiet", "work"]);
    repository
}

#[test]
fn what_the_base_did_meanwhile_is_no_change() {
    let repository = diverged();
    let plan = planned(&repository, &["--base", "main"]);
    assert_eq!(plan["components"], json!(["b"]));
    assert_eq!(plan["base"], repository.git(&["rev-parse", "main"]));
    assert_eq!(plan["merge_base"], repository.git(&["rev-parse", "main~1"]));
    assert_eq!(plan["head"], repository.git(&["rev-parse", "work"]));
    // Also in a merge of both, as CI checks pull requests out.
    repository.git(&["checkout", "--quiet", "--detach", "main"]);
    repository.git(&["merge", "--quiet", "--no-edit", "work"]);
    assert_eq!(components(&repository, &["--base", "main"]), ["b"]);
}

#[test]
fn two_merge_bases_are_both_compared_with() {
    let repository = diverged();
    repository.git(&["branch", "old"]);
    repository.git(&["merge", "--quiet", "--no-edit", "main"]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository.git(&["merge", "--quiet", "--no-edit", "old"]);
    repository.write("src/c/x.py", "x = 1\n");
    repository.commit_all();
    assert!(components(&repository, &["--base", "work"]).contains(&"c".to_owned()));
}

#[test]
fn local_changes_count_outside_ci_only() {
    let repository = three();
    repository.write("src/a/__init__.py", "x = 2\n");
    repository.write("src/b/staged.py", "x = 1\n");
    repository.git(&["add", "src/b"]);
    repository.write("src/c/deep/new.py", "x = 1\n");
    assert_eq!(
        components(&repository, &["--base", "HEAD"]),
        ["a", "b", "c"]
    );
    // What git ignores is no change.
    repository.write(".gitignore", "*.log\n");
    repository.commit_all();
    repository.write("src/a/x.log", "x");
    assert!(components(&repository, &["--base", "HEAD"]).is_empty());
    let ci = repository.variable("CI", "true");
    ci.write("src/b/new.py", "x = 1\n");
    assert!(components(&ci, &["--base", "HEAD"]).is_empty());
}

#[test]
fn a_person_compares_with_the_default_branch() {
    let repository = diverged();
    let plan = planned(&repository, &[]);
    assert_eq!(plan["base"], repository.git(&["rev-parse", "main"]));
    assert_eq!(plan["components"], json!(["b"]));

    let clone = Repository::new();
    let address = repository.path().to_string_lossy().into_owned();
    repository.git(&["checkout", "--quiet", "main"]);
    clone.git(&["clone", "--quiet", &address, "."]);
    clone.git(&["checkout", "--quiet", "-b", "mine"]);
    clone.git(&["branch", "--quiet", "-D", "main"]);
    clone.write("src/c/x.py", "x = 1\n");
    clone.commit_all();
    assert_eq!(components(&clone, &[]), ["c"]);

    // Nothing to compare with is no error, and nothing is left out.
    let lone = three();
    lone.git(&["branch", "-m", "lone"]);
    let ran = plan_of(&lone);
    assert_eq!(ran["components"], json!(["a", "b", "c"]));
    assert!(
        ran["notes"][0]
            .as_str()
            .unwrap()
            .contains("name a base with --base")
    );
}

fn plan_of(repository: &Repository) -> serde_json::Value {
    planned(repository, &[])
}

#[test]
fn ci_judges_everything_where_it_cannot_compare_and_a_person_is_told() {
    let repository = three();
    let shallow = Repository::new();
    repository.write("src/a/x.py", "x = 1\n");
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.commit_all();
    let address = format!("file://{}", repository.path().display());
    shallow.git(&["clone", "--quiet", "--depth=1", &address, "."]);

    let ran = plan(&shallow, &["--base", &base]).expect_status(2);
    assert!(ran.stderr.contains("fetch-depth: 0"), "{}", ran.stderr);
    assert!(ran.stdout.is_empty());
    for missing in ["absent", "--upload-pack=x", "HEAD^{tree}"] {
        let ran = plan(&repository, &[&format!("--base={missing}")]).expect_status(2);
        assert!(ran.stderr.contains("no commit here"), "{}", ran.stderr);
    }

    // Both ends are there, and what is between them is not.
    shallow.git(&["fetch", "--quiet", "--depth=1", "origin", &base]);
    let ran = plan(&shallow, &["--base", &base]).expect_status(2);
    let said = "no commit in common with the one that is checked out; the history is cut off";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);

    let shallow = shallow.variable("GITHUB_ACTIONS", "true");
    for base in [
        base.as_str(),
        "absent",
        "",
        "0000000000000000000000000000000000000000",
    ] {
        let ran = plan(&shallow, &[&format!("--base={base}")]).expect_status(0);
        let plan = ran.json();
        assert_eq!(plan["components"], json!(["a", "b", "c"]), "{base}");
        assert_eq!(plan["reasons"]["a"][0]["kind"], "everything");
        let note = plan["notes"][0].as_str().unwrap();
        assert!(note.starts_with("all components are judged: "), "{note}");
        assert!(ran.stderr.contains(note), "{}", ran.stderr);
    }

    // A branch that has nothing in common.
    repository.git(&["checkout", "--quiet", "--orphan", "other"]);
    repository.commit_all();
    let ran = plan(&repository, &["--base", "main"]).expect_status(2);
    assert!(ran.stderr.contains("no commit in common"), "{}", ran.stderr);
    let ci = repository.variable("CI", "1");
    assert_eq!(components(&ci, &["--base", "main"]).len(), 3);
}

#[test]
fn without_a_repository_or_without_git_nothing_is_left_out() {
    let repository = Repository::with_shop();
    let ran = plan(&repository, &[]).expect_status(2);
    assert!(ran.stderr.contains("cannot compare"), "{}", ran.stderr);
    assert_eq!(components(&repository, &["--all"]), ["shop"]);
    repository.git(&["init", "--quiet"]);
    plan(&repository, &[]).expect_status(2);

    let without_git = three().variable("PATH", "/nowhere");
    let ran = plan(&without_git, &["--base", "HEAD"]).expect_status(2);
    assert!(ran.stderr.contains("no such program"), "{}", ran.stderr);
    let without_git = without_git.variable("CI", "true");
    assert_eq!(components(&without_git, &["--base", "HEAD"]).len(), 3);
}

#[test]
fn a_workspace_may_be_a_folder_of_the_repository() {
    let repository = Repository::new();
    for name in ["a", "b"] {
        repository.write(&format!("project/src/{name}/__init__.py"), "x = 1\n");
        repository.write(&format!("project/specs/{name}.md"), "# It\n");
    }
    repository.write(
        "project/workflow_config.yaml",
        "components: {a: {}, b: {}}\n",
    );
    repository.commit();
    repository.write("src/a/x.py", "outside\n");
    repository.write("project/src/b/x.py", "x = 1\n");
    let inside = ["--workspace", "project", "--base", "HEAD"];
    assert_eq!(components(&repository, &inside), ["b"]);
    repository.write("project/workflow_config.yaml", "components: {b: {}}\n");
    repository.commit_all();
    let plan = planned(&repository, &["--workspace", "project", "--base", "HEAD~1"]);
    assert_eq!(plan["removed"], json!(["a"]));
    assert_eq!(plan["changed_files"], 2);
}
