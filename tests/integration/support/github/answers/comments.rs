//! Comments of pull requests.

use super::super::{
    exchange::{Answer, Call},
    repository::{Comment, Repository, user},
};
use serde_json::{Value, json};

pub(super) fn create(repository: &mut Repository, call: &Call) -> Answer {
    let number = call.number("issue_number");
    if !repository.pulls.contains_key(&number) {
        return Answer::not_found();
    }
    let body = call.text("body").unwrap_or_default();
    repository.add_comment(number, call.login, &body);
    let comment = repository.comments.last().unwrap();
    Answer::json(201, shown(repository, call, comment))
}

pub(super) fn list(repository: &mut Repository, call: &Call) -> Answer {
    let number = call.number("issue_number");
    if !repository.pulls.contains_key(&number) {
        return Answer::not_found();
    }
    let since = call.parameter("since").unwrap_or_default();
    let comments = repository.comments.iter();
    let of_pull =
        comments.filter(|comment| comment.number == number && comment.updated_at.as_str() >= since);
    Answer::pages(
        of_pull
            .map(|comment| shown(repository, call, comment))
            .collect(),
    )
}

pub(super) fn get(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("comment_id");
    let found = repository.comments.iter().find(|comment| comment.id == id);
    found.map_or_else(Answer::not_found, |comment| {
        Answer::json(200, shown(repository, call, comment))
    })
}

pub(super) fn update(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("comment_id");
    let mut comments = repository.comments.iter_mut();
    if let Some(comment) = comments.find(|comment| comment.id == id) {
        comment.body = call.text("body").unwrap_or_default();
        comment.updated_at.clone_from(&call.now);
    }
    get(repository, call)
}

pub(super) fn delete(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("comment_id");
    let before = repository.comments.len();
    repository.comments.retain(|comment| comment.id != id);
    if repository.comments.len() == before {
        return Answer::not_found();
    }
    Answer::empty(204)
}

fn shown(repository: &Repository, call: &Call, comment: &Comment) -> Value {
    let (id, number) = (comment.id, comment.number);
    let page = format!("https://github.com/{}/pull/{number}", repository.full_name);
    json!({
        "id": id,
        "url": repository.url(call.base, &format!("/issues/comments/{id}")),
        "html_url": format!("{page}#issuecomment-{id}"),
        "issue_url": repository.url(call.base, &format!("/issues/{number}")),
        "body": comment.body,
        "user": user(&comment.author),
        "author_association": if comment.author.ends_with("[bot]") { "NONE" } else { "CONTRIBUTOR" },
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
    })
}
