//! The one comment: changed only when it says something else, and never by an older run.

use super::{FAILS, Setting};
use crate::support::{WRITES_A_PASS, github::ACTIONS};

fn again(setting: &Setting, script: &str, run_id: &str) {
    setting.repository.write("check.sh", script);
    let mut command = setting.repository.command(&["run", "--component", "thing"]);
    command.env("GITHUB_RUN_ID", run_id);
    let output = command.output().unwrap();
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{output:?}"
    );
}

#[test]
fn it_is_changed_in_place_and_never_by_an_older_run() {
    let setting = Setting::new(WRITES_A_PASS);
    setting.github.comment(
        7,
        "stranger",
        "<!-- spec2prod:thing run=1 attempt=1 commit=x -->\nmine",
    );
    setting.run().expect_status(0);
    again(&setting, FAILS, "4300");
    let comments = setting.github.comments(7);
    assert_eq!(comments.len(), 2, "{comments:#?}");
    assert!(
        comments[0].body.ends_with("mine"),
        "a stranger's marker is a stranger's"
    );
    assert!(comments[1].body.contains("thing is blocked"));
    assert_eq!(comments[1].author, ACTIONS);

    again(&setting, WRITES_A_PASS, "4250");
    let after = setting.github.comments(7);
    assert_eq!(after[1].body, comments[1].body, "an older run changed it");
}

#[test]
fn it_says_what_has_changed_since_the_base() {
    let setting = Setting::new(WRITES_A_PASS);
    let judge = |folder: &str| {
        let file = format!("{folder}/workflow_report_thing.json");
        setting.repository.write(&format!("{folder}/.keep"), "");
        let mut command =
            setting
                .repository
                .command(&["run", "--component", "thing", "--output", &file]);
        command.env("SPEC2PROD_SURFACES", "none");
        assert!(
            command
                .output()
                .unwrap()
                .status
                .code()
                .is_some_and(|code| code < 2)
        );
    };
    judge("base");
    setting.repository.write("check.sh", FAILS);
    judge("reports");
    setting
        .repository
        .run(&["summarize", "--base-reports=base", "reports"])
        .expect_status(1);
    let body = &setting.github.comments(7)[0].body;
    assert!(body.contains("**Since the base**"), "{body}");
    assert!(
        body.contains(
            "was passed; `test_pass_rate` test pass rate: 100 % → **0 %**; 1 new finding"
        ),
        "{body}"
    );
}
