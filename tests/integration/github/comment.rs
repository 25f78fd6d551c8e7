//! The one comment: changed only when it says something else, and never by an older run.

use super::{FAILS, Setting};
use crate::support::{Repository, WRITES_A_PASS, github::ACTIONS};

fn again(setting: &Setting, script: &str, run_id: &str) {
    setting.repository.write("check.sh", script);
    let repository = Repository::new();
    drop(repository);
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
