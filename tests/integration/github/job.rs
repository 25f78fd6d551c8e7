//! Runs in a job of GitHub Actions: what is written for the runner, and steps that share their work.

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

/// A script that counts how often it runs.
fn counting() -> Job {
    Job::new(with_script(&format!("echo x >> ran\n{WRITES_A_PASS}")))
}

#[test]
fn steps_of_a_job_run_each_tool_once_and_the_last_one_concludes() {
    let job = counting();
    for _ in 0..2 {
        job.run(&["gates", "test_pass_rate", "--component", "thing"])
            .expect_status(0);
    }
    job.run(&["conclude", "--component", "thing"])
        .expect_status(0);
    assert_eq!(job.repository.read("ran"), "x\n");
    let report = job.report("thing");
    assert_eq!(report["verdict"], "passed");
    assert_eq!(report["tools"][0]["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(job.outputs()["verdict"], "passed");
}

#[test]
fn what_no_step_collected_is_missing_and_blocks() {
    let job = counting();
    let ran = job
        .run(&["conclude", "--component", "thing"])
        .expect_status(3);
    assert!(!job.repository.path().join("ran").exists());
    assert!(
        ran.stdout.contains("no earlier step of this job ran check"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_failed_step_stays_failed_at_the_end() {
    let job = Job::new(with_script(&format!("echo x >> ran\n{FAILS}")));
    job.run(&["gates", "test_pass_rate", "--component", "thing"])
        .expect_status(1);
    job.run(&["conclude", "--component", "thing"])
        .expect_status(1);
    assert_eq!(job.repository.read("ran"), "x\n");
}

#[test]
fn what_was_collected_of_other_files_does_not_count() {
    for has_git in [true, false] {
        let job = counting();
        if has_git {
            // The sources of the component are generated.
            job.repository.write(".gitignore", "lib/made.txt\nran\n");
            job.repository.commit();
        }
        let gates = |status| {
            let arguments = [
                "gates",
                "test_pass_rate",
                "--component",
                "thing",
                "--format",
                "json",
            ];
            job.run(&arguments).expect_status(status)
        };
        gates(0);
        job.repository.write("lib/made.txt", "made\n");
        let ran = job.run(&["conclude", "--component", "thing"]);
        let ran = ran.expect_status(3);
        let said = "an earlier step of this job ran check, and lib/made.txt has changed since";
        assert!(ran.stdout.contains(said), "{}", ran.stdout);
        let ran = gates(0).json();
        assert_eq!(
            ran["tools"][0]["notes"][0],
            "what an earlier step collected does not count any more: lib/made.txt has changed since"
        );
        assert_eq!(job.repository.read("ran"), "x\nx\n");
        // What is wrong now is found.
        job.repository
            .write("check.sh", format!("echo x >> ran\n{FAILS}"));
        gates(1);
        gates(1);
        assert_eq!(job.repository.read("ran"), "x\nx\nx\n");
        job.repository.write("lib/made.txt", "made\n");
        job.run(&["conclude", "--component", "thing"])
            .expect_status(1);
    }
}

#[test]
fn what_steps_write_themselves_is_no_other_content() {
    let job = counting();
    job.repository.commit();
    for gates in ["test_pass_rate", "documentation", "test_pass_rate"] {
        job.run(&["gates", gates, "--component", "thing"]);
    }
    // `ran` is a file that git does not know and does not ignore.
    assert_eq!(job.repository.read("ran"), "x\n");
    for _ in 0..2 {
        job.run(&["conclude", "--component", "thing"])
            .expect_status(0);
    }
}

#[test]
fn the_reports_of_another_component_are_no_other_content() {
    let job = counting();
    let rules = job.repository.read("workflow_config.yaml");
    let rules = rules.replace("\"{report}\"", "\"{component}.xml\"");
    job.repository.write("workflow_config.yaml", rules);
    job.repository.write(".gitignore", "ran\n");
    job.repository.commit();
    for component in ["thing", "other"] {
        job.run(&["gates", "test_pass_rate", "--component", component])
            .expect_status(0);
    }
    assert!(job.repository.path().join("other.xml").is_file());
    job.run(&["conclude", "--component", "thing"])
        .expect_status(0);
    assert_eq!(job.repository.read("ran"), "x\nx\n");
}

#[test]
fn what_failed_is_tried_again_by_the_next_step_and_told_by_the_last() {
    let job = Job::new(with_script(&format!(
        "echo x >> \"$RAN\"\n[ -f \"$RAN.ready\" ] || {{ echo no database; exit 7; }}\n{WRITES_A_PASS}"
    )));
    let ran = job.runner.path().join("ran");
    let rules = job.repository.read("workflow_config.yaml");
    let env = format!("name: check\n        env: {{ RAN: {} }}\n", ran.display());
    job.repository.write(
        "workflow_config.yaml",
        rules.replace("name: check\n", &env) + "error_recovery:\n  testing: { max_retries: 0 }\n",
    );
    let gates = ["gates", "test_pass_rate", "--component", "thing"];
    job.run(&gates).expect_status(3);
    let told = job.run(&["conclude", "--component", "thing"]);
    assert!(
        told.expect_status(3).stdout.contains("no database"),
        "the reason is not told"
    );
    // Nothing of what is judged changes.
    fs::write(job.runner.path().join("ran.ready"), "").unwrap();
    job.run(&gates).expect_status(0);
    job.run(&gates).expect_status(0);
    job.run(&["conclude", "--component", "thing"])
        .expect_status(0);
    assert_eq!(fs::read_to_string(ran).unwrap(), "x\nx\n");
}

#[test]
fn what_was_collected_for_another_commit_does_not_count() {
    let job = counting();
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
            .args(arguments)
            .current_dir(job.repository.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "lib"]);
    git(&["commit", "--quiet", "-m", "first"]);
    job.run(&["gates", "test_pass_rate", "--component", "thing"])
        .expect_status(0);
    git(&["commit", "--quiet", "--allow-empty", "-m", "second"]);
    job.run(&["conclude", "--component", "thing"])
        .expect_status(3);
}

#[test]
fn what_was_collected_by_another_configuration_does_not_count() {
    let job = counting();
    job.run(&["gates", "test_pass_rate", "--component", "thing"])
        .expect_status(0);
    let rules = job.repository.read("workflow_config.yaml");
    let other = rules.replace("[sh, check.sh,", "[sh, -e, check.sh,");
    assert_ne!(rules, other);
    job.repository.write("workflow_config.yaml", other);
    job.run(&["conclude", "--component", "thing"])
        .expect_status(3);
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
