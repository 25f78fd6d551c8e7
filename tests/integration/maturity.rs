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
    assert_eq!(verified.unwrap()["verdict"], "passed", "{found:#}");
}

/// A version in production, which asks for nothing but its gate.
fn in_production(repository: &Repository) -> String {
    replace(repository, "[ { rollback_tested: true } ]", "[]");
    let commit = version(repository, "one");
    run(repository, "production", &[]).expect_status(0);
    assert_eq!(status(repository)["maturity"], "production");
    commit
}

#[test]
fn a_hold_on_the_active_version_takes_its_level_away_and_is_written_down_once() {
    let repository = thing();
    let commit = in_production(&repository);
    let place = ["--component", "thing", "--environment", "production"];
    let word = ["--version", commit.as_str(), "--reason", "loses orders"];
    repository
        .run(&[&["hold"], &place[..], &word[..]].concat())
        .expect_status(0);
    let ledger = || repository.read(".spec2prod/history/deployments/production/thing.jsonl");
    let found = status(&repository);
    assert_eq!(found["maturity"], "staging", "{found:#}");
    let reason = found["demotion"]["reason"].as_str().unwrap();
    assert!(reason.contains("loses orders"), "{reason}");
    let remedy = found["demotion"]["remedy"].as_str().unwrap();
    assert!(remedy.contains("spec2prod release"), "{remedy}");
    assert!(!ledger().contains("demoted"));

    let probe = [&["probe"], &place[..]].concat();
    let ran = repository.run(&probe).expect_status(1);
    assert!(ran.stdout.contains("demoted: "), "{}", ran.stdout);
    let ran = repository.run(&probe).expect_status(0);
    assert!(ran.stdout.contains("hold failed: "), "{}", ran.stdout);
    assert_eq!(ledger().matches("\"demoted\"").count(), 1);
    let written = repository.run(&["status", "--component", "thing", "--maturity-file"]);
    written.expect_status(0);
    let maturity = repository.read("lib/MATURITY.md");
    assert!(
        maturity.starts_with("# Maturity of `thing`: staging"),
        "{maturity}"
    );
    assert!(maturity.contains("What keeps production"), "{maturity}");

    repository
        .run(&[&["release"], &place[..], &word[..]].concat())
        .expect_status(0);
    run(&repository, "production", &[]).expect_status(0);
    assert_eq!(status(&repository)["maturity"], "production");
}

#[test]
fn what_is_not_known_takes_no_level_away_and_is_said() {
    let repository = thing();
    in_production(&repository);
    replace(
        &repository,
        "additional_requirements: []\nstages",
        "additional_requirements: [ { staging_uptime_percentage: 99 } ]\nstages",
    );
    let found = status(&repository);
    assert_eq!(found["maturity"], "production", "{found:#}");
    let uptime = &found["maintenance"][1]["criteria"][0];
    assert_eq!(uptime["name"], "uptime", "{found:#}");
    assert_eq!(uptime["verdict"], "no_data");
    let ran = repository.run(&["status", "--component", "thing"]);
    assert!(
        ran.stdout.contains("nobody looked at production"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_was_seen_before_a_drill_is_not_forgotten() {
    let repository = thing();
    replace(&repository, "[ { rollback_tested: true } ]", "[]");
    version(&repository, "one");
    run(&repository, "staging", &[]).expect_status(0);
    version(&repository, "two");
    run(&repository, "staging", &[]).expect_status(0);
    replace(
        &repository,
        "staging: *level",
        "staging: { required_gates: [test_pass_rate], optional_gates: [], additional_requirements: [ { staging_uptime_percentage: 100 } ] }",
    );
    let place = ["--component", "thing", "--environment", "staging"];
    let health = repository.read("health.sh");
    repository.write("health.sh", "exit 1\n");
    repository
        .run(&[&["probe"], &place[..]].concat())
        .expect_status(1);
    repository.write("health.sh", health);
    assert_eq!(status(&repository)["maturity"], "dev");
    let drill = [&["rollback", "--drill"], &place[..]].concat();
    repository.run(&drill).expect_status(0);
    let found = status(&repository);
    assert_eq!(found["maturity"], "dev", "{found:#}");
    let reason = found["demotion"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("staging was down"), "{reason}");
}
