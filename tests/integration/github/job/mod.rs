//! Runs in a job of GitHub Actions: what is written for the runner, and steps that share their work.

mod steps;

use super::FAILS;
use crate::support::{Ran, Repository, WRITES_A_PASS, with_script};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::PathBuf};

const HEAD: &str = "4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790";

/// A repository and the files that a runner gives to a step.
struct Job {
    repository: Repository,
    runner: tempfile::TempDir,
}

impl Job {
    fn new(repository: Repository) -> Self {
        let runner = tempfile::tempdir().unwrap();
        for file in ["outputs", "summary"] {
            fs::write(runner.path().join(file), "").unwrap();
        }
        let event = json!({"after": HEAD, "before": "0".repeat(40)});
        fs::write(runner.path().join("event.json"), event.to_string()).unwrap();
        let place = |name: &str| runner.path().join(name).display().to_string();
        let checkout = repository.path().display().to_string();
        let repository = repository
            .variable("GITHUB_ACTIONS", "true")
            .variable("GITHUB_EVENT_NAME", "push")
            .variable("GITHUB_EVENT_PATH", &place("event.json"))
            .variable("GITHUB_REPOSITORY", "octo-org/parcels")
            .variable("GITHUB_SHA", &"f".repeat(40))
            .variable("GITHUB_RUN_ID", "4711")
            .variable("GITHUB_RUN_ATTEMPT", "2")
            .variable("GITHUB_OUTPUT", &place("outputs"))
            .variable("GITHUB_STEP_SUMMARY", &place("summary"))
            .variable("GITHUB_WORKSPACE", &checkout)
            .variable("RUNNER_OS", "Linux")
            .variable("RUNNER_TEMP", &place("temp"));
        Self { repository, runner }
    }

    fn with(self, name: &str, value: &str) -> Self {
        Self {
            repository: self.repository.variable(name, value),
            ..self
        }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.repository.run(arguments)
    }

    fn summary(&self) -> String {
        fs::read_to_string(self.runner.path().join("summary")).unwrap()
    }

    /// The outputs as the runner reads them.
    fn outputs(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.runner.path().join("outputs")).unwrap();
        let mut lines = text.lines();
        let mut outputs = BTreeMap::new();
        while let Some(head) = lines.next() {
            let (name, delimiter) = head.split_once("<<").unwrap();
            let value: Vec<&str> = lines
                .by_ref()
                .take_while(|line| *line != delimiter)
                .collect();
            outputs.insert(name.to_owned(), value.join("\n"));
        }
        outputs
    }

    fn report(&self, component: &str) -> Value {
        let file = format!("workflow_report_{component}.json");
        serde_json::from_str(&self.repository.read(&file)).unwrap()
    }
}

fn remarks(log: &str) -> Vec<&str> {
    let kinds = ["::error ", "::warning ", "::notice "];
    log.lines()
        .filter(|line| kinds.iter().any(|kind| line.starts_with(kind)))
        .collect()
}

#[test]
fn a_run_writes_summary_outputs_and_remarks() {
    let job = Job::new(with_script(FAILS));
    let ran = job.run(&["run", "--component", "thing"]).expect_status(1);
    let summary = job.summary();
    assert!(
        summary.starts_with("## ❌ `thing` is blocked on its way to dev\n"),
        "{summary}"
    );
    assert!(summary.contains("`test_pass_rate`"), "{summary}");
    assert!(
        summary.contains(&format!("octo-org/parcels/blob/{HEAD}/")),
        "links lead to the head, not to the merge commit: {summary}"
    );
    assert!(
        summary.contains("``c::n|`x`<b>: ::error::no``"),
        "{summary}"
    );
    let outputs = job.outputs();
    let folder = job.repository.path().canonicalize().unwrap();
    let file = |name: &str| folder.join(name).display().to_string();
    for (name, value) in [
        ("verdict", "failed".to_owned()),
        ("success", "false".to_owned()),
        (
            "stages-completed",
            "specification,dependency_check".to_owned(),
        ),
        ("stages-failed", "testing".to_owned()),
        ("report", file("workflow_report_thing.json")),
        (
            "dashboard",
            file("workflow_dashboards/workflow_dashboard_thing.html"),
        ),
        ("gates-failed", "1".to_owned()),
        ("artifact-name", "spec2prod-thing-linux-2".to_owned()),
    ] {
        assert_eq!(outputs[name], value, "{name}");
    }
    for path in outputs["artifact-path"].lines() {
        assert!(PathBuf::from(path).is_file(), "{path}");
    }
    let remarks = remarks(&ran.stderr);
    assert!(
        remarks[0].starts_with("::error title=thing%3A test_pass_rate failed::"),
        "{remarks:#?}"
    );
    assert!(
        remarks
            .iter()
            .any(|remark| remark.starts_with("::error file=lib/a.txt,line=1,")),
        "{remarks:#?}"
    );
    let report = job.report("thing");
    assert_eq!(report["source"]["head"], HEAD);
    assert_eq!(report["run"]["attempt"], 2);
}

#[test]
fn surfaces_can_be_chosen() {
    let job = Job::new(with_script(FAILS)).with("SPEC2PROD_SURFACES", "summary");
    let ran = job.run(&["run", "--component", "thing"]).expect_status(1);
    assert!(remarks(&ran.stderr).is_empty(), "{}", ran.stderr);
    assert!(!job.summary().is_empty());

    let job = Job::new(with_script(FAILS)).with("SPEC2PROD_SURFACES", "none");
    job.run(&["run", "--component", "thing"]).expect_status(1);
    assert!(job.summary().is_empty());
    assert_eq!(job.outputs()["verdict"], "failed");

    let job = Job::new(with_script(FAILS)).with("SPEC2PROD_SURFACES", "sumary");
    let ran = job.run(&["run", "--component", "thing"]).expect_status(2);
    assert!(
        ran.stderr.contains("no surface \"sumary\""),
        "{}",
        ran.stderr
    );
}

#[test]
fn no_trouble_with_showing_changes_the_verdict() {
    let job = Job::new(with_script(WRITES_A_PASS))
        .with("GITHUB_STEP_SUMMARY", "/no/such/file")
        .with("GITHUB_OUTPUT", "/no/such/file")
        .with("GITHUB_EVENT_PATH", "/no/such/file");
    let ran = job.run(&["run", "--component", "thing"]).expect_status(0);
    assert!(ran.stdout.contains("event's payload"), "{}", ran.stdout);
    let problems = &job.report("thing")["publishing_problems"];
    assert_eq!(problems[0]["sink"], "GitHub", "{problems:#}");
}

#[test]
fn why_github_is_not_asked_is_said_once_where_deployments_are_told() {
    let unread = Job::new(with_script(WRITES_A_PASS)).with("GITHUB_EVENT_PATH", "/no/such/file");
    let without_token = Job::new(with_script(WRITES_A_PASS));
    let reason = [
        "--component",
        "thing",
        "--environment",
        "staging",
        "--reason",
        "x",
    ];
    for (job, why) in [(unread, "event's payload"), (without_token, "no token")] {
        for line in [&["status"][..], &[&["rollback"][..], &reason].concat()] {
            let ran = job.run(line);
            let said = ran.stderr.matches("GitHub is not asked: ").count();
            assert_eq!(said, 1, "{line:?}: {}", ran.stderr);
            assert!(ran.stderr.contains(why), "{line:?}: {}", ran.stderr);
        }
    }
}

#[test]
fn concluding_outside_a_job_is_refused() {
    let repository = with_script(WRITES_A_PASS);
    let ran = repository
        .run(&["conclude", "--component", "thing"])
        .expect_status(2);
    assert!(ran.stderr.contains("use `spec2prod run`"), "{}", ran.stderr);
}

#[test]
fn reports_of_several_jobs_become_one_verdict() {
    let job = Job::new(with_script(WRITES_A_PASS));
    let folder = job.repository.path().join("reports");
    for name in ["thing", "other"] {
        let file = folder.join(format!("{name}/workflow_report_{name}.json"));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let file = file.display().to_string();
        job.run(&["run", "--component", name, "--output", &file])
            .expect_status(0);
    }
    fs::write(job.runner.path().join("summary"), "").unwrap();
    fs::write(job.runner.path().join("outputs"), "").unwrap();
    let ran = job
        .run(&[
            "summarize",
            "--component=thing",
            "--component=other",
            "reports",
        ])
        .expect_status(0);
    assert!(
        ran.stdout.contains("all 2 components are ready"),
        "{}",
        ran.stdout
    );
    assert!(job.summary().contains("all 2 components are ready"));
    assert_eq!(job.outputs()["components"], "other,thing");
    assert!(
        job.repository
            .read("workflow_dashboards/workflow_dashboard.html")
            .contains("thing")
    );

    let ran = job
        .run(&[
            "summarize",
            "reports",
            "--component=thing",
            "--component=other",
            "--component=third",
            "--format",
            "json",
        ])
        .expect_status(3);
    let problems = &ran.json()["problems"];
    assert_eq!(problems[0]["subject"], "third", "{problems:#}");

    let ran = job
        .run(&[
            "summarize",
            "reports",
            "--commit",
            HEAD,
            "--needs",
            r#"{"judge":{"result":"cancelled"}}"#,
        ])
        .expect_status(3);
    assert!(
        ran.stdout.contains("the job was cancelled"),
        "{}",
        ran.stdout
    );
    job.run(&["summarize", "reports", "--component=../x"])
        .expect_status(2);
    job.run(&["summarize", "nowhere"]).expect_status(3);
}
