//! What GitHub enforces and its description does not say.
//! <https://docs.github.com/en/rest/checks/runs>,
//! <https://docs.github.com/en/rest/deployments/deployments>

use serde_json::{Value, json};

/// Characters of a comment, by GitHub's error message.
pub(super) const LONGEST_COMMENT: usize = 65_536;
const LONGEST_TITLE: usize = 255;
const LONGEST_DESCRIPTION: usize = 140;
/// Bytes of an annotation's message, and of its details.
const LONGEST_MESSAGE: usize = 64 * 1024;

/// A broken rule.
pub(super) struct Broken {
    /// An entry of `errors` in the answer.
    pub(super) error: Value,
    /// Whether a client could not know it before; a mistake of the client otherwise.
    pub(super) is_unforeseeable: bool,
}

/// The rules that a request breaks.
pub(super) fn broken(operation: &str, body: &Value, longest_comment: usize) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut refuse = |field: &str, message: String| {
        broken.push(Broken {
            error: json!({"resource": operation, "code": "custom", "field": field, "message": message}),
            is_unforeseeable: operation.starts_with("issues/"),
        });
    };
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    match operation {
        "checks/create" | "checks/update" => check_run(body, &mut refuse),
        "issues/create-comment" | "issues/update-comment" => {
            if length(&body["body"]) > longest_comment {
                let message = format!("body is too long (maximum is {longest_comment} characters)");
                refuse("body", message);
            }
            if body["body"]
                .as_str()
                .is_some_and(|text| text.trim().is_empty())
            {
                refuse("body", "body can't be blank".to_owned());
            }
        }
        "repos/create-deployment"
        | "repos/create-deployment-status"
        | "repos/create-commit-status"
            if length(&body["description"]) > LONGEST_DESCRIPTION =>
        {
            let message =
                format!("description is too long (maximum is {LONGEST_DESCRIPTION} characters)");
            refuse("description", message);
        }
        _ => {}
    }
    broken
}

fn check_run(body: &Value, refuse: &mut impl FnMut(&str, String)) {
    if body["status"] == "completed" && body["conclusion"].is_null() {
        refuse(
            "conclusion",
            "a completed run needs a conclusion".to_owned(),
        );
    }
    let is_long = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.chars().count() > LONGEST_TITLE)
    };
    let output = &body["output"];
    if is_long(&output["title"]) {
        let message = format!("title is too long (maximum is {LONGEST_TITLE} characters)");
        refuse("output/title", message);
    }
    let annotations = output["annotations"].as_array().into_iter().flatten();
    for (index, annotation) in annotations.enumerate() {
        let field = |name: &str| format!("output/annotations/{index}/{name}");
        if is_long(&annotation["title"]) {
            let message = format!("title is too long (maximum is {LONGEST_TITLE} characters)");
            refuse(&field("title"), message);
        }
        for name in ["message", "raw_details"] {
            if annotation[name].as_str().map_or(0, str::len) > LONGEST_MESSAGE {
                refuse(
                    &field(name),
                    format!("{name} is too long (maximum is 64 KB)"),
                );
            }
        }
        if annotation["message"].as_str().is_some_and(str::is_empty) {
            refuse(&field("message"), "message can't be blank".to_owned());
        }
        let line = |name: &str| annotation[name].as_u64().unwrap_or_default();
        if line("start_line") == 0 || line("end_line") < line("start_line") {
            let message = "lines begin with 1, and the end is not before the start";
            refuse(&field("end_line"), message.to_owned());
        }
        let has_column = ["start_column", "end_column"]
            .iter()
            .any(|name| annotation.get(*name).is_some());
        if has_column && line("start_line") != line("end_line") {
            let message = "columns are for annotations of one line only";
            refuse(&field("start_column"), message.to_owned());
        }
    }
}
