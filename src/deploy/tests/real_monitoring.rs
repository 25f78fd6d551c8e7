//! Analysis by a server that answers as Prometheus does.

use super::support::{Memory, means, nobody, order, serve, version};
use crate::config::{AnalysisPolicy, Inconclusive};
use crate::deploy::deploy;
use crate::model::Prometheus;
use crate::model::{
    Actual, Deployment, DeploymentOutcome as Outcome, Operator, Phase, PhaseRecord, RuleSource,
};
use serde_json::json;
use std::time::Duration;

fn rule(name: &str) -> AnalysisPolicy {
    AnalysisPolicy {
        name: name.to_owned(),
        query: "errors{component=\"{component}\"}".to_owned(),
        operator: Operator::AtMost,
        target: 0.01,
        interval: Duration::from_millis(5),
        count: 4,
        failures: 1,
        errors: 1,
        inconclusive: Inconclusive::Block,
        rule: RuleSource::Default,
    }
}

/// The body of an answer with these values, one a series.
fn vector(values: &[&str]) -> String {
    let series = |value: &&str| json!({ "metric": {}, "value": [1, value] });
    let result: Vec<_> = values.iter().map(series).collect();
    json!({ "status": "success", "data": { "resultType": "vector", "result": result } }).to_string()
}

async fn analysed(url: &str, rules: Vec<AnalysisPolicy>, bake: Duration) -> Deployment {
    analysed_with("MONITORING_TOKEN", url, rules, bake).await
}

async fn analysed_with(
    token: &str,
    url: &str,
    rules: Vec<AnalysisPolicy>,
    bake: Duration,
) -> Deployment {
    let mut order = order(version('a'));
    order.environment.analysis = rules;
    order.environment.bake_time = bake;
    order.environment.prometheus = Some(Prometheus {
        url: url.to_owned(),
        token_env: Some(token.to_owned()),
    });
    let folder = tempfile::tempdir().unwrap();
    deploy(&order, &means(folder.path()), &mut Memory::default()).await
}

/// The outcome for a server that gives these answers, one after the other and then the last.
async fn answered(answers: &[&[&str]], change: impl FnOnce(&mut AnalysisPolicy)) -> Deployment {
    let bodies: Vec<String> = answers.iter().map(|values| vector(values)).collect();
    let url = serve(move |count, request| {
        assert!(request.contains("authorization: Bearer t0k3n"), "{request}");
        assert!(request.contains("component%3D%22shop%22"), "{request}");
        (200, bodies[count.min(bodies.len() - 1)].clone())
    })
    .await;
    let mut rule = rule("error rate");
    change(&mut rule);
    analysed(&url, vec![rule], Duration::ZERO).await
}

fn analysis(deployment: &Deployment) -> &PhaseRecord {
    let mut phases = deployment.phases.iter();
    phases.find(|phase| phase.phase == Phase::Analysis).unwrap()
}

#[tokio::test]
async fn results_are_compared_each_time() {
    let good = answered(&[&["0.001"]], |_| ()).await;
    assert_eq!(good.outcome, Outcome::Healthy, "{good:?}");
    insta::assert_snapshot!(analysis(&good).message, @"error rate: at worst 0.001 in 4 answers, required ≤ 0.01");
    let one = answered(&[&["0.5"], &["0"]], |_| ()).await;
    assert_eq!(one.outcome, Outcome::Healthy);
    insta::assert_snapshot!(analysis(&one).message, @"error rate: at worst 0.5 in 4 answers, required ≤ 0.01; 1 did not hold, as is allowed");
    let two = answered(&[&["0.5"], &["0"], &["+Inf"]], |_| ()).await;
    assert_eq!(two.outcome, Outcome::LeftFailed);
    insta::assert_snapshot!(analysis(&two).message, @"error rate: at worst inf in 3 answers, required ≤ 0.01; 2 of 3 did not hold, 1 may");
    let measurement = &analysis(&two).measurements[0];
    assert_eq!(measurement.actual, Actual::Number(f64::MAX));
    assert!(!measurement.holds);
}

#[tokio::test]
async fn what_is_no_number_is_inconclusive() {
    for answer in [&[][..], &["NaN"], &["0", "0"]] {
        let blocked = answered(&[&["0"], answer], |_| ()).await;
        assert_eq!(blocked.outcome, Outcome::Unverified, "{answer:?}");
        assert_eq!(blocked.verdict.as_str(), "no_data");
        let fail = |rule: &mut AnalysisPolicy| rule.inconclusive = Inconclusive::Fail;
        let failed = answered(&[&["0"], answer], fail).await;
        assert_eq!(failed.outcome, Outcome::LeftFailed, "{answer:?}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_no_failure() {
    let url = format!("http://{}", nobody().await);
    let done = analysed(&url, vec![rule("error rate")], Duration::ZERO).await;
    assert_eq!(
        (done.outcome, done.verdict.as_str()),
        (Outcome::Unverified, "errored")
    );
    assert!(
        analysis(&done)
            .message
            .starts_with("error rate: 2 answers in a row are missing: "),
        "{done:?}"
    );
    // One missing answer is asked for again.
    let url = serve(|count, _| match count % 2 {
        0 => (500, "no".to_owned()),
        _ => (200, vector(&["0"])),
    })
    .await;
    let done = analysed(&url, vec![rule("error rate")], Duration::ZERO).await;
    assert_eq!(done.outcome, Outcome::Healthy, "{done:?}");
}

#[tokio::test]
async fn a_failure_ends_the_bake_time_and_the_other_questions() {
    let url = serve(|_, _| (200, vector(&["1"]))).await;
    let mut slow = rule("latency");
    slow.interval = Duration::from_secs(1000);
    let done = analysed(
        &url,
        vec![slow, rule("error rate")],
        Duration::from_secs(1000),
    )
    .await;
    assert_eq!(done.outcome, Outcome::LeftFailed, "{done:?}");
    let bake = done
        .phases
        .iter()
        .find(|phase| phase.phase == Phase::BakeTime)
        .unwrap();
    assert_eq!(bake.verdict.as_str(), "skipped");
    assert!(
        done.message
            .starts_with("analysis failed: error rate: at worst 1"),
        "{}",
        done.message
    );
}

#[tokio::test]
async fn without_a_token_nobody_is_asked() {
    let url = serve(|_, request| panic!("{request}")).await;
    for name in ["NO_TOKEN", "EMPTY_TOKEN"] {
        let rules = vec![rule("error rate")];
        let done = analysed_with(name, &url, rules, Duration::ZERO).await;
        assert_eq!(
            (done.outcome, done.verdict.as_str()),
            (Outcome::Unverified, "errored")
        );
        let message = &analysis(&done).message;
        assert!(message.contains(name), "{message}");
        let remedy = done.remedy.unwrap();
        assert!(
            remedy.contains(&format!("set {name} for this run")),
            "{remedy}"
        );
    }
}
