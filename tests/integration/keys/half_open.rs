//! `error_recovery.circuit_breaker.half_open_max_calls`: how many trials at the same time. Only runs
//! that share a process have any.

use super::{Case, check, configure, nested, with_test_script};
use crate::support::Repository;
use serde_json::{Value, json};
use spec2prod::{
    config,
    model::Target,
    process::Environment,
    workflow::{CircuitBreakers, Request, run_workflow},
};
use std::{path::Path, sync::Arc, time::Duration};

/// The first run fails, so that the breaker opens; the second waits until the third is over.
fn with_three_runs() -> Repository {
    let repository = with_test_script(
        "echo x >> tries\ncase $(wc -l < tries) in\n1) kill -SEGV $$ ;;\n2) while [ ! -f over ]; do sleep 0.02; done ;;\nesac",
    );
    let breaker = json!({ "failure_threshold": 1, "recovery_timeout": 0 });
    configure(
        &repository,
        &nested("error_recovery.circuit_breaker", breaker),
    );
    configure(
        &repository,
        &json!({ "error_recovery": { "testing": { "max_retries": 0 } } }),
    );
    repository
}

/// Whether the third run's tool was started while the second one's was at work.
fn third(repository: &Repository) -> Value {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let report = runtime.block_on(async {
        let policy = config::load(repository.path(), None).unwrap();
        let breakers = Arc::new(CircuitBreakers::new(policy.circuit_breaker));
        let path = std::env::var("PATH").unwrap();
        let request = Request {
            breakers: Some(breakers),
            ..Request::new(
                repository.path(),
                "thing".parse().unwrap(),
                Target::Dev,
                Environment::scrubbed([("PATH", path)]),
            )
        };
        run_workflow(&request).await.unwrap();
        let second = tokio::spawn({
            let request = request.clone();
            async move { run_workflow(&request).await.unwrap() }
        });
        until(repository.path(), |tries| tries == "x\nx\n").await;
        let third = run_workflow(&request).await.unwrap();
        repository.write("over", "");
        second.await.unwrap();
        third
    });
    json!(report.exit_status)
}

async fn until(folder: &Path, holds: impl Fn(&str) -> bool) {
    while !std::fs::read_to_string(folder.join("tries")).is_ok_and(|tries| holds(&tries)) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(super) fn cases() -> Vec<Case> {
    vec![Case::of_values(
        "error_recovery.circuit_breaker.half_open_max_calls",
        with_three_runs,
        [json!(1), json!(2)],
        third,
        [json!(3), json!(0)],
    )]
}

#[test]
fn as_many_trials_as_allowed_are_under_way_at_once() {
    check(&cases());
}
