//! Lines with aligned columns and colours.

use super::Style;
use crate::model::Verdict;
use crate::render::text::{cut, plain_cut, without_command, wrap};

/// The least width that is laid out for; a narrower terminal breaks the lines itself.
const LEAST_WIDTH: usize = 60;

/// The longest text that is broken into lines, in characters. Longer ones are cut.
const LONGEST_PARAGRAPH: usize = 600;

/// From how many characters on a text is not said twice: some lines, which nobody reads a second time. One
/// cause can be the reason of many things, and an installer's own words are long.
const LONG: usize = 300;

/// What is left of a text that was said before, in characters.
const REMINDER: usize = 80;

/// How a piece of text is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    None,
    Bold,
    Dim,
    Green,
    Yellow,
    Red,
    Magenta,
}

impl Paint {
    /// The colour of a verdict.
    pub(super) const fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Green,
            Verdict::Warned => Self::Yellow,
            Verdict::Failed => Self::Red,
            Verdict::NoData(_) | Verdict::Errored(_) => Self::Magenta,
            Verdict::Skipped(_) => Self::Dim,
        }
    }

    /// The parameter of the ANSI sequence "select graphic rendition" (ECMA-48, 8.3.117).
    const fn parameter(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31",
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Magenta => "35",
        }
    }
}

/// A piece of harmless text with its colour.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    text: String,
    paint: Paint,
}

impl Cell {
    /// Text in a colour. Control characters are removed.
    pub(super) fn new(text: &str, paint: Paint) -> Self {
        Self {
            text: plain_cut(text, LONGEST_PARAGRAPH),
            paint,
        }
    }

    /// Text without colour.
    pub(super) fn plain(text: &str) -> Self {
        Self::new(text, Paint::None)
    }

    /// The same cell with at most `width` characters.
    pub(super) fn cut(self, width: usize) -> Self {
        Self {
            text: cut(&self.text, width),
            ..self
        }
    }

    /// Whether there is nothing to see.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

/// The widths of aligned columns. The last cell of a row is as wide as it likes.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<usize>);

impl Columns {
    /// Makes room for a row.
    pub(super) fn fit(&mut self, row: &[Cell]) {
        let aligned = row.len().saturating_sub(1);
        if self.0.len() < aligned {
            self.0.resize(aligned, 0);
        }
        for (width, cell) in self.0.iter_mut().zip(&row[..aligned]) {
            *width = cell.width().max(*width);
        }
    }

    /// Where a row of these cells ends.
    pub(super) fn end_of(&self, row: &[Cell]) -> usize {
        let aligned = row.len().saturating_sub(1);
        let start: usize = self.0.iter().take(aligned).map(|width| width + 2).sum();
        start + row.last().map_or(0, Cell::width)
    }

    /// Where the last cell of a full row begins.
    pub(super) fn taken(&self) -> usize {
        self.0.iter().map(|width| width + 2).sum()
    }
}

/// A text under construction.
pub(super) struct Lines {
    text: String,
    style: Style,
    /// The long texts that were said.
    said: Vec<String>,
}

impl Lines {
    pub(super) const fn new(style: Style) -> Self {
        Self {
            text: String::new(),
            style,
            said: Vec::new(),
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// How many characters fit behind an indentation.
    pub(super) fn room(&self, indent: usize) -> usize {
        self.style.width.max(LEAST_WIDTH).saturating_sub(indent)
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// An empty line and a heading.
    pub(super) fn heading(&mut self, text: &str) {
        self.blank();
        self.row(0, &Columns::default(), &[Cell::new(text, Paint::Bold)]);
    }

    /// A row of cells, two spaces apart.
    pub(super) fn row(&mut self, indent: usize, columns: &Columns, row: &[Cell]) {
        let start = self.text.len();
        self.text.push_str(&" ".repeat(indent));
        for (index, cell) in row.iter().enumerate() {
            let is_last = index + 1 == row.len();
            self.paint(&cell.text, cell.paint);
            if !is_last {
                let width = columns.0.get(index).copied().unwrap_or(0);
                let padding = width.saturating_sub(cell.width()) + 2;
                self.text.push_str(&" ".repeat(padding));
            }
        }
        self.end_line(start);
    }

    /// A row as far as the terminal is wide enough for it. What does not fit follows on lines of its
    /// own, indented by `indent`. An actual value and its limit stay together.
    pub(super) fn fitting_row(&mut self, columns: &Columns, row: &[Cell], indent: usize) {
        const NAME_AND_VERDICT: usize = 2;
        let mut fits = row.len();
        while fits > NAME_AND_VERDICT && columns.end_of(&row[..fits]) > self.room(0) {
            fits -= 1;
        }
        if fits == NAME_AND_VERDICT + 1 && row.len() > fits {
            fits = NAME_AND_VERDICT;
        }
        let (first, rest) = row.split_at(fits);
        if first.iter().any(|cell| !cell.is_empty()) {
            self.row(0, columns, first);
        }
        let rest: Vec<&str> = rest.iter().map(|cell| cell.text.as_str()).collect();
        if !rest.is_empty() {
            let rest = rest.join(", ").replace(", (", " (");
            self.paragraph(indent, "", &rest, Paint::None);
        }
    }

    /// Sentences, broken at the width. Later lines are indented by the width of `mark`. What is long
    /// and was said before, by itself, is only named.
    pub(super) fn paragraph(&mut self, indent: usize, mark: &str, text: &str, paint: Paint) {
        let text = plain_cut(&self.once(text), LONGEST_PARAGRAPH);
        let hang = indent + mark.chars().count();
        for (index, line) in wrap(&text, self.room(hang)).iter().enumerate() {
            let start = self.text.len();
            let lead = if index == 0 { mark } else { "" };
            self.text.push_str(&" ".repeat(indent));
            self.text.push_str(lead);
            self.text
                .push_str(&" ".repeat(hang - indent - lead.chars().count()));
            self.paint(line, paint);
            self.end_line(start);
        }
    }

    /// A text without what was said before.
    fn once(&mut self, text: &str) -> String {
        if let Some(said) = self.said.iter().find(|said| text.contains(said.as_str())) {
            return text.replace(said, &format!("{} (see above)", cut(said, REMINDER)));
        }
        if text.chars().nth(LONG).is_some() {
            self.said.push(text.to_owned());
        }
        text.to_owned()
    }

    /// A labelled command, whole, for copying.
    pub(super) fn command(&mut self, indent: usize, label: &str, command: &str) {
        const LONGEST: usize = 4000;
        let start = self.text.len();
        self.text.push_str(&" ".repeat(indent));
        self.paint(label, Paint::Dim);
        self.text.push(' ');
        self.text.push_str(&plain_cut(command, LONGEST));
        self.end_line(start);
    }

    /// Ends the line that began at `start`, without spaces at its end.
    fn end_line(&mut self, start: usize) {
        let line = self.text.split_off(start);
        self.text.push_str(&without_command(line.trim_end()));
        self.text.push('\n');
    }

    fn paint(&mut self, text: &str, paint: Paint) {
        if self.style.color && paint != Paint::None && !text.is_empty() {
            let parameter = paint.parameter();
            self.text
                .push_str(&format!("\u{1b}[{parameter}m{text}\u{1b}[0m"));
        } else {
            self.text.push_str(text);
        }
    }
}

/// The sign of a verdict, so that colour never carries the meaning alone.
pub(super) const fn sign(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✓",
        Verdict::Warned => "!",
        Verdict::Failed => "✗",
        Verdict::NoData(_) => "?",
        Verdict::Errored(_) => "⊘",
        Verdict::Skipped(_) => "–",
    }
}
