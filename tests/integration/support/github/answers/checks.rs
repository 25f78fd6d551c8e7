//! Check runs.

use super::{
    super::{
        exchange::{Answer, Call},
        repository::{CheckRun, Repository, actions_app},
    },
    refused,
};
use serde_json::{Value, json};

pub(super) fn create(repository: &mut Repository, call: &Call) -> Answer {
    let head_sha = call.text("head_sha").unwrap_or_default();
    if !repository.git.commits.contains_key(&head_sha) {
        let message = format!("No commit found for SHA: {head_sha}");
        return refused("CheckRun", "head_sha", &message);
    }
    let mut run = CheckRun {
        id: repository.next_id(),
        name: String::new(),
        head_sha,
        status: "queued".to_owned(),
        conclusion: None,
        external_id: None,
        started_at: Some(call.now.clone()),
        completed_at: None,
        title: None,
        summary: None,
        text: None,
        annotations: Vec::new(),
    };
    change(&mut run, call);
    let answer = Answer::json(201, shown(repository, call, &run));
    repository.check_runs.push(run);
    answer
}

pub(super) fn update(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("check_run_id");
    let Some(index) = repository.check_runs.iter().position(|run| run.id == id) else {
        return Answer::not_found();
    };
    let mut run = repository.check_runs[index].clone();
    change(&mut run, call);
    let answer = Answer::json(200, shown(repository, call, &run));
    repository.check_runs[index] = run;
    answer
}

/// Annotations are added to those that are there; all else is replaced.
fn change(run: &mut CheckRun, call: &Call) {
    let replace = |place: &mut Option<String>, value: &Value| {
        if let Some(text) = value.as_str() {
            *place = Some(text.to_owned());
        }
    };
    run.name = call.text("name").unwrap_or_else(|| run.name.clone());
    run.status = call.text("status").unwrap_or_else(|| run.status.clone());
    replace(&mut run.conclusion, &call.body["conclusion"]);
    if call.body["conclusion"].is_string() {
        "completed".clone_into(&mut run.status);
        run.completed_at.get_or_insert_with(|| call.now.clone());
    }
    replace(&mut run.external_id, &call.body["external_id"]);
    replace(&mut run.started_at, &call.body["started_at"]);
    replace(&mut run.completed_at, &call.body["completed_at"]);
    let output = &call.body["output"];
    replace(&mut run.title, &output["title"]);
    replace(&mut run.summary, &output["summary"]);
    replace(&mut run.text, &output["text"]);
    let annotations = output["annotations"].as_array().into_iter().flatten();
    run.annotations.extend(annotations.cloned());
}

pub(super) fn get(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("check_run_id");
    let found = repository.check_runs.iter().find(|run| run.id == id);
    found.map_or_else(Answer::not_found, |run| {
        Answer::json(200, shown(repository, call, run))
    })
}

pub(super) fn annotations(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("check_run_id");
    let Some(run) = repository.check_runs.iter().find(|run| run.id == id) else {
        return Answer::not_found();
    };
    let shown = |annotation: &Value| {
        let mut annotation = annotation.clone();
        annotation["blob_href"] = json!(repository.url(call.base, "/blob"));
        annotation
    };
    Answer::pages(run.annotations.iter().map(shown).collect())
}

pub(super) fn list(repository: &mut Repository, call: &Call) -> Answer {
    let Some(sha) = repository
        .git
        .resolve(call.parameter("ref").unwrap_or_default())
    else {
        return Answer::message(422, "No commit found for SHA");
    };
    let is_asked =
        |value: &str, name: &str| call.parameter(name).is_none_or(|asked| asked == value);
    // `latest`, the default, is the newest of each name.
    let mut names = Vec::new();
    let mut found = Vec::new();
    for run in repository.check_runs.iter().rev() {
        let is_older = names.contains(&&run.name) && call.parameter("filter") != Some("all");
        if run.head_sha == sha
            && !is_older
            && is_asked(&run.name, "check_name")
            && is_asked(&run.status, "status")
            && is_asked("15368", "app_id")
        {
            names.push(&run.name);
            found.push(shown(repository, call, run));
        }
    }
    Answer::counted(found, "check_runs")
}

fn shown(repository: &Repository, call: &Call, run: &CheckRun) -> Value {
    let url = repository.url(call.base, &format!("/check-runs/{}", run.id));
    // The address that a workflow's token gives is ignored: https://github.com/actions/github-script/issues/143
    let page = format!(
        "https://github.com/{}/runs/{}",
        repository.full_name, run.id
    );
    json!({
        "id": run.id,
        "name": run.name,
        "head_sha": run.head_sha,
        "external_id": run.external_id.as_deref().unwrap_or_default(),
        "url": url,
        "html_url": page,
        "details_url": page,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": run.annotations.len(),
            "annotations_url": format!("{url}/annotations"),
        },
        "check_suite": {"id": 5},
        "app": actions_app(),
    })
}
