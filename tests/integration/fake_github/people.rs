//! Reviews, labels and teams.

use super::{
    client::{get, send},
    state::each,
    with_pull,
};
use crate::support::github::{Level, Scope, Token};
use serde_json::json;

#[test]
fn reviews_are_listed_as_they_were_given_and_dismissed_in_place() {
    let (github, pull) = with_pull();
    github.change(|repository| {
        let first = repository.add_review(7, "ada", "APPROVED");
        repository.add_review(7, "bob", "COMMENTED");
        repository.dismiss_review(first);
        repository.people.reviews[1].reviewer = None;
    });
    let path = "/repos/octo/shop/pulls/7/reviews";
    let list = get(&github, path).expect(200).json();
    assert_eq!(each(&list, "/state"), ["DISMISSED", "COMMENTED"]);
    assert_eq!(each(&list, "/commit_id"), [pull.head_sha.as_str(); 2]);
    assert!(list[1]["user"].is_null());
    get(&github, "/repos/octo/shop/pulls/8/reviews").expect(404);
}

#[test]
fn labels_are_on_the_pull_request_and_in_its_timeline() {
    let (github, _) = with_pull();
    github.change(|repository| {
        repository.label(7, "old", "ada", true);
        repository.label(7, "old", "bob", false);
        repository.label(7, "new", "cyd", true);
    });
    let pull = get(&github, "/repos/octo/shop/pulls/7").expect(200).json();
    assert_eq!(each(&pull["labels"], "/name"), ["new"]);
    let timeline = get(&github, "/repos/octo/shop/issues/7/timeline").expect(200);
    assert_eq!(
        each(&timeline.json(), "/event"),
        ["labeled", "unlabeled", "labeled"]
    );
}

#[test]
fn a_pull_request_is_found_by_the_commit_that_merged_it() {
    let (github, pull) = with_pull();
    let merged = github.change(|repository| repository.merge(7));
    for commit in [&merged, &pull.head_sha] {
        let found = get(&github, &format!("/repos/octo/shop/commits/{commit}/pulls"));
        let found = found.expect(200).json();
        assert_eq!(each(&found, "/merge_commit_sha"), [merged.as_str()]);
    }
}

#[test]
fn teams_are_seen_by_who_may_see_the_organisation_and_by_no_job() {
    let (github, _) = with_pull();
    github.change(|repository| repository.add_member("security", "ada", "pending"));
    let token = Token::with_all(Level::None).with(Scope::Members, Level::Read);
    github.token("ghp_member", token);
    let path = |team: &str, user: &str| format!("/orgs/octo/teams/{team}/memberships/{user}");
    get(&github, &path("security", "ada")).expect(403);
    let seen = |path: &str| {
        let headers = [
            ("authorization", "token ghp_member"),
            ("user-agent", "test"),
        ];
        send(&github, "GET", path, &headers, None).unwrap()
    };
    let found = seen(&path("security", "ada")).expect(200).json();
    assert_eq!(found["state"], json!("pending"));
    seen(&path("security", "bob")).expect(404);
    seen(&path("nobody", "ada")).expect(404);
    seen("/orgs/octo/teams/security").expect(200);
    seen("/orgs/octo/teams/nobody").expect(404);
    seen("/orgs/others/teams/security").expect(404);
}
