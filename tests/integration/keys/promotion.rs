//! `promotion` and `exemptions`: what is asked of a version, and who says so.

use super::deployed::{next_version, with_tokens, without_environments};
use super::{Case, check, configure, nested, server};
use crate::support::Repository;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use spec2prod::{
    ledger::{By, Event, Record, Sample},
    model::{DeploymentOutcome, Operation, Phase, Verdict, Version},
};

/// A repository whose level asks for one thing.
fn asking(level: &str, requirement: Value) -> Repository {
    let repository = with_tokens(without_environments());
    let key = format!("maturity_workflow.{level}.additional_requirements");
    configure(&repository, &nested(&key, json!([requirement])));
    repository
}

/// One criterion of the commit that is there, with nothing deployed.
pub(super) fn judged(repository: &Repository, target: &str, name: &str) -> Value {
    let arguments = ["run", "--component", "thing", "--no-deploy", "--target"];
    let ran = repository.run(&[&arguments[..], &[target]].concat());
    assert!(matches!(ran.status, Some(0 | 1 | 3)), "{ran:#?}");
    let report = repository.report("thing");
    let record = &report["stage_results"][format!("{target}_deployment")];
    let mut criteria = record["criteria"].as_array().unwrap().iter();
    let found = criteria.find(|criterion| criterion["name"] == name);
    found.unwrap_or_else(|| panic!("{record:#}")).clone()
}

/// The verdict on one criterion of the next version.
fn verdict_on(name: &'static str) -> impl Fn(&Repository) -> Value + Copy {
    move |repository| {
        next_version(repository);
        judged(repository, "staging", name)["verdict"].clone()
    }
}

/// The case of a key of a block, set beside the block's other keys.
fn case(
    key: &str,
    repository: fn() -> Repository,
    blocks: [Value; 2],
    observe: impl Fn(&Repository) -> Value + 'static,
    expected: [&str; 2],
) -> Case {
    let block = key.split('.').take(2).collect::<Vec<_>>().join(".");
    let settings = blocks.map(|value| nested(&block, value));
    Case::new(
        key,
        repository,
        settings,
        observe,
        expected.map(Value::from),
    )
}

const EXEMPTED: &str = "monitoring_configured";

/// An exemption of what does not hold, with some keys set differently.
fn exemption(key: &str, values: [&str; 2], observe: fn(&Value) -> Value) -> Case {
    let settings = values.map(|value| {
        let mut exemption = json!({
            "component": "thing", "criterion": EXEMPTED, "reason": "it is new", "owner": "ada",
            "expires": "9999-12-30",
        });
        exemption[key] = json!(value);
        json!({ "exemptions": [exemption] })
    });
    let seen = |verdict: &str, text: Option<&str>| json!([verdict, text]);
    let usual = "monitoring_configured excused until 9999-12-30 by ada: it is new";
    let expected = match key {
        "owner" | "reason" => values.map(|value| {
            let before = if key == "owner" { "ada" } else { "it is new" };
            seen("skipped", Some(&usual.replace(before, value)))
        }),
        _ => [seen("skipped", Some(usual)), seen("no_data", None)],
    };
    Case::new(
        format!("exemptions[].{key}"),
        || {
            let repository = asking("staging", json!({ EXEMPTED: true }));
            let other = json!({ "path": "lib", "toolchain": "scripts" });
            configure(&repository, &nested("components.other", other));
            repository
        },
        settings,
        move |repository| {
            next_version(repository);
            observe(&judged(repository, "staging", EXEMPTED))
        },
        expected,
    )
}

fn of_exemptions() -> Vec<Case> {
    let seen: fn(&Value) -> Value =
        |criterion| json!([criterion["verdict"], criterion.get("exemption")]);
    vec![
        exemption("component", ["thing", "other"], seen),
        exemption("criterion", [EXEMPTED, "rollback_tested"], seen),
        exemption("expires", ["9999-12-30", "2020-01-01"], seen),
        exemption("owner", ["ada", "grace"], seen),
        exemption("reason", ["it is new", "it is old"], seen),
    ]
}

fn of_monitoring() -> Vec<Case> {
    let asked = || asking("staging", json!({ EXEMPTED: true }));
    let query = |query: &str, server: Value| json!({ "query": query, "prometheus": server });
    let here = || json!({ "url": server::url("") });
    let verdict = verdict_on(EXEMPTED);
    vec![
        case(
            "promotion.monitoring.file",
            asked,
            ["reports/tests", "reports/nothing"].map(|file| json!({ "file": file })),
            verdict,
            ["passed", "failed"],
        ),
        case(
            "promotion.monitoring.query",
            asked,
            ["1", "none"].map(|text| query(text, here())),
            verdict,
            ["passed", "failed"],
        ),
        case(
            "promotion.monitoring.prometheus.url",
            asked,
            ["", "/elsewhere"].map(|path| query("1", json!({ "url": server::url(path) }))),
            verdict,
            ["passed", "errored"],
        ),
        case(
            "promotion.monitoring.prometheus.token_env",
            asked,
            ["FIRST_TOKEN", "SECOND_TOKEN"].map(|name| {
                query(
                    "guarded",
                    json!({ "url": server::url(""), "token_env": name }),
                )
            }),
            verdict,
            ["passed", "errored"],
        ),
    ]
}

/// What happened to a version in staging, so many minutes ago.
fn happened(repository: &Repository, minutes: i64, events: Vec<Event>) {
    let at = Timestamp::now() - SignedDuration::from_mins(minutes);
    let lines = events.into_iter().map(|event| {
        let by = By::default();
        let record = Record { at, by, event };
        serde_json::to_string(&record).unwrap() + "\n"
    });
    let file = ".spec2prod/history/deployments/staging/thing.jsonl";
    repository.write(file, lines.collect::<String>());
}

fn started(operation: Operation, version: &Version, previous: Option<Version>) -> Event {
    Event::Started {
        deployment: "one".to_owned(),
        operation,
        version: version.clone(),
        previous,
        lease_until: Timestamp::now(),
        is_hotfix: false,
        hotfix: None,
        approved_by: Vec::new(),
    }
}

fn ended(version: &Version) -> Event {
    Event::Ended {
        deployment: "one".to_owned(),
        outcome: DeploymentOutcome::Healthy,
        active: Some(version.clone()),
        message: String::new(),
    }
}

/// What the level says ten days after a drill.
fn after_a_drill(repository: &Repository) -> Value {
    let version = Version::of_commit(next_version(repository));
    let before = Version::of_commit("b".repeat(40));
    let events = vec![
        started(Operation::Drill, &version, Some(before)),
        ended(&version),
    ];
    happened(repository, 10 * 24 * 60, events);
    judged(repository, "staging", "rollback_tested")["verdict"].clone()
}

/// The next version is in staging for two hours, and somebody looked at these minutes.
fn in_staging(repository: &Repository, looked_at: impl Iterator<Item = i64>, is_up: bool) {
    const HOURS: i64 = 120;
    let version = Version::of_commit(next_version(repository));
    let deployed = Event::PhaseEnded {
        deployment: "one".to_owned(),
        phase: Phase::Deploy,
        is_rollback: false,
        verdict: Verdict::Passed,
        message: String::new(),
        outputs: std::collections::BTreeMap::new(),
        coverage: None,
    };
    let events = vec![
        started(Operation::Deploy, &version, None),
        deployed,
        ended(&version),
    ];
    happened(repository, HOURS, events);
    for minute in looked_at {
        let sample = Sample {
            at: Timestamp::now() - SignedDuration::from_mins(HOURS - minute),
            is_up: Some(is_up),
            version: Some(version.clone()),
            latency_ms: None,
            message: String::new(),
        };
        let month = sample.at.strftime("%Y-%m");
        let file = format!(".spec2prod/history/samples/staging/thing/{month}.jsonl");
        let path = repository.path().join(&file);
        let before = std::fs::read_to_string(path).unwrap_or_default();
        let line = serde_json::to_string(&sample).unwrap();
        repository.write(&file, format!("{before}{line}\n"));
    }
}

const UPTIME: &str = "staging_uptime_percentage";

fn with_uptime() -> Repository {
    let repository = asking("production", json!({ UPTIME: 50 }));
    let staging = json!({ "deploy": ["true"], "health_check": { "command": ["true"] } });
    configure(
        &repository,
        &json!({ "environments": { "staging": staging } }),
    );
    repository
}

fn of_uptime() -> Vec<Case> {
    let verdict =
        |repository: &Repository| judged(repository, "production", UPTIME)["verdict"].clone();
    let all_the_time = move |repository: &Repository| {
        in_staging(repository, (1..120).step_by(10), true);
        verdict(repository)
    };
    let in_the_first_hour = move |repository: &Repository| {
        in_staging(repository, (1..60).step_by(10), true);
        verdict(repository)
    };
    let seen_down = move |repository: &Repository| {
        in_staging(repository, (1..120).step_by(10), false);
        verdict(repository)
    };
    let nobody_looked = move |repository: &Repository| {
        in_staging(repository, std::iter::empty(), true);
        verdict(repository)
    };
    let asked = |query: &str, server: Value| json!({ "source": "prometheus", "query": query, "prometheus": server });
    let here = || json!({ "url": server::url("") });
    vec![
        case(
            "promotion.uptime.max_gap",
            with_uptime,
            [900, 60].map(|gap| json!({ "max_gap": gap })),
            all_the_time,
            ["passed", "no_data"],
        ),
        case(
            "promotion.uptime.coverage",
            with_uptime,
            [50, 90].map(|coverage| json!({ "coverage": coverage })),
            in_the_first_hour,
            ["passed", "no_data"],
        ),
        case(
            "promotion.uptime.source",
            with_uptime,
            [asked("1", here()), json!({ "source": "samples" })],
            seen_down,
            ["passed", "failed"],
        ),
        case(
            "promotion.uptime.query",
            with_uptime,
            ["1", "0"].map(|query| asked(query, here())),
            nobody_looked,
            ["passed", "failed"],
        ),
        case(
            "promotion.uptime.prometheus.url",
            with_uptime,
            ["", "/elsewhere"].map(|path| asked("1", json!({ "url": server::url(path) }))),
            nobody_looked,
            ["passed", "errored"],
        ),
        case(
            "promotion.uptime.prometheus.token_env",
            with_uptime,
            ["FIRST_TOKEN", "SECOND_TOKEN"].map(|name| {
                asked(
                    "guarded",
                    json!({ "url": server::url(""), "token_env": name }),
                )
            }),
            nobody_looked,
            ["passed", "errored"],
        ),
        Case::of_values(
            "promotion.rollback_max_age_days",
            || asking("staging", json!({ "rollback_tested": true })),
            [json!(11), json!(9)],
            after_a_drill,
            [json!("passed"), json!("failed")],
        ),
    ]
}

/// A level that asks for a review.
pub(super) fn with_review() -> Repository {
    asking("staging", json!({ "security_review_complete": true }))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_exemptions();
    cases.extend(of_monitoring());
    cases.extend(of_uptime());
    cases
}

#[test]
fn exemptions_hold_as_the_file_says() {
    check(&of_exemptions());
}

#[test]
fn monitoring_is_looked_for_where_the_file_says() {
    check(&of_monitoring());
}

#[test]
fn uptime_and_rollbacks_are_judged_as_the_file_says() {
    check(&of_uptime());
}
