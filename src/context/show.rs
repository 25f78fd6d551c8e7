//! A session as text for a person at a terminal.

use super::{SessionDocument, SessionSummary, StoredMessage, text};

/// The whole session as text: what it holds in a line, then every message under a line that says
/// whose it is. Control characters are left out.
#[must_use]
pub fn show(document: &SessionDocument) -> String {
    let summary = SessionSummary::of(document);
    let budget = match summary.max_tokens {
        Some(max) if summary.is_over_budget => format!(" of {max} tokens (over budget)"),
        Some(max) => format!(" of {max} tokens"),
        None => " tokens".to_owned(),
    };
    let mut shown = format!(
        "{}: {} {}, {}{budget}\n",
        text::one_line(&summary.id, 200),
        summary.messages,
        plural("message", summary.messages),
        summary.current_tokens,
    );
    for (index, message) in document.messages().enumerate() {
        shown.push_str(&format!("\n[{}] {}\n", index + 1, heading(&message)));
        for line in text::lines(message.content.trim_matches('\n')).lines() {
            shown.push_str(format!("    {line}").trim_end());
            shown.push('\n');
        }
    }
    shown
}

fn heading(message: &StoredMessage<'_>) -> String {
    let mut parts = vec![text::one_line(message.role, 40)];
    if !message.timestamp.is_empty() {
        parts.push(text::one_line(message.timestamp, 40));
    }
    parts.push(format!("{} tokens", message.tokens));
    if let Some(importance) = message.importance {
        parts.push(format!("importance {importance}"));
    }
    parts.join(", ")
}

fn plural(word: &str, count: usize) -> String {
    format!("{word}{}", if count == 1 { "" } else { "s" })
}
