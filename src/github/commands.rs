//! Annotations in the log of a job, as workflow commands
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).

use crate::model::{Annotation, AnnotationLevel};

/// How many annotations of one level GitHub takes from a step; the others are dropped without a
/// word (<https://docs.github.com/actions/reference/limits>). A composite action is one step.
pub(super) const MAX_OF_A_LEVEL: usize = 10;

/// The longest message, in characters. What is longer is cut by the runner.
const MAX_MESSAGE: usize = 4096;

/// The commands for the first annotations of each level, in the order in which they stand, and how
/// many were left out.
#[must_use]
pub fn annotation_commands(annotations: &[Annotation]) -> (String, usize) {
    let mut commands = String::new();
    let mut left_out = 0;
    let mut given = [0_usize; 3];
    for annotation in annotations {
        let given = match annotation.level {
            AnnotationLevel::Failure => &mut given[0],
            AnnotationLevel::Warning => &mut given[1],
            AnnotationLevel::Notice => &mut given[2],
        };
        if *given == MAX_OF_A_LEVEL {
            left_out += 1;
        } else {
            *given += 1;
            commands.push_str(&command(annotation));
            commands.push('\n');
        }
    }
    (commands, left_out)
}

fn command(annotation: &Annotation) -> String {
    let name = match annotation.level {
        AnnotationLevel::Failure => "error",
        AnnotationLevel::Warning => "warning",
        AnnotationLevel::Notice => "notice",
    };
    let mut properties = Vec::new();
    if let Some(file) = &annotation.file {
        properties.push(format!("file={}", property(file)));
        for (name, number) in [("line", annotation.line), ("col", annotation.column)] {
            properties.extend(number.map(|number| format!("{name}={number}")));
        }
    }
    properties.push(format!("title={}", property(&annotation.title)));
    let message: String = annotation.message.chars().take(MAX_MESSAGE).collect();
    format!("::{name} {}::{}", properties.join(","), data(&message))
}

/// Escapes the text behind the second `::`, as `@actions/core` does
/// (<https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>). Other control
/// characters go: nothing reads them there. `##[` is broken up, which older runners act upon
/// wherever it stands.
fn data(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
        .collect();
    kept.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace("##[", "## [")
}

/// Escapes the value of a property, in which `:` and `,` are special too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
