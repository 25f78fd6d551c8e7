//! Pieces of Markdown that text of strangers cannot break.

use crate::render::text::{plain_cut, plain_ends};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is encoded in a path that becomes part of an address, so that nothing can end the link:
/// everything but the unreserved characters (<https://www.rfc-editor.org/rfc/rfc3986#section-2.3>)
/// and `/`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The longest text in one cell, in characters.
const LONGEST_CELL: usize = 300;

/// Text of strangers as a code span: one line, nothing in it is Markdown or HTML.
#[must_use]
pub fn code(text: &str) -> String {
    code_within(text, LONGEST_CELL)
}

/// Ordinary words as they are; anything with a sign in it as a code span.
pub(super) fn words(text: &str) -> String {
    let is_ordinary = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-');
    if !text.is_empty() && text.len() < 80 && text.chars().all(is_ordinary) {
        text.to_owned()
    } else {
        code(text)
    }
}

/// The message of a failure as a code span, the middle cut out when it is long.
pub(super) fn code_ends(text: &str) -> String {
    code(&plain_ends(text, LONGEST_CELL))
}

/// A code span with a limit of its own, in characters.
pub(super) fn code_within(text: &str, limit: usize) -> String {
    let text = plain_cut(text, limit);
    let text = text.trim();
    if text.is_empty() {
        return "–".to_owned();
    }
    // A span ends at as many backticks as it began with (CommonMark 6.1).
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Text of several lines as a block of code, whose fence is longer than any in it.
#[must_use]
pub fn code_block(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .take(60)
        .map(|line| plain_cut(line, LONGEST_CELL * 3))
        .collect();
    let text = lines.join("\n");
    let longest = text.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    format!("{fence}text\n{text}\n{fence}\n")
}

/// A link to a place in the sources; a code span alone where the sources have no address.
pub(super) fn place(file: &str, line: Option<u32>, sources: Option<&str>) -> String {
    let shown = match line {
        Some(line) => code(&format!("{file}:{line}")),
        None => code(file),
    };
    let is_inside = !file.starts_with('/') && !file.split('/').any(|part| part == "..");
    match sources {
        Some(sources) if is_inside && file.len() < 500 => {
            let anchor = line.map(|line| format!("#L{line}")).unwrap_or_default();
            format!(
                "[{shown}]({sources}/{}{anchor})",
                utf8_percent_encode(file, RESERVED)
            )
        }
        _ => shown,
    }
}

/// A section that is folded until somebody opens it. `title` is the program's own text.
pub(super) fn folded(title: &str, body: &str) -> String {
    format!("<details>\n<summary>{title}</summary>\n\n{body}\n</details>\n")
}

/// A table; the cells are ready Markdown without line breaks. A pipe is escaped, which GitHub undoes
/// also within code (<https://github.github.com/gfm/#tables-extension->).
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}
