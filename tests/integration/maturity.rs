//! What `status` and `probe` say of the level of a component.

use super::deployment::{run, thing, version};
use crate::support::Repository;
use serde_json::Value;

fn status(repository: &Repository) -> Value {
    let status = repository.run(&["status", "--component", "thing", "--format", "json"]);
    status.expect_status(0).json()[0].clone()
}

/// Makes the configuration another one.
fn replace(repository: &Repository, text: &str, other: &str) {
    let before = repository.read("workflow_config.yaml");
    assert!(before.contains(text), "{before}");
    repository.write("workflow_config.yaml", before.replace(text, other));
}

#[test]
fn a_hotfix_is_told_with_its_reason_until_a_later_version_is_active() {
    let repository = thing();
    replace(&repository, "[ { rollback_tested: true } ]", "[]");
    version(&repository, "one");
    let hotfix = ["--hotfix", "orders are lost"];
    run(&repository, "production", &hotfix).expect_status(0);
    let found = status(&repository);
    let active = &found["environments"][1]["active"];
    assert_eq!(active["hotfix"], "orders are lost", "{found:#}");
    let ran = repository.run(&["status", "--component", "thing", "--maturity-file"]);
    assert!(ran.stdout.contains("came as a hotfix"), "{}", ran.stdout);
    let maturity = repository.read("lib/MATURITY.md");
    assert!(maturity.contains("orders are lost"), "{maturity}");
    let ledger = repository.read(".spec2prod/history/deployments/production/thing.jsonl");
    assert!(ledger.contains("orders are lost"), "{ledger}");

    version(&repository, "two");
    run(&repository, "production", &[]).expect_status(0);
    let found = status(&repository);
    let active = &found["environments"][1]["active"];
    assert_eq!(active["hotfix"], Value::Null, "{found:#}");
}

#[test]
fn the_artifact_that_is_in_staging_is_the_one_that_would_go_on() {
    let repository = thing();
    version(&repository, "one");
    let digest = format!("sha256:{}", "a".repeat(64));
    let artifact = ["--artifact-digest", digest.as_str()];
    run(&repository, "staging", &artifact).expect_status(0);
    let found = status(&repository);
    let criteria = found["next"]["criteria"].as_array().unwrap();
    let mut criteria = criteria.iter();
    let verified = criteria.find(|criterion| criterion["name"] == "verified_in_staging");
    assert_eq!(
        verified.unwrap()["verdict"]["verdict"],
        "passed",
        "{found:#}"
    );
}
