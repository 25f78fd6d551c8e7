//! `planning`: which components a change concerns.

use super::{Case, SPECIFICATION, check, configure};
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

/// The same with a component beside it that the changed file belongs to.
fn with_a_changed_neighbour() -> Repository {
    let repository = with_a_change_beside();
    let neighbour = json!({ "components": { "common": { "path": "common" }, "thing": {} } });
    configure(&repository, &neighbour);
    repository
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::of_values(
            "planning.shared_paths",
            with_a_change_beside,
            [json!(["co*on"]), json!(["other/**"])],
            planned,
            [json!(["thing"]), json!([])],
        ),
        Case::of_values(
            "components.*.depends_on",
            with_a_changed_neighbour,
            [json!(["common"]), json!([])],
            planned,
            [json!(["common", "thing"]), json!(["common"])],
        ),
        Case::new(
            "suites.*.tests",
            with_a_change_beside,
            [json!(["common"]), json!(["other"])]
                .map(|tests| json!({ "suites": { "integration": { "tests": tests } } })),
            planned,
            [json!(["thing"]), json!([])],
        ),
        Case::of_values(
            "components.*.suites",
            with_a_change_beside,
            [json!({ "end_to_end": { "tests": ["common"] } }), json!({})],
            planned,
            [json!(["thing"]), json!([])],
        ),
    ]
}

#[test]
fn a_change_concerns_what_the_file_says() {
    check(&cases());
}
