//! The lines of a document, and how bytes of a line become columns.

use crate::model::Position;
use std::cell::Cell;

/// The lines of a document, split where Markdown splits them: after `\n`, `\r\n` and `\r`
/// (<https://spec.commonmark.org/0.31.2/#line-ending>).
pub(super) struct Source<'a> {
    lines: Vec<&'a str>,
    /// The last place asked for: line, bytes, characters. Questions come mostly in the order of
    /// the document, so that a long line is counted once and not once a question.
    last: Cell<(usize, usize, usize)>,
}

impl<'a> Source<'a> {
    /// Splits a text into its lines.
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines = Vec::new();
        let mut rest = text;
        while let Some(end) = rest.find(['\n', '\r']) {
            lines.push(&rest[..end]);
            let ending = if rest[end..].starts_with("\r\n") {
                2
            } else {
                1
            };
            rest = &rest[end + ending..];
        }
        lines.push(rest);
        Self {
            lines,
            last: Cell::new((0, 0, 0)),
        }
    }

    /// All lines without their endings.
    pub(super) fn lines(&self) -> &[&'a str] {
        &self.lines
    }

    /// A line, counted from 1; empty when there is no such line.
    pub(super) fn line(&self, number: usize) -> &'a str {
        number
            .checked_sub(1)
            .and_then(|index| self.lines.get(index))
            .copied()
            .unwrap_or_default()
    }

    /// The place of a byte of a line; both counted from 1, as the Markdown parser does. What lies
    /// behind the end of the line is put there.
    pub(super) fn position(&self, line: usize, byte: usize) -> Position {
        let text = self.line(line);
        let end = text.floor_char_boundary(byte.saturating_sub(1));
        let (last_line, last_byte, last_column) = self.last.get();
        let (start, before) = if last_line == line && last_byte <= end {
            (last_byte, last_column)
        } else {
            (0, 0)
        };
        let passed = text[start..end].chars().count();
        self.last.set((line, end, before + passed));
        let counted = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
        Position {
            line: counted(line),
            column: counted(before + passed + 1),
        }
    }
}
