//! Reviews, teams and labels, as they are read.

use super::*;
use serde_json::{Value, json};

fn canned(bench: &Bench, path: &str, status: u16, body: Value) {
    bench
        .server
        .state()
        .canned
        .insert(path.to_owned(), (status, body));
}

fn review(id: u64, by: &str, state: &str) -> Value {
    json!({
        "id": id, "user": { "login": by }, "state": state, "commit_id": "5e1f",
        "submitted_at": format!("2026-11-25T12:00:{id:02}Z"), "html_url": "https://github.test/r",
    })
}

/// The numbers of the approvals that stand.
async fn standing(given: Value) -> Vec<u64> {
    let bench = Bench::new().await;
    canned(&bench, "/repos/octo/shop/pulls/7/reviews", 200, given);
    let given = assert_send(reviews(&bench.client, &bench.repository, 7)).await;
    let given = given.unwrap();
    approvals(&given).iter().map(|review| review.id).collect()
}

#[tokio::test]
async fn the_last_word_of_each_reviewer_counts() {
    let given = json!([
        review(1, "ada", "APPROVED"),
        review(2, "ada", "COMMENTED"),
        review(3, "bob", "APPROVED"),
        review(4, "bob", "CHANGES_REQUESTED"),
        review(5, "cyd", "CHANGES_REQUESTED"),
        review(6, "cyd", "APPROVED"),
        review(7, "dan", "APPROVED"),
        review(8, "dan", "DISMISSED"),
        review(9, "eve", "PENDING"),
        review(10, "fay", "SOMETHING_NEW"),
        { "id": 11, "user": null, "state": "APPROVED", "commit_id": null },
    ]);
    assert_eq!(standing(given).await, [1, 6]);
}

#[tokio::test]
async fn order_is_by_time_and_not_by_place() {
    let given = json!([
        review(4, "ada", "CHANGES_REQUESTED"),
        review(3, "ada", "APPROVED"),
    ]);
    assert_eq!(standing(given).await, [0_u64; 0]);
}

#[tokio::test]
async fn reviews_are_read_from_all_pages() {
    let many: Vec<Value> = (0..230)
        .map(|number| {
            let mut one = review(1, &format!("user-{number}"), "APPROVED");
            one["id"] = number.into();
            one
        })
        .collect();
    assert_eq!(standing(json!(many)).await.len(), 230);
}

const MEMBERSHIP: &str = "/orgs/octo/teams/security/memberships/ada";
const TEAM: &str = "/orgs/octo/teams/security";

async fn member(answers: &[(&str, u16, Value)]) -> Result<bool, ApiError> {
    let bench = Bench::new().await;
    for (path, status, body) in answers {
        canned(&bench, path, *status, body.clone());
    }
    assert_send(is_member(&bench.client, "octo", "security", "ada")).await
}

#[tokio::test]
async fn only_an_active_member_of_a_team_that_is_seen_is_one() {
    let state = |state: &str| json!({ "state": state, "role": "member" });
    let missing = json!({ "message": "Not Found" });
    assert!(member(&[(MEMBERSHIP, 200, state("active"))]).await.unwrap());
    assert!(
        !member(&[(MEMBERSHIP, 200, state("pending"))])
            .await
            .unwrap()
    );
    let seen = [
        (MEMBERSHIP, 404, missing.clone()),
        (TEAM, 200, json!({ "slug": "security" })),
    ];
    assert!(!member(&seen).await.unwrap());
    let refused = json!({ "message": "Resource not accessible by integration" });
    let said = [
        member(&[
            (MEMBERSHIP, 404, missing.clone()),
            (TEAM, 404, missing.clone()),
        ])
        .await,
        member(&[(MEMBERSHIP, 403, refused.clone())]).await,
        member(&[(MEMBERSHIP, 404, missing), (TEAM, 403, refused)]).await,
    ];
    let said = said.map(|result| result.unwrap_err().to_string());
    insta::assert_snapshot!(said.join("\n"), @r#"
    asking whether "ada" is in the team "security" of "octo": GitHub answered 404 "Not Found" (request AB:12); the token may not see the team, or there is none with this slug, which is the end of the address of the team's page; the token of a job never sees teams: give the action a `token` with `read:org`, or with the organisation permission `Members: read`
    asking whether "ada" is in the team "security" of "octo": GitHub answered 403 "Resource not accessible by integration" (request AB:12); the token may not see the team, or there is none with this slug, which is the end of the address of the team's page; the token of a job never sees teams: give the action a `token` with `read:org`, or with the organisation permission `Members: read`
    asking whether "ada" is in the team "security" of "octo": GitHub answered 403 "Resource not accessible by integration" (request AB:12); the token may not see the team, or there is none with this slug, which is the end of the address of the team's page; the token of a job never sees teams: give the action a `token` with `read:org`, or with the organisation permission `Members: read`
    "#);
}

#[tokio::test]
async fn names_of_strangers_cannot_lead_elsewhere() {
    let bench = Bench::new().await;
    is_member(&bench.client, "octo", "../../user", "a/b?c#d")
        .await
        .unwrap_err();
    assert_eq!(
        bench.server.state().log[0],
        "GET /orgs/octo/teams/..%2F..%2Fuser/memberships/a%2Fb%3Fc%23d"
    );
}

#[tokio::test]
async fn a_label_says_who_put_it_there_last() {
    let bench = Bench::new().await;
    let event = |kind: &str, label: &str, by: &str, minute: u8| {
        json!({
            "event": kind, "label": { "name": label }, "actor": { "login": by },
            "created_at": format!("2026-11-25T12:{minute:02}:00Z"),
        })
    };
    let history = json!([
        event("labeled", "Security-Approved", "ada", 1),
        event("unlabeled", "Security-Approved", "bob", 2),
        event("labeled", "security-approved", "cyd", 3),
        event("labeled", "other", "dan", 4),
        { "event": "committed", "sha": "5e1f" },
        "odd",
        null,
    ]);
    canned(&bench, "/repos/octo/shop/issues/7/timeline", 200, history);
    let (client, repository) = (&bench.client, &bench.repository);
    let found = assert_send(labelled(client, repository, 7, "security-approved"));
    let found = found.await.unwrap().unwrap();
    assert_eq!(found.by.as_deref(), Some("cyd"));
    assert_eq!(found.at.unwrap().to_string(), "2026-11-25T12:03:00Z");
    let none = labelled(client, repository, 7, "nothing").await.unwrap();
    assert_eq!(none, None);
}
