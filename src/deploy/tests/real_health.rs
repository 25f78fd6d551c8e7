//! Health checks against a real server, and the bake time.

use super::support::{Memory, means, nobody, order, serve, shell, version, words};
use crate::config::ProbePolicy;
use crate::deploy::{Health, Order, deploy, look};
use crate::model::{Deployment, DeploymentOutcome as Outcome, Phase};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

fn http(url: &str, body_contains: Option<&str>, json: Option<(&str, Value)>) -> ProbePolicy {
    ProbePolicy::Http {
        url: url.to_owned(),
        headers: BTreeMap::from([("x-probe".to_owned(), "spec2prod".to_owned())]),
        status: vec![200, 204],
        body_contains: body_contains.map(str::to_owned),
        json: json.map(|(path, value)| (path.to_owned(), value)),
    }
}

fn with_probe(probe: ProbePolicy) -> Order {
    let mut order = order(version('a'));
    order.environment.health_check.probe = probe;
    order
}

async fn seen(order: &Order, url: Option<&str>) -> Health {
    let folder = tempfile::tempdir().unwrap();
    look(order, url, &means(folder.path())).await.health
}

/// What is seen, without the port.
async fn shown(order: &Order, url: &str) -> String {
    let health = seen(order, None).await;
    let kind = match &health {
        Health::Up(_) => "up",
        Health::Down(_) => "down",
        Health::Unknown(_) => "unknown",
    };
    format!("{kind}: {}", health.message().replace(url, "URL"))
}

#[tokio::test]
async fn what_an_answer_must_be() {
    let url = serve(|_, request| {
        assert!(request.contains("x-probe: spec2prod"), "{request}");
        match request.split(' ').nth(1).unwrap() {
            "/sick" => (503, "sick".to_owned()),
            "/text" => (200, "all is well".to_owned()),
            _ => (
                200,
                r#"{"status": "ok", "checks": [{"n": 1}, {"n": 2}]}"#.to_owned(),
            ),
        }
    })
    .await;
    let cases = [
        ("/sick", None, None),
        ("/text", Some("well"), None),
        ("/text", Some("ill"), None),
        ("/text", None, Some(("$.status", json!("ok")))),
        ("/json", None, Some(("$.status", json!("ok")))),
        ("/json", None, Some(("$.status", json!("fine")))),
        ("/json", None, Some(("$.checks[0].n", json!(1.0)))),
        ("/json", None, Some(("$.checks[*].n", json!(1)))),
        ("/json", None, Some(("$.nothing", json!(1)))),
    ];
    let mut lines = Vec::new();
    for (path, contains, json) in cases {
        let probe = http(&format!("{url}{path}"), contains, json);
        lines.push(shown(&with_probe(probe), &url).await);
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    down: URL/sick answered 503, expected 200 or 204
    up: URL/text answered 200
    down: URL/text answered 200 without "ill" in its body: all is well
    down: URL/text answered 200, but its body is no JSON: expected value at line 1 column 1
    up: URL/json answered 200
    down: URL/json answered 200, but $.status in its body is "ok", expected "fine"
    up: URL/json answered 200
    down: URL/json answered 200, but its body has 2 values at $.checks[*].n, expected one
    down: URL/json answered 200, but its body has nothing at $.nothing, expected 1
    "#);
}

#[tokio::test]
async fn who_does_not_answer_is_down_and_who_cannot_be_asked_is_unknown() {
    let nobody = nobody().await;
    let order = with_probe(http("{url}/health", None, None));
    let url = format!("http://{nobody}");
    assert!(matches!(seen(&order, Some(&url)).await, Health::Down(_)));
    let nowhere = seen(&order, Some("http://name.invalid")).await;
    assert!(matches!(nowhere, Health::Unknown(_)), "{nowhere:?}");
    let order = with_probe(ProbePolicy::Tcp(nobody));
    assert!(matches!(seen(&order, None).await, Health::Down(_)));
    let order = with_probe(ProbePolicy::Tcp("name.invalid:80".to_owned()));
    assert!(matches!(seen(&order, None).await, Health::Unknown(_)));
    let url = serve(|_, _| (200, String::new())).await;
    let order = with_probe(ProbePolicy::Tcp(url.replace("http://", "")));
    assert!(matches!(seen(&order, None).await, Health::Up(_)));
}

/// Linux says of an address for many machines at once that there is no way there.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_this_machine_cannot_reach_is_unknown() {
    let order = with_probe(ProbePolicy::Tcp("224.0.0.1:80".to_owned()));
    let health = seen(&order, None).await;
    assert!(matches!(health, Health::Unknown(_)), "{health:?}");
    let order = with_probe(http("http://224.0.0.1/health", None, None));
    let health = seen(&order, None).await;
    assert!(matches!(health, Health::Unknown(_)), "{health:?}");
}

#[tokio::test]
async fn a_name_counts_as_up_where_any_of_its_addresses_is() {
    let url = serve(|_, _| (200, String::new())).await;
    let port = url.rsplit(':').next().unwrap();
    let order = with_probe(ProbePolicy::Tcp(format!("localhost:{port}")));
    let health = seen(&order, None).await;
    assert!(matches!(health, Health::Up(_)), "{health:?}");
}

#[tokio::test]
async fn a_command_looks() {
    let cases = [
        (shell("exit 0"), Some(true)),
        (shell("exit 3"), Some(false)),
        (shell("exit 75"), None),
        (shell("kill -9 $$"), None),
        (words(&["no-such-program"]), None),
    ];
    for (command, expected) in cases {
        let order = with_probe(ProbePolicy::Command(command.clone()));
        let health = seen(&order, None).await;
        assert_eq!(health.is_up(), expected, "{command:?}: {health:?}");
    }
    let mut order = with_probe(ProbePolicy::Command(shell("sleep 1000")));
    order.environment.health_check.timeout = Duration::from_millis(100);
    assert_eq!(seen(&order, None).await.is_up(), Some(false));
}

/// Deploys a version whose server answers by how often it was asked.
async fn deployed<F>(bake: Duration, answer: F) -> Deployment
where
    F: Fn(usize) -> u16 + Send + Sync + 'static,
{
    let url = serve(move |count, _| (answer(count), String::new())).await;
    let mut order = with_probe(http(&url, None, None));
    order.environment.bake_time = bake;
    let folder = tempfile::tempdir().unwrap();
    deploy(&order, &means(folder.path()), &mut Memory::default()).await
}

fn message(deployment: &Deployment, phase: Phase) -> &str {
    let found = deployment.phases.iter().find(|found| found.phase == phase);
    &found.unwrap().message
}

#[tokio::test]
async fn a_version_may_take_its_time_to_start() {
    let done = deployed(Duration::ZERO, |count| if count == 0 { 503 } else { 200 }).await;
    assert_eq!(done.outcome, Outcome::Healthy, "{done:?}");
    let health = message(&done, Phase::HealthCheck);
    assert!(health.starts_with("healthy after 3 looks: "), "{health}");
}

#[tokio::test]
async fn a_version_that_turns_unhealthy_while_it_bakes_has_failed() {
    let bake = Duration::from_secs(60);
    let done = deployed(bake, |count| if count < 4 { 200 } else { 500 }).await;
    assert_eq!(done.outcome, Outcome::LeftFailed, "{done:?}");
    let baked = message(&done, Phase::BakeTime);
    assert!(
        baked.starts_with("not healthy in 2 of 4 looks within the bake time: "),
        "{baked}"
    );
}

#[tokio::test]
async fn the_bake_time_ends_with_a_good_look() {
    // One bad look is allowed. The third look of all is the first of the bake time.
    let done = deployed(
        Duration::from_millis(1),
        |count| if count == 3 { 500 } else { 200 },
    )
    .await;
    assert_eq!(done.outcome, Outcome::Healthy, "{done:?}");
    let done = deployed(
        Duration::from_millis(1),
        |count| if count < 2 { 200 } else { 500 },
    )
    .await;
    assert_eq!(done.outcome, Outcome::LeftFailed, "{done:?}");
}

#[tokio::test]
async fn health_that_flaps_is_never_ready() {
    let url = serve(|count, _| (if count % 2 == 0 { 200 } else { 500 }, String::new())).await;
    let mut order = with_probe(http(&url, None, None));
    order.timeout = Duration::from_secs(3);
    let folder = tempfile::tempdir().unwrap();
    let done = deploy(&order, &means(folder.path()), &mut Memory::default()).await;
    assert_eq!(done.outcome, Outcome::LeftFailed, "{done:?}");
    let health = message(&done, Phase::HealthCheck);
    assert!(
        health.starts_with("not ready within 3 s: it was not healthy 2 times in a row"),
        "{health}"
    );
}
