//! The one comment: found, created, changed, left alone, healed.

use super::*;

const CREATE: &str = "POST /comments";
const CHANGE: &str = "PATCH /comments/";
const DELETE: &str = "DELETE /comments/";
const BOT: &str = "github-actions[bot]";

pub(super) fn marker(run_id: u64, attempt: u32) -> Marker {
    Marker {
        key: "ci".to_owned(),
        run_id,
        attempt,
        commit: "5e1f".to_owned(),
    }
}

async fn upsert_by(
    bench: &Bench,
    author: Author,
    marker: &Marker,
    bodies: &[String],
) -> Result<Upserted, ApiError> {
    let comment = StickyComment {
        pull_request: 5,
        marker,
        author,
        bodies,
        creates_if_absent: true,
    };
    assert_send(upsert(&bench.client, &bench.repository, comment)).await
}

pub(super) async fn upsert_text(
    bench: &Bench,
    marker: &Marker,
    text: &str,
) -> Result<Upserted, ApiError> {
    upsert_by(bench, Author::GithubActions, marker, &[text.to_owned()]).await
}

fn body(marker: &Marker, text: &str) -> String {
    format!("{}\n{text}", marker.line())
}

/// Id and text of every comment.
fn comments(bench: &Bench) -> Vec<(u64, String)> {
    let state = bench.server.state();
    let one = |comment: &serde_json::Value| {
        (
            comment["id"].as_u64().unwrap(),
            comment["body"].as_str().unwrap().to_owned(),
        )
    };
    state.comments.iter().map(one).collect()
}

#[tokio::test]
async fn it_is_created_once_and_changed_only_when_it_says_something_else() {
    let bench = Bench::new().await;
    let first = upsert_text(&bench, &marker(7, 1), "red").await.unwrap();
    assert_eq!(first.what, What::Created);
    assert_eq!(
        first.html_url.as_deref(),
        Some("https://github.test/comment/1")
    );
    let same = upsert_text(&bench, &marker(8, 1), "red\n").await.unwrap();
    assert_eq!(same.what, What::Unchanged);
    let changed = upsert_text(&bench, &marker(8, 1), "green").await.unwrap();
    assert_eq!(changed.what, What::Updated);
    assert_eq!(comments(&bench), [(1, body(&marker(8, 1), "green"))]);
    assert_eq!(
        bench.server.state().log,
        [
            "GET /repos/octo/shop/issues/5/comments?per_page=100&page=1",
            "POST /repos/octo/shop/issues/5/comments",
            "GET /repos/octo/shop/issues/5/comments?per_page=100&page=1",
            "GET /repos/octo/shop/issues/5/comments?per_page=100&page=1",
            "GET /repos/octo/shop/issues/5/comments?per_page=100&page=1",
            "PATCH /repos/octo/shop/issues/comments/1",
        ]
    );
}

#[tokio::test]
async fn it_is_found_behind_many_others() {
    let bench = Bench::new().await;
    for number in 0..200 {
        bench
            .server
            .state()
            .comment("mona", &format!("talk {number}"));
    }
    let id = bench
        .server
        .state()
        .comment(BOT, &body(&marker(6, 1), "old"));
    upsert_text(&bench, &marker(7, 1), "new").await.unwrap();
    assert_eq!(comments(&bench).len(), 201);
    assert_eq!(comments(&bench)[200], (id, body(&marker(7, 1), "new")));
    assert_eq!(bench.count("GET /comments"), 3);
}

#[tokio::test]
async fn a_marker_of_somebody_else_is_not_ours() {
    let bench = Bench::new().await;
    for login in ["mona", "other[bot]"] {
        let text = body(&marker(9999, 1), "forged");
        bench.server.state().comment(login, &text);
    }
    let made = upsert_text(&bench, &marker(7, 1), "ours").await.unwrap();
    assert_eq!(made.what, What::Created);
    assert_eq!(comments(&bench).len(), 3);
}

#[tokio::test]
async fn a_newer_run_is_never_overwritten() {
    for newer in [marker(8, 1), marker(7, 3), marker(10, 1)] {
        let bench = Bench::new().await;
        bench.server.state().comment(BOT, &body(&newer, "newer"));
        let left = upsert_text(&bench, &marker(7, 2), "older").await.unwrap();
        assert_eq!(left.what, What::LeftToNewerRun);
        assert_eq!(comments(&bench), [(1, body(&newer, "newer"))]);
    }
}

#[tokio::test]
async fn of_several_the_oldest_stays() {
    let bench = Bench::new().await;
    for run in 3..6 {
        let text = body(&marker(run, 1), "same");
        bench.server.state().comment(BOT, &text);
    }
    bench
        .server
        .state()
        .comment("mona", &body(&marker(3, 1), "same"));
    let healed = upsert_text(&bench, &marker(7, 1), "new").await.unwrap();
    assert_eq!((healed.what, healed.deleted), (What::Updated, 2));
    let left: Vec<u64> = comments(&bench).into_iter().map(|(id, _)| id).collect();
    assert_eq!(left, [1, 4]);
}

#[tokio::test]
async fn a_second_comment_that_cannot_be_deleted_is_a_problem_and_no_more() {
    let bench = Bench::new().await;
    for _ in 0..2 {
        bench
            .server
            .state()
            .comment(BOT, &body(&marker(3, 1), "old"));
    }
    bench.fault(
        DELETE,
        refusal(403, "Resource not accessible by integration"),
    );
    let upserted = upsert_text(&bench, &marker(7, 1), "new").await.unwrap();
    assert_eq!(upserted.what, What::Updated);
    assert_eq!(upserted.problems.len(), 1);
}

#[tokio::test]
async fn deleting_twice_is_deleting() {
    let bench = Bench::new().await;
    for _ in 0..2 {
        bench
            .server
            .state()
            .comment(BOT, &body(&marker(3, 1), "old"));
    }
    bench.fault(DELETE, Fault::CloseAfter);
    let upserted = upsert_text(&bench, &marker(7, 1), "new").await.unwrap();
    assert_eq!((upserted.deleted, upserted.problems.len()), (1, 0));
    assert_eq!(comments(&bench).len(), 1);
}

#[tokio::test]
async fn a_lost_answer_never_makes_two() {
    for fault in [
        Fault::After(502, "Bad Gateway"),
        Fault::After(200, "<html>Unicorn!</html>"),
        Fault::CloseAfter,
        Fault::HalfAfter,
    ] {
        let bench = Bench::new().await;
        bench.fault(CREATE, fault);
        let made = upsert_text(&bench, &marker(7, 1), "new").await.unwrap();
        assert_eq!(made.what, What::Created);
        assert_eq!(bench.count(CREATE), 1);
        assert_eq!(comments(&bench).len(), 1);
    }
}

#[tokio::test]
async fn a_request_that_was_not_done_is_sent_again() {
    let bench = Bench::new().await;
    bench.fault(CREATE, status(502));
    upsert_text(&bench, &marker(7, 1), "new").await.unwrap();
    assert_eq!(bench.count(CREATE), 2);
    assert_eq!(comments(&bench).len(), 1);
}

#[tokio::test]
async fn nothing_is_created_when_the_comments_cannot_be_listed() {
    let bench = Bench::new().await;
    for _ in 0..5 {
        bench.fault("GET /comments", status(500));
    }
    upsert_text(&bench, &marker(7, 1), "new").await.unwrap_err();
    let forbidden = refusal(403, "Resource not accessible by integration");
    bench.fault("GET /comments", forbidden);
    let error = upsert_text(&bench, &marker(7, 1), "new").await.unwrap_err();
    assert_eq!(error.missing_permission(), Some("pull-requests: read"));
    assert_eq!(bench.count(CREATE), 0);
}

/// Somebody else comments while ours is created: before it, or right after it.
async fn race(
    ours: Marker,
    theirs: Marker,
    is_theirs_first: bool,
) -> (Upserted, Vec<(u64, String)>) {
    let bench = Bench::new().await;
    let text = body(&theirs, "theirs");
    let request = if is_theirs_first {
        "GET /comments"
    } else {
        CREATE
    };
    bench.server.state().hooks.push((
        request.to_owned(),
        Box::new(move |state| {
            state.comment(BOT, &text);
        }),
    ));
    let upserted = upsert_text(&bench, &ours, "ours").await.unwrap();
    (upserted, comments(&bench))
}

#[tokio::test]
async fn of_two_created_at_once_the_oldest_stays_and_the_newer_run_speaks() {
    let (old, new) = (marker(7, 1), marker(8, 1));
    // Theirs is older in both ways: it gets our text, and ours goes.
    let (upserted, left) = race(new.clone(), old.clone(), true).await;
    assert_eq!(upserted.what, What::Updated);
    assert_eq!(left, [(1, body(&new, "ours"))]);
    // Theirs came first and is from a newer run: ours goes.
    let (upserted, left) = race(old.clone(), new.clone(), true).await;
    assert_eq!(upserted.what, What::LeftToNewerRun);
    assert_eq!(left, [(1, body(&new, "theirs"))]);
    // Ours came first: theirs goes.
    let (upserted, left) = race(new.clone(), old.clone(), false).await;
    assert_eq!(upserted.what, What::Created);
    assert_eq!(left, [(1, body(&new, "ours"))]);
    // Ours came first and theirs is newer: theirs writes into ours and deletes its own.
    let (upserted, left) = race(old, new, false).await;
    assert_eq!(upserted.what, What::LeftToNewerRun);
    assert_eq!(left.len(), 2);
}

#[tokio::test]
async fn one_that_is_deleted_meanwhile_is_created_again() {
    let bench = Bench::new().await;
    bench
        .server
        .state()
        .comment(BOT, &body(&marker(3, 1), "old"));
    bench.server.state().hooks.push((
        "GET /comments".to_owned(),
        Box::new(|state| state.comments.clear()),
    ));
    let made = upsert_text(&bench, &marker(7, 1), "new").await.unwrap();
    assert_eq!(made.what, What::Created);
    assert_eq!(comments(&bench), [(2, body(&marker(7, 1), "new"))]);
}

#[tokio::test]
async fn shorter_texts_are_sent_when_it_is_too_long() {
    let bodies = ["x".repeat(MAX_COMMENT), "y".repeat(500), "z".repeat(50)];
    for is_there in [false, true] {
        let bench = Bench::new().await;
        if is_there {
            bench
                .server
                .state()
                .comment(BOT, &body(&marker(3, 1), "old"));
        }
        bench.server.state().max_comment = 200;
        let author = Author::GithubActions;
        let upserted = upsert_by(&bench, author, &marker(7, 1), &bodies)
            .await
            .unwrap();
        assert_eq!(upserted.body, Some(2));
        assert_eq!(comments(&bench), [(1, body(&marker(7, 1), &bodies[2]))]);
        // The longest is over the limit that is known, and not sent at all.
        let writes = bench.count(CREATE) + bench.count(CHANGE);
        assert_eq!(writes, 2);
    }
}

#[tokio::test]
async fn a_comment_that_is_too_long_in_every_form_is_an_error() {
    let bench = Bench::new().await;
    bench.server.state().max_comment = 10;
    let error = upsert_text(&bench, &marker(7, 1), "new").await.unwrap_err();
    insta::assert_snapshot!(error, @r#"writing the comment on pull request 5: GitHub answered 422 "Validation Failed: Body is too long" (request AB:12)"#);
    let longest = "x".repeat(MAX_COMMENT);
    let error = upsert_text(&bench, &marker(7, 1), &longest)
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"writing the comment on pull request 5: none of its 1 texts has at most the 65536 characters that GitHub takes");
}

#[tokio::test]
async fn the_owner_of_another_token_is_asked_for() {
    let bench = Bench::new().await;
    let user = serde_json::json!({ "login": "robot", "type": "User" });
    bench
        .server
        .state()
        .canned
        .insert("/user".to_owned(), (200, user));
    bench.server.state().login = Some("robot".to_owned());
    bench
        .server
        .state()
        .comment("mona", &body(&marker(3, 1), "forged"));
    bench
        .server
        .state()
        .comment("robot", &body(&marker(3, 1), "old"));
    let bodies = ["new".to_owned()];
    let updated = upsert_by(&bench, Author::TokenOwner, &marker(7, 1), &bodies)
        .await
        .unwrap();
    assert_eq!(updated.what, What::Updated);
    assert_eq!(comments(&bench)[1], (2, body(&marker(7, 1), "new")));
}

#[tokio::test]
async fn for_an_app_any_bot_with_the_marker_is_taken() {
    let bench = Bench::new().await;
    bench.fault(
        "GET /user",
        refusal(403, "Resource not accessible by integration"),
    );
    bench
        .server
        .state()
        .comment("mona", &body(&marker(3, 1), "forged"));
    bench
        .server
        .state()
        .comment("gatekeeper[bot]", &body(&marker(3, 1), "old"));
    let bodies = ["new".to_owned()];
    let updated = upsert_by(&bench, Author::TokenOwner, &marker(7, 1), &bodies)
        .await
        .unwrap();
    assert_eq!(updated.what, What::Updated);
    assert_eq!(comments(&bench)[1].0, 2);
}

#[tokio::test]
async fn a_wrong_guess_about_the_author_heals_itself() {
    let bench = Bench::new().await;
    bench.server.state().login = Some("gatekeeper[bot]".to_owned());
    for run in 7..10 {
        let text = format!("run {run}");
        upsert_text(&bench, &marker(run, 1), &text).await.unwrap();
    }
    assert_eq!(comments(&bench), [(1, body(&marker(9, 1), "run 9"))]);
}
