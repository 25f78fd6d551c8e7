//! Reports that a fork could have written.

use super::*;

/// Every text of a report that is free, replaced.
fn poison(value: &mut Value, key: &str, next: &mut usize) {
    const FREE: [&str; 22] = [
        "message",
        "what",
        "rule",
        "file",
        "remedy",
        "reproduce",
        "commit",
        "branch",
        "tool",
        "command",
        "version",
        "configuration",
        "toolchain",
        "context_session_id",
        "sink",
        "log",
        "spec2prod_version",
        "gate_name",
        "metrics_dashboard",
        "folder",
        "key",
        "from_commit",
    ];
    match value {
        Value::String(text) if FREE.contains(&key) => {
            *text = ATTACKS[*next % ATTACKS.len()].to_owned();
            *next += 1;
        }
        Value::Array(items) => {
            for item in items {
                poison(item, key, next);
            }
        }
        Value::Object(entries) => {
            for (name, entry) in entries {
                poison(entry, name, next);
            }
        }
        _ => {}
    }
}

/// What `publish` does with the report of a fork, after it was changed.
fn published(change: impl FnOnce(&mut Value)) -> (FakeGithub, Ran, String) {
    let setting = hostile();
    let mut pull = Pull::new(9).of_fork("stranger/shop");
    pull.head_branch = "OWNED&state=all#$(touch${IFS}OWNED);`id`'\"<b>".to_owned();
    let pull = setting.github.pull(pull);
    let arguments = ["run", "--component", "thing", "--output", "report.json"];
    let mut command = setting.repository.command(&arguments);
    command.env("SPEC2PROD_SURFACES", "none");
    assert_eq!(command.output().unwrap().status.code(), Some(1));
    let mut report: Value = serde_json::from_str(&setting.repository.read("report.json")).unwrap();
    report["source"]["head"] = json!(pull.head_sha);
    change(&mut report);
    report["source"]["head"] = json!(pull.head_sha);

    let run = WorkflowRun {
        id: 4242,
        name: "CI".to_owned(),
        event: "pull_request".to_owned(),
        head_branch: pull.head_branch.clone(),
        head_sha: pull.head_sha.clone(),
        head_repository: "stranger/shop".to_owned(),
        conclusion: Some("success".to_owned()),
        jobs: Vec::new(),
    };
    let payload = workflow_run("completed", &run);
    let step = Step::new(&setting.github, "workflow_run", &payload);
    let repository = with_script(WRITES_A_PASS).in_step(&step);
    repository.write("reports/a/workflow_report_thing.json", report.to_string());
    let ran = repository.run(&["publish", "reports"]);
    assert!(!repository.path().join("OWNED").exists());
    let summary = step.summary();
    (setting.github, ran, summary)
}

#[test]
fn what_a_fork_writes_into_its_report_is_text_on_every_surface() {
    let (github, ran, summary) = published(|report| poison(report, "", &mut 0));
    let ran = ran.expect_status(0);
    assert_no_command(&ran);
    assert_surfaces(&github, 9, "all");
    assert_only_text(&summary, "");
}

#[test]
fn a_report_that_names_what_cannot_be_a_component_is_refused() {
    for name in ["thing / linting", "../thing", "@octocat", "", "a\nb", "<b>"] {
        let (github, ran, _) = published(|report| report["component_name"] = json!(name));
        let ran = ran.expect_status(3);
        assert!(github.check_runs().is_empty(), "{name:?}");
        assert!(!ran.stdout.contains("OWNED"));
    }
}

#[test]
fn a_component_that_is_called_like_an_address_is_no_link() {
    let (github, ran, _) = published(|report| report["component_name"] = json!("www.evil.example"));
    ran.expect_status(0);
    let body = &github.comments(9)[0].body;
    let marker = body.lines().next().unwrap();
    assert!(
        body.contains("## ❌ `www.evil.example` is blocked"),
        "{body}"
    );
    assert_only_text(body, marker);
}
