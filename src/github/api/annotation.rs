//! Annotations of a check run, within GitHub's limits
//! (<https://docs.github.com/en/rest/checks/runs#create-a-check-run>).

use crate::model::{Annotation, AnnotationLevel};
use serde_json::{Value, json};

/// How many annotations one request may carry.
pub const ANNOTATIONS_PER_REQUEST: usize = 50;

/// The longest message, in bytes.
const MAX_MESSAGE: usize = 64 * 1024;
/// The longest title, in characters.
pub(super) const MAX_TITLE: usize = 255;

/// The annotations as GitHub reads them. Those without a file have no place there and are left out.
pub(super) fn payloads(annotations: &[Annotation]) -> Vec<Value> {
    annotations.iter().filter_map(payload).collect()
}

fn payload(annotation: &Annotation) -> Option<Value> {
    let path = annotation.file.as_deref()?.trim_start_matches("./");
    if path.is_empty() {
        return None;
    }
    let line = annotation.line.unwrap_or(1).max(1);
    // A blank message is refused, and the whole request with it.
    let message = match annotation.message.trim() {
        "" if annotation.title.trim().is_empty() => "(no message)",
        "" => annotation.title.as_str(),
        _ => annotation.message.as_str(),
    };
    let mut payload = json!({
        "path": path,
        "start_line": line,
        "end_line": line,
        "annotation_level": match annotation.level {
            AnnotationLevel::Failure => "failure",
            AnnotationLevel::Warning => "warning",
            AnnotationLevel::Notice => "notice",
        },
        "message": cut_bytes(message, MAX_MESSAGE),
    });
    // Columns are taken only where the annotation begins and ends on one line, as ours always do.
    if let Some(column) = annotation
        .column
        .filter(|column| *column > 0 && annotation.line.is_some())
    {
        payload["start_column"] = column.into();
        payload["end_column"] = column.into();
    }
    if !annotation.title.trim().is_empty() {
        payload["title"] = cut_characters(&annotation.title, MAX_TITLE).into();
    }
    Some(payload)
}

/// The text, at most so many bytes of it, whole characters.
fn cut_bytes(text: &str, longest: usize) -> &str {
    &text[..text.floor_char_boundary(longest)]
}

/// The text, at most so many characters of it.
pub(super) fn cut_characters(text: &str, longest: usize) -> &str {
    match text.char_indices().nth(longest) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotation(file: Option<&str>, line: Option<u32>, column: Option<u32>) -> Annotation {
        Annotation {
            level: AnnotationLevel::Warning,
            file: file.map(str::to_owned),
            line,
            column,
            title: "linting: F401".to_owned(),
            message: "unused import".to_owned(),
        }
    }

    #[test]
    fn an_annotation_becomes_what_github_reads() {
        let payloads = payloads(&[
            annotation(Some("./src/a.py"), Some(3), Some(8)),
            annotation(None, None, None),
            annotation(Some("b.py"), Some(0), Some(0)),
            annotation(Some("c.py"), None, Some(4)),
        ]);
        let lines: Vec<String> = payloads.iter().map(Value::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"path":"src/a.py","start_line":3,"end_line":3,"annotation_level":"warning","message":"unused import","start_column":8,"end_column":8,"title":"linting: F401"}
        {"path":"b.py","start_line":1,"end_line":1,"annotation_level":"warning","message":"unused import","title":"linting: F401"}
        {"path":"c.py","start_line":1,"end_line":1,"annotation_level":"warning","message":"unused import","title":"linting: F401"}
        "#);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let mut long = annotation(Some("a.py"), None, None);
        long.message = "é".repeat(MAX_MESSAGE);
        long.title = "é".repeat(300);
        let payload = payload(&long).unwrap();
        assert_eq!(payload["message"].as_str().unwrap().len(), MAX_MESSAGE);
        assert_eq!(payload["title"].as_str().unwrap().chars().count(), 255);
        assert_eq!(cut_bytes("aé", 2), "a");
    }

    #[test]
    fn a_message_is_never_blank() {
        let mut blank = annotation(Some("a.py"), None, None);
        blank.message = " \n".to_owned();
        assert_eq!(payload(&blank).unwrap()["message"], "linting: F401");
        blank.title = String::new();
        let payload = payload(&blank).unwrap();
        assert_eq!(payload["message"], "(no message)");
        assert_eq!(payload.get("title"), None);
    }
}
