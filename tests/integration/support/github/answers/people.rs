//! Reviews, labels and teams.

use super::super::{
    exchange::{Answer, Call},
    repository::{Repository, user},
};
use serde_json::{Value, json};

/// The oldest first.
pub(super) fn reviews(repository: &mut Repository, call: &Call) -> Answer {
    let number = call.number("pull_number");
    if !repository.pulls.contains_key(&number) {
        return Answer::not_found();
    }
    let page = format!("https://github.com/{}/pull/{number}", repository.full_name);
    let reviews = repository.people.reviews.iter();
    let shown = reviews
        .filter(|review| review.number == number)
        .map(|review| {
            let html_url = format!("{page}#pullrequestreview-{}", review.id);
            json!({
                "id": review.id,
                "user": review.reviewer.as_deref().map(user),
                "body": "",
                "state": review.state,
                "html_url": html_url,
                "pull_request_url": repository.url(call.base, &format!("/pulls/{number}")),
                "submitted_at": review.submitted_at,
                "commit_id": review.commit,
                "author_association": "MEMBER",
            })
        });
    Answer::pages(shown.collect())
}

/// What was said of a run by the reviewers of its environments. It has no pages.
pub(super) fn run_reviews(repository: &mut Repository, call: &Call) -> Answer {
    let run = call.number("run_id");
    let reviews = repository.people.run_reviews.iter();
    let shown = reviews.filter(|review| review.run == run).map(|review| {
        json!({
            "state": review.state,
            "comment": review.comment,
            "user": user(&review.reviewer),
            "environments": [{"id": 1, "name": review.environment}],
        })
    });
    Answer::json(200, shown.collect())
}

/// The oldest first; of all that happened, the labels.
pub(super) fn timeline(repository: &mut Repository, call: &Call) -> Answer {
    let number = call.number("issue_number");
    if !repository.pulls.contains_key(&number) {
        return Answer::not_found();
    }
    let events = repository.people.label_events.iter();
    let shown = events.filter(|event| event.number == number).map(|event| {
        json!({
            "id": event.id,
            "event": event.event,
            "actor": user(&event.actor),
            "label": {"name": event.label, "color": "ededed"},
            "commit_id": null,
            "commit_url": null,
            "created_at": event.created_at,
            "performed_via_github_app": null,
        })
    });
    Answer::pages(shown.collect())
}

/// The labels of a pull request, as it shows them.
pub(super) fn labels(repository: &Repository, number: u64) -> Vec<Value> {
    let labels = repository.people.labels(number).into_iter();
    labels
        .map(|name| json!({"name": name, "color": "ededed", "default": false}))
        .collect()
}

pub(super) fn team(repository: &mut Repository, call: &Call) -> Answer {
    let slug = call.parameter("team_slug").unwrap_or_default();
    if repository.people.teams.contains_key(slug) {
        Answer::json(200, json!({"slug": slug, "name": slug}))
    } else {
        Answer::not_found()
    }
}

/// Who is no member is not found, and neither is a team that is not there.
/// <https://docs.github.com/en/rest/teams/members#get-team-membership-for-a-user>
pub(super) fn membership(repository: &mut Repository, call: &Call) -> Answer {
    let name = |key: &str| call.parameter(key).unwrap_or_default();
    let members = repository.people.teams.get(name("team_slug"));
    let state = members.and_then(|members| members.get(name("username")));
    state.map_or_else(Answer::not_found, |state| {
        Answer::json(200, json!({"state": state, "role": "member"}))
    })
}
