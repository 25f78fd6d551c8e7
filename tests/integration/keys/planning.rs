//! `planning`: which components a change concerns.

use super::{Case, SPECIFICATION, check};
use crate::support::Repository;
use serde_json::{Value, json};

/// A component that nothing was done to; beside it a file was changed.
fn with_a_change_beside() -> Repository {
    let repository = Repository::new();
    repository.write("src/thing/__init__.py", "");
    repository.write("specs/thing.md", SPECIFICATION);
    repository.write("workflow_config.yaml", "{}");
    repository
}

/// The components to judge. The configuration is a part of the base.
fn planned(repository: &Repository) -> Value {
    repository.commit();
    repository.write("common/deep/x.py", "x = 1\n");
    let ran = repository.run(&["plan", "--base", "HEAD", "--format", "json"]);
    ran.expect_status(0).json()["components"].clone()
}

pub(super) fn cases() -> Vec<Case> {
    vec![Case::of_values(
        "planning.shared_paths",
        with_a_change_beside,
        [json!(["co*on"]), json!(["other/**"])],
        planned,
        [json!(["thing"]), json!([])],
    )]
}

#[test]
fn a_change_concerns_what_the_file_says() {
    check(&cases());
}
