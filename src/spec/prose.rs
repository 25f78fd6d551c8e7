//! Text as a person reads it, without Markdown's marks, each part with its place in the source.

use crate::model::Position;
use std::{iter, ops::Range};

/// How a part of the text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// As ordinary text.
    Plain,
    /// Between code marks.
    Code,
    /// As the text of a link or image.
    Link,
    /// Behind a backslash, which says that it is meant literally.
    Escaped,
}

/// A part of the text that stands in one piece in the source. It reaches to the next one.
#[derive(Debug, Clone)]
struct Run {
    start: usize,
    at: Position,
    is_bold: bool,
    mark: Mark,
    /// Whether the source looks different, so that all of it stands where it begins.
    is_fixed: bool,
}

/// The text of a heading, paragraph or table cell. Lines of the source are lines of the text.
#[derive(Debug, Clone, Default)]
pub(super) struct Prose {
    text: String,
    runs: Vec<Run>,
}

/// `**Key:** value`, as offsets into the text.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// The key without its colon.
    pub(super) key: String,
    /// Where the key begins.
    pub(super) start: usize,
    /// The value, trimmed; empty when nothing follows the key.
    pub(super) value: Range<usize>,
}

impl Prose {
    /// Appends a part. White space beyond ASCII, such as the no-break space in `80 %`, becomes a space.
    pub(super) fn push(&mut self, text: &str, at: Position, is_bold: bool, mark: Mark) {
        if !text.is_empty() {
            self.runs.push(Run {
                start: self.text.len(),
                at,
                is_bold,
                mark,
                is_fixed: false,
            });
            let is_wide = |c: char| c.is_whitespace() && !c.is_ascii();
            self.text
                .extend(text.chars().map(|c| if is_wide(c) { ' ' } else { c }));
        }
    }

    /// Says that the last part looks different in the source.
    pub(super) fn fix_last(&mut self) {
        if let Some(last) = self.runs.last_mut() {
            last.is_fixed = true;
        }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A part of the text on one line, white space collapsed.
    pub(super) fn flat(&self, range: Range<usize>) -> String {
        let part = self.text.get(range).unwrap_or_default();
        part.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The whole text on one line.
    pub(super) fn line(&self) -> String {
        self.flat(0..self.text.len())
    }

    /// The lines as ranges of the text.
    pub(super) fn lines(&self) -> impl Iterator<Item = Range<usize>> {
        let mut start = 0;
        self.text.split('\n').map(move |line| {
            let range = start..start + line.len();
            start = range.end + 1;
            range
        })
    }

    /// The first offset from `offset` on that is not white space.
    pub(super) fn skip_space(&self, offset: usize) -> usize {
        let rest = self.text.get(offset..).unwrap_or_default();
        offset + (rest.len() - rest.trim_start().len())
    }

    /// Where the character at an offset stands in the source.
    pub(super) fn at(&self, offset: usize) -> Position {
        self.locator().at(offset)
    }

    /// Finds the places of many offsets in one walk through the text.
    pub(super) fn locator(&self) -> Locator<'_> {
        Locator {
            prose: self,
            run: 0,
            offset: 0,
            position: self
                .runs
                .first()
                .map_or(Position { line: 1, column: 1 }, |run| run.at),
        }
    }

    /// How the character at an offset is set.
    pub(super) fn mark_at(&self, offset: usize) -> Mark {
        self.run_at(offset)
            .and_then(|index| self.runs.get(index))
            .map_or(Mark::Plain, |run| run.mark)
    }

    /// Where the bold text that covers an offset ends; the offset itself when it is not bold.
    pub(super) fn bold_end(&self, offset: usize) -> usize {
        let first = self.run_at(offset).unwrap_or(0);
        let rest = self.runs.get(first..).unwrap_or_default();
        match rest.iter().position(|run| !run.is_bold) {
            Some(0) => offset,
            Some(count) => rest[count].start,
            None if rest.is_empty() => offset,
            None => self.text.len(),
        }
    }

    /// The `**Key:** value` lines; empty unless the text begins with one. Lines that do not begin
    /// with a key belong to the value above them.
    pub(super) fn fields(&self) -> Vec<Field> {
        let keys: Vec<_> = self.lines().filter_map(|line| self.key(line)).collect();
        if keys
            .first()
            .is_none_or(|key| key.start != self.skip_space(0))
        {
            return Vec::new();
        }
        let ends = keys.iter().skip(1).map(|key| key.start);
        let ends: Vec<_> = ends.chain(iter::once(self.text.len())).collect();
        let closed = keys.into_iter().zip(ends).map(|(mut key, end)| {
            let value = self.text.get(key.value.start..end).unwrap_or_default();
            let start = key.value.start + (value.len() - value.trim_start().len());
            key.value = start..start + value.trim().len();
            key
        });
        closed.collect()
    }

    /// The key at the beginning of a line, with what follows it as its value.
    fn key(&self, line: Range<usize>) -> Option<Field> {
        let start = self.skip_space(line.start);
        let end = self.bold_end(start).min(line.end);
        let bold = self.text.get(start..end)?.trim_end();
        let rest = self.text.get(end..line.end)?;
        let (key, value) = match bold.strip_suffix(':') {
            Some(key) => (key, end),
            None => {
                let after = rest.trim_start().strip_prefix(':')?;
                (bold, line.end - after.len())
            }
        };
        let is_key = !key.trim().is_empty() && key.chars().count() <= 60;
        is_key.then(|| Field {
            key: key.trim().to_owned(),
            start,
            value: value..line.end,
        })
    }

    fn run_at(&self, offset: usize) -> Option<usize> {
        self.runs
            .partition_point(|run| run.start <= offset)
            .checked_sub(1)
    }
}

/// A walk through a text that counts each character once, for offsets in ascending order.
pub(super) struct Locator<'a> {
    prose: &'a Prose,
    run: usize,
    offset: usize,
    position: Position,
}

impl Locator<'_> {
    /// Where the character at an offset stands. An offset before the last one asked for gives the
    /// last one's place.
    pub(super) fn at(&mut self, offset: usize) -> Position {
        let run = self.prose.run_at(offset).unwrap_or(0);
        if run > self.run
            && let Some(run_there) = self.prose.runs.get(run)
        {
            self.run = run;
            self.offset = run_there.start;
            self.position = run_there.at;
        }
        let is_fixed = self.prose.runs.get(run).is_some_and(|run| run.is_fixed);
        let passed = self.prose.text.get(self.offset..offset);
        let passed = passed.filter(|_| !is_fixed);
        let passed = passed.map_or(0, |text| text.chars().count());
        self.offset = self.offset.max(offset);
        self.position.column = self
            .position
            .column
            .saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
        self.position
    }
}
