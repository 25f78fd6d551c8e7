//! `run_workflow` and `run_quality_gates`, called from Rust.

use crate::support::{Repository, WRITES_A_PASS, tools, with_script};
use spec2prod::{
    model::{ReasonCode, Stage, Target, Verdict},
    process::Environment,
    run_quality_gates, run_workflow,
    workflow::{Event, Request, WorkflowError},
};
use std::sync::{Arc, Mutex};

fn request(repository: &Repository, component: &str, target: Target) -> Request {
    let variables = [
        ("PATH", std::env::var("PATH").unwrap()),
        ("HOME", tools().to_string_lossy().into_owned()),
        ("VIRTUAL_ENV", tools().to_string_lossy().into_owned()),
    ];
    let environment = Environment::scrubbed(variables);
    Request::new(
        repository.path(),
        component.parse().unwrap(),
        target,
        environment,
    )
}

#[tokio::test]
async fn a_component_is_taken_to_staging() {
    let repository = Repository::with_shop();
    let report = run_workflow(&request(&repository, "shop", Target::Staging))
        .await
        .unwrap();
    assert!(report.success, "{report:#?}");
    assert_eq!(report.exit_status, 0);
    assert!(report.stages_completed.contains(&Stage::StagingDeployment));
    // The caller publishes: the library leaves nothing but the run's own folder.
    let mut left: Vec<String> = std::fs::read_dir(repository.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    assert_eq!(left, [".spec2prod", "specs", "src", "tests"]);
}

#[tokio::test]
async fn some_gates_are_judged() {
    let repository = Repository::with_shop();
    let request = request(&repository, "shop", Target::Dev);
    let ids = ["documentation".to_owned(), "complexity".to_owned()];
    let results = run_quality_gates(&request, &ids).await.unwrap();
    assert_eq!(results.verdict, Verdict::Passed, "{results:#?}");
    let names: Vec<&str> = results
        .gates
        .iter()
        .map(|gate| gate.gate_name.as_str())
        .collect();
    assert_eq!(names, ids);

    let unknown = run_quality_gates(&request, &["lint".to_owned()]).await;
    assert!(matches!(unknown, Err(WorkflowError::UnknownGate { .. })));
}

#[tokio::test]
async fn what_cannot_begin_is_an_error() {
    let repository = Repository::with_shop();
    let nobody = run_workflow(&request(&repository, "nobody", Target::Dev)).await;
    assert!(matches!(nobody, Err(WorkflowError::Component(_))));
    repository.write("workflow_config.yaml", "stagges: {}\n");
    let bad = run_workflow(&request(&repository, "shop", Target::Dev)).await;
    assert!(matches!(bad, Err(WorkflowError::Config(_))));
}

#[tokio::test]
async fn a_run_that_is_cancelled_before_it_begins_measures_nothing() {
    let repository = with_script("touch begun\n");
    let request = request(&repository, "thing", Target::Dev);
    request.cancel.cancel();
    let report = run_workflow(&request).await.unwrap();
    assert_eq!(report.exit_status, 130);
    assert_eq!(
        report.verdict.reason().unwrap().code,
        ReasonCode::Interrupted
    );
    assert_eq!(report.stages_completed, [Stage::Specification]);
    assert!(!repository.path().join("begun").exists());
}

#[tokio::test]
async fn events_tell_the_run_in_its_order() {
    let repository = with_script(WRITES_A_PASS);
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let request = Request {
        observer: Some(Arc::new(move |event| {
            let word = match event {
                Event::Started { .. } => "started".to_owned(),
                Event::ToolStarted { tool } => format!("{tool} started"),
                Event::ToolFinished { summary, .. } => summary,
                Event::StageJudged(record) => record.stage_name.to_string(),
                _ => return,
            };
            listener.lock().unwrap().push(word);
        })),
        ..request(&repository, "thing", Target::Dev)
    };
    run_workflow(&request).await.unwrap();
    assert_eq!(
        *told.lock().unwrap(),
        [
            "started",
            "specification",
            "check started",
            "1 passed",
            "dependency_check",
            "testing",
            "refactoring"
        ]
    );
}

#[tokio::test]
async fn a_panic_on_the_way_is_a_verdict() {
    let repository = with_script(WRITES_A_PASS);
    // An observer that panics where a tool is told, and one where a stage is.
    for (is_tool, code) in [
        (true, ReasonCode::InternalError),
        (false, ReasonCode::InternalError),
    ] {
        let request = Request {
            observer: Some(Arc::new(move |event| match event {
                Event::ToolStarted { .. } if is_tool => panic!("at a tool"),
                Event::StageJudged(_) if !is_tool => panic!("at a stage"),
                _ => {}
            })),
            ..request(&repository, "thing", Target::Dev)
        };
        let report = run_workflow(&request).await.unwrap();
        assert!(!report.success);
        assert_eq!(report.exit_status, 3);
        assert_eq!(report.verdict.reason().unwrap().code, code, "{report:#?}");
    }
}
