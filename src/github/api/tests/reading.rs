//! Pull requests and files, as they are read.

use super::*;
use serde_json::{Value, json};

fn pull(number: u64, head: Option<&str>, branch: &str) -> Value {
    json!({
        "number": number,
        "state": "open",
        "head": {
            "sha": "abc", "ref": branch,
            "repo": head.map(|name| json!({ "full_name": name })),
        },
        "base": { "sha": "def", "ref": "main", "repo": { "full_name": "octo/shop" } },
    })
}

fn canned(bench: &Bench, path: &str, status: u16, body: Value) {
    let path = format!("/repos/octo/shop/{path}");
    bench.server.state().canned.insert(path, (status, body));
}

#[tokio::test]
async fn a_pull_request_says_where_it_comes_from() {
    let bench = Bench::new().await;
    canned(&bench, "pulls/1", 200, pull(1, Some("octo/shop"), "fix"));
    canned(&bench, "pulls/2", 200, pull(2, Some("mona/shop"), "fix"));
    canned(&bench, "pulls/3", 200, pull(3, None, "fix"));
    for (number, is_from_fork) in [(1, false), (2, true), (3, true)] {
        let found = assert_send(pull_request(&bench.client, &bench.repository, number));
        let found = found.await.unwrap();
        assert_eq!(found.is_from_fork(), is_from_fork, "{found:?}");
        assert_eq!(found.base.branch, "main");
    }
    let error = pull_request(&bench.client, &bench.repository, 4)
        .await
        .unwrap_err();
    assert!(matches!(error, ApiError::NotFound { .. }), "{error}");
}

#[tokio::test]
async fn pull_requests_are_found_by_commit_and_by_head() {
    let bench = Bench::new().await;
    canned(
        &bench,
        "commits/abc/pulls",
        200,
        json!([pull(2, None, "a#b")]),
    );
    let answered = json!([pull(2, Some("mona/shop"), "a#b"), pull(9, None, "other")]);
    canned(&bench, "pulls", 200, answered);
    let (client, repository) = (&bench.client, &bench.repository);
    let of_commit = pull_requests_of_commit(client, repository, "abc")
        .await
        .unwrap();
    assert_eq!(of_commit.len(), 1);
    let of_head = pull_requests_of_head(client, repository, "mona", "a#b")
        .await
        .unwrap();
    let numbers: Vec<u64> = of_head.iter().map(|one| one.number).collect();
    assert_eq!(numbers, [2]);
    assert_eq!(
        bench.server.state().log[1],
        "GET /repos/octo/shop/pulls?state=open&head=mona%3Aa%23b&per_page=100&page=1"
    );
    pull_requests_of_head(client, repository, "", "fix")
        .await
        .unwrap_err();
}

const CONTENTS: &str = "contents/policy/workflow_config.yaml";

/// What reading a file comes to, at most 20 bytes of it.
async fn read(bench: &Bench, path: &str) -> Result<Option<Vec<u8>>, ApiError> {
    assert_send(file(&bench.client, &bench.repository, path, "main", 20)).await
}

async fn read_answer(status: u16, body: Value) -> Result<Option<Vec<u8>>, ApiError> {
    let bench = Bench::new().await;
    canned(&bench, CONTENTS, status, body);
    canned(&bench, "branches/main", 200, json!({}));
    read(&bench, "policy/workflow_config.yaml").await
}

#[tokio::test]
async fn a_file_is_read() {
    let described = json!({
        "type": "file", "size": 11, "encoding": "base64", "content": "aGVsbG8g\nd29ybGQ=\n",
    });
    let content = read_answer(200, described).await.unwrap();
    assert_eq!(content.as_deref(), Some(b"hello world".as_slice()));
}

#[tokio::test]
async fn only_a_commit_that_can_be_read_may_lack_the_file() {
    let missing = json!({ "message": "Not Found" });
    assert_eq!(read_answer(404, missing.clone()).await.unwrap(), None);
    let bench = Bench::new().await;
    canned(&bench, CONTENTS, 404, missing);
    let error = read(&bench, "policy/workflow_config.yaml")
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @r#"reading the commit "main": GitHub answered 404 "Not Found" (request AB:12); it is not there, or the token may not see it, for which the job's `permissions:` need `contents: read`"#);
}

#[tokio::test]
async fn what_is_no_file_or_too_large_is_refused() {
    let said = async |body: Value| read_answer(200, body).await.unwrap_err().to_string();
    let answers = [
        said(json!([{ "type": "file", "name": "a" }])).await,
        said(json!({ "type": "symlink", "size": 3, "target": "/etc/passwd" })).await,
        said(json!({ "type": "file", "size": 21, "encoding": "base64", "content": "" })).await,
        said(json!({ "type": "file", "size": 2, "encoding": "none", "content": "" })).await,
        said(json!({ "type": "file", "size": 2, "encoding": "base64", "content": "?!" })).await,
        said(json!({ "type": "file", "size": 2, "content": "x".repeat(100_000) })).await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    reading "policy/workflow_config.yaml" at "main": it is a folder; expected a file
    reading "policy/workflow_config.yaml" at "main": it is a symlink; expected a file
    reading "policy/workflow_config.yaml" at "main": it has 21 bytes, more than the 20 that are read
    reading "policy/workflow_config.yaml" at "main": GitHub gives it as "none"; expected base64, as it does for files of at most 1 MB
    reading "policy/workflow_config.yaml" at "main": its content is no base64: Invalid symbol 63, offset 0.
    reading "policy/workflow_config.yaml" at "main": the answer has more than the 65561 bytes that are read
    "#);
    let bench = Bench::new().await;
    for path in ["../secret", "/etc/passwd", "", "a//b"] {
        read(&bench, path).await.unwrap_err();
    }
    assert_eq!(bench.server.state().log.len(), 0);
}
