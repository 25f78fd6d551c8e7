//! The components as the jobs of a matrix.

use super::{plan, planned, three};
use crate::support::Repository;
use serde_json::{Value, json};

fn with_many(count: usize) -> Repository {
    let repository = Repository::new();
    for number in 0..count {
        repository.write(&format!("src/c{number:03}/__init__.py"), "x = 1\n");
        repository.write(&format!("specs/c{number:03}.md"), "# It\n");
    }
    repository.commit();
    repository
}

fn jobs(plan: &Value) -> &Vec<Value> {
    plan["matrix"]["include"].as_array().unwrap()
}

#[test]
fn three_hundred_components_fit_a_matrix() {
    let repository = with_many(300);
    let plan = planned(&repository, &["--all"]);
    assert_eq!(jobs(&plan).len(), 256);
    assert_eq!(plan["components"].as_array().unwrap().len(), 300);
    assert_eq!(
        jobs(&plan)[0],
        json!({ "component": "c000,c001", "name": "c000+1" })
    );
    let plan = planned(&repository, &["--all", "--max-jobs", "10"]);
    assert_eq!(jobs(&plan).len(), 10);
    let names: Vec<&str> = jobs(&plan)
        .iter()
        .flat_map(|job| job["component"].as_str().unwrap().split(','))
        .collect();
    assert_eq!(names.len(), 300);
    // One of them changed.
    repository.write("src/c123/x.py", "x = 1\n");
    let plan = planned(&repository, &["--base", "HEAD"]);
    assert_eq!(
        plan["matrix"],
        json!({ "include": [{ "component": "c123", "name": "c123" }] })
    );
}

#[test]
fn numbers_of_jobs_that_no_matrix_has_are_refused() {
    let repository = three();
    for number in ["0", "257", "-1", "x"] {
        plan(&repository, &["--max-jobs", number]).expect_status(2);
    }
}

#[test]
fn what_is_asked_for_is_planned_and_the_target_passed_on() {
    let repository = three();
    let plan_of = planned(&repository, &["--component", "c,a", "--target", "staging"]);
    assert_eq!(
        plan_of["matrix"]["include"],
        json!([
            { "component": "a", "name": "a", "target": "staging" },
            { "component": "c", "name": "c", "target": "staging" },
        ])
    );
    assert_eq!(plan_of["reasons"]["a"][0]["kind"], "asked_for");
    let ran = plan(&repository, &["--component", "absent"]).expect_status(2);
    assert!(
        ran.stderr.contains("no sources of component absent"),
        "{}",
        ran.stderr
    );
    plan(&repository, &["--component", "a", "--all"]).expect_status(2);
}

#[test]
fn a_wrong_configuration_is_refused() {
    let repository = three();
    repository.write(
        "workflow_config.yaml",
        "planning: {shared_paths: [\"a[\", /etc, ../x]}\n",
    );
    let ran = plan(&repository, &["--all"]).expect_status(2);
    for said in ["no pattern for paths", "is not relative", "leads outside"] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}
