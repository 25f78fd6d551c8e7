//! Deployments and their statuses.

use super::{
    CHECK_RUNS, check_run,
    client::{get, request},
    state::each,
    with_pull,
};
use serde_json::{Value, json};

const DEPLOYMENTS: &str = "/repos/octo/shop/deployments";

#[test]
fn deployments_have_statuses_and_make_earlier_ones_inactive() {
    let (github, pull) = with_pull();
    let create = |environment: &str| {
        let body = json!({
            "ref": pull.head_sha, "environment": environment, "auto_merge": false, "required_contexts": [],
        });
        request(&github, "POST", DEPLOYMENTS, body)
            .expect(201)
            .json()["id"]
            .clone()
    };
    let succeed = |id: &Value, is_alone: bool| {
        let body = json!({"state": "success", "auto_inactive": is_alone, "log_url": "https://example.invalid/"});
        request(
            &github,
            "POST",
            &format!("{DEPLOYMENTS}/{id}/statuses"),
            body,
        )
        .expect(201);
    };
    let (first, second, third) = (create("staging"), create("staging"), create("production"));
    succeed(&first, true);
    succeed(&second, false);
    assert_eq!(
        github.deployments()[0].statuses.last().unwrap().state,
        "success"
    );
    succeed(&second, true);
    succeed(&third, true);
    let statuses = get(&github, &format!("{DEPLOYMENTS}/{first}/statuses"))
        .expect(200)
        .json();
    assert_eq!(each(&statuses, "/state"), ["inactive", "success"]);
    let list = get(&github, &format!("{DEPLOYMENTS}?environment=staging"))
        .expect(200)
        .json();
    assert_eq!(each(&list, "/id"), [second.clone(), first]);
    let one = get(&github, &format!("{DEPLOYMENTS}/{third}"))
        .expect(200)
        .json();
    assert_eq!(one["production_environment"], true);
}

#[test]
fn a_deployment_asks_for_checks_and_merges_unless_told_otherwise() {
    let (github, pull) = with_pull();
    request(&github, "POST", CHECK_RUNS, check_run(&pull.head_sha)).expect(201);
    let create = |body: Value| request(&github, "POST", DEPLOYMENTS, body).status;
    assert_eq!(
        create(json!({"ref": pull.head_sha})),
        409,
        "the check run is not done"
    );
    github.file("main", "new.txt", "main moved");
    assert_eq!(
        create(json!({"ref": pull.head_sha, "required_contexts": []})),
        202
    );
    assert_eq!(create(json!({"ref": "nowhere", "auto_merge": false})), 422);
    assert!(github.deployments().is_empty());
}

#[test]
fn what_passes_or_is_production_stays_active() {
    let (github, pull) = with_pull();
    for (environment, is_transient) in [("production", false), ("review", true), ("staging", false)]
    {
        let body = json!({
            "ref": pull.head_sha, "environment": environment, "auto_merge": false,
            "required_contexts": [], "transient_environment": is_transient,
        });
        for _ in 0..2 {
            let made = request(&github, "POST", DEPLOYMENTS, body.clone()).expect(201);
            let id = made.json()["id"].clone();
            let body = json!({"state": "success"});
            request(
                &github,
                "POST",
                &format!("{DEPLOYMENTS}/{id}/statuses"),
                body,
            )
            .expect(201);
        }
    }
    let deployments = github.deployments();
    let last: Vec<&str> = deployments
        .iter()
        .map(|deployment| deployment.statuses.last().unwrap().state.as_str())
        .collect();
    assert_eq!(
        last,
        [
            "success", "success", "success", "success", "inactive", "success"
        ]
    );
}

#[test]
fn a_job_with_an_environment_has_a_deployment_that_leads_to_it() {
    let (github, _) = with_pull();
    let id = github.change(|repository| repository.add_jobs_deployment("Staging", 42, 7));
    let list = get(&github, &format!("{DEPLOYMENTS}?environment=staging")).expect(200);
    assert_eq!(each(&list.json(), "/id"), [json!(id)]);
    let statuses = get(&github, &format!("{DEPLOYMENTS}/{id}/statuses")).expect(200);
    assert_eq!(
        each(&statuses.json(), "/log_url"),
        ["https://github.com/octo/shop/actions/runs/42/job/7"]
    );
}
