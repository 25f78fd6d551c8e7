//! A version goes to staging and production, is taken back, held, agreed to and vouched for, with the
//! commands that people type.

use crate::support::{
    Ran, Repository,
    github::{FULL_TOKEN, FakeGithub, Level, Pull, Step, Token},
};
use serde_json::Value;

const CONFIGURATION: &str = r#"
components:
  thing: { path: lib, toolchain: checks }
toolchains:
  checks:
    type: command
    commands:
      - name: tests
        command: [cat, tests.xml]
        evidence: [tests]
        report: { format: junit }
maturity_workflow:
  development: &level { required_gates: [test_pass_rate], optional_gates: [], additional_requirements: [] }
  staging: *level
  production:
    required_gates: [test_pass_rate]
    optional_gates: []
    additional_requirements: [ { rollback_tested: true } ]
stages:
  specification: { enabled: false }
environments:
  staging: &environment
    url: "http://{environment}.example.test"
    deploy: [sh, deploy.sh]
    health_check: { command: [sh, health.sh], interval: 0.01, successes: 1, failures: 1, errors: 1 }
  production: *environment
"#;

/// The active version of each environment is the content of a file. A version is healthy where its
/// commit has no file `sick`.
pub(super) fn thing() -> Repository {
    let repository = Repository::new().variable("USER", "grace");
    repository.write("workflow_config.yaml", CONFIGURATION);
    repository.write("lib/thing.txt", "");
    repository.write(
        "tests.xml",
        r#"<testsuite name="s"><testcase classname="c" name="t"/></testsuite>"#,
    );
    repository.write(
        "deploy.sh",
        "mkdir -p out\necho \"$SPEC2PROD_COMMIT\" > out/$SPEC2PROD_ENVIRONMENT\n",
    );
    repository.write(
        "health.sh",
        "! git cat-file -e \"$(cat out/$SPEC2PROD_ENVIRONMENT):sick\" 2>/dev/null\n",
    );
    repository.write(".gitignore", "out/\n");
    repository.git(&["init", "--quiet", "--initial-branch=main"]);
    repository
}

pub(super) fn version(repository: &Repository, content: &str) -> String {
    repository.write("lib/thing.txt", content);
    repository.commit_all();
    repository.git(&["rev-parse", "HEAD"]).trim().to_owned()
}

pub(super) fn run(repository: &Repository, target: &str, more: &[&str]) -> Ran {
    let line = ["run", "--component", "thing", "--target", target];
    repository.run(&[&line, more].concat())
}

fn active(repository: &Repository, environment: &str) -> String {
    repository
        .read(&format!("out/{environment}"))
        .trim()
        .to_owned()
}

pub(super) fn deployment(repository: &Repository, environment: &str) -> Value {
    let report = repository.report("thing");
    report["stage_results"][format!("{environment}_deployment")]["deployment"].clone()
}

const PLACE: [&str; 4] = ["--component", "thing", "--environment", "staging"];

pub(super) fn at_staging(repository: &Repository, command: &str, more: &[&str]) -> Ran {
    repository.run(&[&[command], &PLACE[..], more].concat())
}

#[test]
fn a_version_goes_to_staging_and_after_a_drill_to_production() {
    let repository = thing();
    version(&repository, "one");
    run(&repository, "staging", &[]).expect_status(0);
    let commit = version(&repository, "two");
    let ran = run(&repository, "production", &[]).expect_status(1);
    assert!(ran.stdout.contains("rollback_tested"), "{}", ran.stdout);
    assert_eq!(active(&repository, "staging"), commit);
    assert!(!repository.path().join("out/production").exists());

    at_staging(&repository, "rollback", &["--drill"]).expect_status(0);
    assert_eq!(active(&repository, "staging"), commit);
    let promote = ["promote", "--component", "thing", "--to", "production"];
    repository.run(&promote).expect_status(0);
    assert_eq!(active(&repository, "production"), commit);
    let found = deployment(&repository, "production");
    assert_eq!(found["outcome"], "healthy");
    assert_eq!(found["url"], "http://production.example.test");
    let report = repository.report("thing");
    assert_ne!(report["evidence_from"]["id"], report["run"]["id"]);

    let statement = "promotion_statement_thing_production.json";
    let report = ["--report", "workflow_report_thing.json"];
    let verify = [&["verify", statement], &report[..], &["--commit", &commit]].concat();
    let ran = repository.run(&verify).expect_status(0);
    assert!(ran.stdout.contains("not signed"), "{}", ran.stdout);
    let other = "0".repeat(40);
    for wrong in [
        ["--commit", &other],
        ["--policy", &other],
        ["--component", "other"],
    ] {
        let verify = [&["verify", statement], &report[..], &wrong[..]].concat();
        repository.run(&verify).expect_status(1);
    }
    let text = repository.read("workflow_report_thing.json");
    repository.write(
        "workflow_report_thing.json",
        text.replace("healthy", "heathly"),
    );
    let verify = [&["verify", statement], &report[..]].concat();
    repository.run(&verify).expect_status(1);
}

#[test]
fn a_bad_version_is_taken_back_and_held_until_it_is_released() {
    let repository = thing();
    let good = version(&repository, "one");
    run(&repository, "staging", &[]).expect_status(0);
    repository.write("sick", "");
    let bad = version(&repository, "two");
    run(&repository, "staging", &[]).expect_status(1);
    assert_eq!(deployment(&repository, "staging")["outcome"], "rolled_back");
    assert_eq!(active(&repository, "staging"), good);

    let ran = run(&repository, "staging", &[]).expect_status(1);
    assert_eq!(deployment(&repository, "staging")["outcome"], "refused");
    assert!(ran.stdout.contains("spec2prod release"), "{}", ran.stdout);
    let word = ["--version", &bad, "--reason", "the check was wrong"];
    at_staging(&repository, "release", &word).expect_status(0);
    run(&repository, "staging", &[]).expect_status(1);
    assert_eq!(deployment(&repository, "staging")["outcome"], "rolled_back");
}

#[test]
fn without_going_back_a_bad_version_stays_and_it_is_said() {
    let repository = thing();
    version(&repository, "one");
    run(&repository, "staging", &[]).expect_status(0);
    let text = repository.read("workflow_config.yaml");
    let text = text.replace(
        "  specification:",
        "  staging_deployment: { rollback_on_failure: false }\n  specification:",
    );
    repository.write("workflow_config.yaml", text);
    repository.write("sick", "");
    let bad = version(&repository, "two");
    let ran = run(&repository, "staging", &[]).expect_status(1);
    assert_eq!(deployment(&repository, "staging")["outcome"], "left_failed");
    assert_eq!(active(&repository, "staging"), bad);
    assert!(ran.stdout.contains("was not rolled back"), "{}", ran.stdout);
}

#[test]
fn what_was_not_judged_is_not_deployed() {
    let repository = thing();
    version(&repository, "one");
    run(&repository, "staging", &["--no-deploy"]).expect_status(0);
    assert!(!repository.path().join("out").exists());
    version(&repository, "two");
    let promote = ["promote", "--component", "thing", "--to", "staging"];
    let ran = repository.run(&promote).expect_status(1);
    assert!(ran.stdout.contains("the report is about"), "{}", ran.stdout);
    assert!(!repository.path().join("out").exists());

    repository.write("lib/thing.txt", "three, and not committed");
    let ran = run(&repository, "staging", &[]).expect_status(3);
    assert!(ran.stdout.contains("differ from commit"), "{}", ran.stdout);
    assert!(!repository.path().join("out").exists());
}

#[test]
fn a_rollback_by_hand_needs_a_reason_and_holds_the_version() {
    let repository = thing();
    let good = version(&repository, "one");
    run(&repository, "staging", &[]).expect_status(0);
    let second = version(&repository, "two");
    run(&repository, "staging", &[]).expect_status(0);
    at_staging(&repository, "rollback", &[]).expect_status(2);
    let reason = ["--reason", "prices are wrong"];
    let ran = at_staging(&repository, "rollback", &reason).expect_status(0);
    assert!(ran.stdout.contains(&good[..12]), "{}", ran.stdout);
    assert_eq!(active(&repository, "staging"), good);

    let status = repository.run(&["status", "--format", "json"]).json();
    assert_eq!(status[0]["maturity"], "staging");
    assert_eq!(status[0]["holds"][0]["version"]["commit"], second);
    assert_eq!(status[0]["holds"][0]["by"], "grace");
    assert_eq!(status[0]["next"]["level"], "production");
    let ran = repository
        .run(&["status", "--maturity-file"])
        .expect_status(0);
    let blocks = "no judgement of test_pass_rate at the level of production";
    assert!(ran.stdout.contains(blocks), "{}", ran.stdout);
    let maturity = repository.read("lib/MATURITY.md");
    assert!(maturity.contains("prices are wrong"), "{maturity}");
}

#[test]
fn what_the_log_has_to_say_is_said_by_every_command() {
    let repository = thing();
    version(&repository, "one");
    run(&repository, "staging", &[]).expect_status(0);
    let ledger = ".spec2prod/history/deployments/staging/thing.jsonl";
    let whole = repository.read(ledger);
    repository.write(ledger, format!("{whole}{{\"at\":"));
    assert!(!repository.run(&["status"]).stderr.contains("half a record"));
    let configuration = repository.read("workflow_config.yaml");
    let logging = "logging: { console: true }\n";
    repository.write("workflow_config.yaml", format!("{configuration}{logging}"));
    let ran = repository.run(&["status"]).expect_status(0);
    assert!(ran.stderr.contains("half a record"), "{}", ran.stderr);
}

#[test]
fn looks_are_kept_and_tell_up_from_down() {
    let repository = thing();
    version(&repository, "one");
    run(&repository, "staging", &[]).expect_status(0);
    at_staging(&repository, "probe", &[]).expect_status(0);
    repository.write("out/staging", "no version at all");
    repository.write("health.sh", "exit 1\n");
    let ran = at_staging(&repository, "probe", &[]).expect_status(1);
    assert!(ran.stdout.contains("DOWN"), "{}", ran.stdout);
    let folder = repository
        .path()
        .join(".spec2prod/history/samples/staging/thing");
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    let kept = std::fs::read_to_string(file.path()).unwrap();
    let kept: Vec<Value> = kept
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(kept[0]["is_up"], true);
    assert_eq!(kept[1]["is_up"], false);
}

#[test]
fn where_nothing_was_ever_deployed_nothing_is_down() {
    let repository = thing();
    version(&repository, "one");
    let health = repository.read("health.sh");
    repository.write("health.sh", "exit 1\n");
    let ran = repository.run(&["probe"]).expect_status(2);
    assert!(ran.stderr.contains("deployment in its record"), "{ran:?}");
    at_staging(&repository, "probe", &[]).expect_status(1);
    repository.write("health.sh", health);
    run(&repository, "staging", &[]).expect_status(0);
    let ran = repository.run(&["probe", "--format", "json"]);
    let looks = ran.expect_status(0).json();
    assert_eq!(looks.as_array().unwrap().len(), 1, "{looks:#}");
    assert_eq!(looks[0]["environment"], "staging");
}

#[test]
fn somebody_else_has_to_agree_where_it_is_asked() {
    let repository = thing();
    let text = repository.read("workflow_config.yaml");
    let text = text.replace("[ { rollback_tested: true } ]", "[]").replace(
        "  specification:",
        "  production_deployment: { require_manual_approval: true }\n  specification:",
    );
    repository.write("workflow_config.yaml", text);
    let commit = version(&repository, "one");
    run(&repository, "production", &[]).expect_status(1);
    let place = ["--component", "thing", "--environment", "production"];
    let word = ["--version", &commit, "--reason", "looked at it"];
    let approve = [&["approve"], &place[..], &word[..]].concat();
    repository.run(&approve).expect_status(0);
    let ran = run(&repository, "production", &[]).expect_status(1);
    assert!(ran.stdout.contains("grace deploys"), "{}", ran.stdout);
    let mut other = repository.command(&approve);
    other.env("USER", "ada");
    assert!(other.output().unwrap().status.success());
    run(&repository, "production", &[]).expect_status(0);
    assert_eq!(
        deployment(&repository, "production")["approved_by"][0],
        "ada"
    );
}

#[test]
fn an_exemption_excuses_until_it_expires() {
    let repository = thing();
    let text = repository.read("workflow_config.yaml");
    let exempted = |expires: &str| {
        format!(
            "{text}exemptions:\n  - {{ component: thing, criterion: rollback_tested, reason: first release, owner: ada, expires: {expires} }}\n"
        )
    };
    repository.write("workflow_config.yaml", exempted("2020-01-31"));
    version(&repository, "one");
    let ran = run(&repository, "production", &[]).expect_status(1);
    assert!(
        ran.stdout.contains("expired on 2020-01-31"),
        "{}",
        ran.stdout
    );
    repository.write("workflow_config.yaml", exempted("9998-12-31"));
    version(&repository, "two");
    let ran = run(&repository, "production", &[]).expect_status(0);
    assert!(
        ran.stdout.contains("until 9998-12-31 by ada"),
        "{}",
        ran.stdout
    );
    assert_eq!(repository.report("thing")["verdict"], "warned");
}

/// Runs to staging in a job of a runner that keeps nothing: what was deployed earlier is known from
/// GitHub alone.
fn run_on_a_new_runner(repository: &Repository, github: &FakeGithub, status: i32) {
    let _ = std::fs::remove_dir_all(repository.path().join(".spec2prod"));
    let step = Step::new(github, "workflow_dispatch", &serde_json::json!({}));
    let step = step.with("GITHUB_TOKEN", FULL_TOKEN);
    let mut command = repository.command(&["run", "--component", "thing", "--target", "staging"]);
    let output = command.envs(step.variables()).output().unwrap();
    assert_eq!(output.status.code(), Some(status), "{output:?}");
}

#[test]
fn what_github_knows_is_gone_back_to_and_holds_on_a_new_runner() {
    let repository = thing();
    let github = FakeGithub::start();
    let known = |number: u64, content: &str| {
        let head_sha = version(&repository, content);
        github.pull(Pull {
            head_sha: head_sha.clone(),
            ..Pull::new(number)
        });
        head_sha
    };
    let good = known(1, "one");
    run_on_a_new_runner(&repository, &github, 0);
    repository.write("sick", "");
    let bad = known(2, "two");
    run_on_a_new_runner(&repository, &github, 1);
    let found = deployment(&repository, "staging");
    assert_eq!(found["outcome"], "rolled_back", "{found:#}");
    assert_eq!(found["previous"]["commit"], good);
    assert_eq!(active(&repository, "staging"), good);

    run_on_a_new_runner(&repository, &github, 1);
    let found = deployment(&repository, "staging");
    assert_eq!(found["outcome"], "refused", "{found:#}");
    assert_eq!(found["version"]["commit"], bad);
    assert_eq!(active(&repository, "staging"), good);
}

#[test]
fn nothing_is_deployed_where_the_record_on_github_cannot_be_read() {
    let repository = thing();
    let github = FakeGithub::start();
    github.token("ghp_nothing", Token::with_all(Level::None));
    version(&repository, "one");
    let step = Step::new(&github, "workflow_dispatch", &serde_json::json!({}));
    let step = step.with("GITHUB_TOKEN", "ghp_nothing");
    let mut command = repository.command(&["run", "--component", "thing", "--target", "staging"]);
    let output = command.envs(step.variables()).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let found = deployment(&repository, "staging");
    assert_eq!(found["outcome"], "refused", "{found:#}");
    let remedy = found["remedy"].as_str().unwrap();
    assert!(remedy.contains("history.branch"), "{found:#}");
    assert!(!repository.path().join("out").exists());
}

#[test]
fn what_is_not_held_is_not_released() {
    let repository = thing();
    let commit = version(&repository, "one");
    let word = ["--version", &commit, "--reason", "::error::no\n::error::no"];
    let ran = at_staging(&repository, "release", &word).expect_status(2);
    assert!(ran.stderr.contains("nothing is held"), "{}", ran.stderr);
    let ran = at_staging(&repository, "hold", &word).expect_status(0);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    at_staging(&repository, "release", &word).expect_status(0);
}
