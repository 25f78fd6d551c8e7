//! Where a README has a code example: Markdown through comrak, reStructuredText and plain text line
//! by line.

use comrak::{
    Arena, Options,
    nodes::{Node, NodeValue},
    parse_document,
};

/// Words of a heading under which an example of use stands.
const USAGE_WORDS: [&str; 5] = [
    "usage",
    "example",
    "quick start",
    "quickstart",
    "getting started",
];

/// Directives of reStructuredText that hold code.
const CODE_DIRECTIVES: [&str; 3] = [".. code-block::", ".. code::", ".. sourcecode::"];

/// Chooses among the code blocks of a document: the first one under a heading about usage, else
/// the first one.
#[derive(Default)]
struct Choice {
    usage_level: Option<usize>,
    under_usage: Option<u32>,
    anywhere: Option<u32>,
}

impl Choice {
    fn heading(&mut self, level: usize, title: &str) {
        if self.usage_level.is_some_and(|usage| level <= usage) {
            self.usage_level = None;
        }
        let title = title.to_lowercase();
        if self.usage_level.is_none() && USAGE_WORDS.iter().any(|word| title.contains(word)) {
            self.usage_level = Some(level);
        }
    }

    fn code(&mut self, line: usize) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        self.anywhere.get_or_insert(line);
        if self.usage_level.is_some() {
            self.under_usage.get_or_insert(line);
        }
    }

    fn line(self) -> Option<u32> {
        self.under_usage.or(self.anywhere)
    }
}

/// The line of the example in a Markdown document, counted from 1.
pub(super) fn example_in_markdown(text: &str) -> Option<u32> {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &Options::default());
    let mut choice = Choice::default();
    for node in root.descendants() {
        let data = node.data();
        match &data.value {
            NodeValue::Heading(heading) => choice.heading(heading.level.into(), &title(node)),
            NodeValue::CodeBlock(block) if !block.literal.trim().is_empty() => {
                choice.code(data.sourcepos.start.line);
            }
            _ => {}
        }
    }
    choice.line()
}

fn title(heading: Node<'_>) -> String {
    heading
        .descendants()
        .filter_map(|node| match &node.data().value {
            NodeValue::Text(text) => Some(text.to_string()),
            NodeValue::Code(code) => Some(code.literal.clone()),
            _ => None,
        })
        .collect()
}

/// The line of the example in a reStructuredText or plain text document, counted from 1: a code
/// directive, an indented block after `::`, or a doctest (`>>>`).
/// <https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html>
pub(super) fn example_in_text(text: &str) -> Option<u32> {
    let lines: Vec<&str> = text.lines().collect();
    // The level of a heading is the order in which its underline was first used.
    let mut underlines: Vec<char> = Vec::new();
    let mut choice = Choice::default();
    for (index, line) in lines.iter().enumerate() {
        let below = lines.get(index + 1).copied().unwrap_or_default();
        if let Some(underline) = underline(line, below) {
            let known = underlines.iter().position(|used| *used == underline);
            let level = known.unwrap_or_else(|| {
                underlines.push(underline);
                underlines.len() - 1
            });
            choice.heading(level, line);
            continue;
        }
        let trimmed = line.trim();
        let opens_block = CODE_DIRECTIVES.iter().any(|word| trimmed.starts_with(word))
            || (trimmed.ends_with("::") && !trimmed.starts_with(".."));
        let is_doctest = trimmed
            .strip_prefix(">>> ")
            .is_some_and(|code| !code.is_empty());
        if is_doctest || (opens_block && has_block(line, &lines[index + 1..])) {
            choice.code(index + 1);
        }
    }
    choice.line()
}

/// The character of the underline that makes a line a heading.
fn underline(line: &str, below: &str) -> Option<char> {
    let below = below.trim_end();
    let first = below.chars().next().filter(char::is_ascii_punctuation)?;
    let is_heading = !line.trim().is_empty()
        && !line.starts_with(char::is_whitespace)
        && below.chars().all(|c| c == first)
        && below.chars().count() >= line.trim_end().chars().count().max(2);
    is_heading.then_some(first)
}

/// Whether the next line that is not blank is indented further than the opening one.
fn has_block(opening: &str, rest: &[&str]) -> bool {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    rest.iter()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| indentation(line) > indentation(opening))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_a_markdown_document() {
        let table = [
            ("# T\n\n```python\nx()\n```\n", Some(3)),
            (
                "# T\n## Install\n```\npip install t\n```\n## Usage\n### First\n```\nx()\n```\n",
                Some(8),
            ),
            (
                "# T\n## Usage\nNone.\n## Install\n```\npip install t\n```\n",
                Some(5),
            ),
            ("Quick `start`\n===\n\n    x()\n", Some(4)),
            ("1. Getting started:\n\n   ```sh\n   x\n   ```\n", Some(3)),
            ("# Usage\n\nNo code, `x()` is inline.\n", None),
            ("# Usage\n```python\n\n```\n", None),
            ("# Usage\n<!--\n```\nx()\n```\n-->\n", None),
            ("", None),
        ];
        for (text, line) in table {
            assert_eq!(example_in_markdown(text), line, "{text}");
        }
    }

    #[test]
    fn the_example_of_a_text_document() {
        let table = [
            ("T\n=\n\n.. code-block:: python\n\n   x()\n", Some(4)),
            (
                "==\nT\n==\n\nInstall\n-------\n::\n\n  pip\n\nUsage\n-----\n\nFirst\n~~~~~\n\nSay::\n\n  x()\n",
                Some(17),
            ),
            ("T\n==\n\n>>> x()\n1\n", Some(4)),
            ("Usage\n-----\n\n.. code::\n\nNothing.\n", None),
            ("Usage\n-----\n\n.. note::\n\n   No code.\n", None),
            ("Usage\n-----\n\nSay::\n\nNothing.\n", None),
            ("", None),
        ];
        for (text, line) in table {
            assert_eq!(example_in_text(text), line, "{text}");
        }
    }

    #[test]
    fn nothing_is_nested_too_deep() {
        let deep = 50_000;
        for part in ["> ", "- ", "[", "*a **b ", "![", "(", "`"] {
            assert_eq!(example_in_markdown(&part.repeat(deep)), None, "{part}");
        }
    }
}
