//! The inside of a heading, paragraph or table cell → text with places.

use super::{
    document::Comment,
    prose::{Mark, Prose},
    source::Source,
};
use comrak::{
    Node,
    arena_tree::NodeEdge,
    nodes::{LineColumn, NodeValue, Sourcepos},
};

/// Reads what is inside a node. Walks instead of recursing, because emphasis nests without limit.
pub(super) fn read<'a>(node: Node<'a>, source: &Source<'_>, comments: &mut Vec<Comment>) -> Prose {
    let mut prose = Prose::default();
    let (mut bold, mut link, mut escaped) = (0_usize, 0_usize, 0_usize);
    let last_line = node.data().sourcepos.end.line;
    for edge in node.traverse() {
        let (node, is_start) = match edge {
            NodeEdge::Start(node) => (node, true),
            NodeEdge::End(node) => (node, false),
        };
        let data = node.data();
        let count = match &data.value {
            NodeValue::Strong => &mut bold,
            NodeValue::Link(_) | NodeValue::Image(_) => &mut link,
            NodeValue::Escaped => &mut escaped,
            value => {
                if is_start {
                    let mark = match (link, escaped) {
                        (0, 0) => Mark::Plain,
                        (0, _) => Mark::Escaped,
                        _ => Mark::Link,
                    };
                    let mut leaf = Leaf {
                        prose: &mut prose,
                        source,
                        last_line,
                        is_bold: bold > 0,
                    };
                    leaf.push(value, data.sourcepos, mark, comments);
                }
                continue;
            }
        };
        if is_start {
            *count += 1;
        } else {
            *count = count.saturating_sub(1);
        }
    }
    prose
}

struct Leaf<'p, 's> {
    prose: &'p mut Prose,
    source: &'s Source<'s>,
    last_line: usize,
    is_bold: bool,
}

impl<'s> Leaf<'_, 's> {
    fn push(
        &mut self,
        value: &NodeValue,
        place: Sourcepos,
        mark: Mark,
        comments: &mut Vec<Comment>,
    ) {
        match value {
            NodeValue::Text(text) => self.text(text, place, mark),
            NodeValue::Code(code) => {
                let start = LineColumn {
                    line: place.start.line,
                    column: place.start.column + code.num_backticks,
                };
                self.piece(&code.literal, start, 0, Mark::Code);
                if place.start.line != place.end.line {
                    self.prose.fix_last();
                }
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => {
                self.piece("\n", place.start, 0, Mark::Plain);
            }
            NodeValue::HtmlInline(html) => {
                if let Some(text) = html.strip_prefix("<!--") {
                    comments.push(Comment {
                        text: text.trim_end_matches("-->").to_owned(),
                        at: self.source.position(place.start.line, place.start.column),
                    });
                } else if html.starts_with("<br") {
                    self.piece("\n", place.start, 0, Mark::Plain);
                }
            }
            _ => {}
        }
    }

    /// Entities (`&ge;`) and escapes of table cells (`\|`) make the source longer than the text,
    /// so the text is cut behind each of them.
    fn text(&mut self, text: &str, place: Sourcepos, mark: Mark) {
        let source = self.behind(place.start);
        let source =
            &source[..source.floor_char_boundary(place.end.column + 1 - place.start.column)];
        if source == text {
            return self.piece(text, place.start, 0, mark);
        }
        if let Some(start) = self.further_down(text, place.start) {
            return self.piece(text, start, 0, mark);
        }
        let (mut piece, mut piece_from) = (0, 0);
        let (mut read, mut passed) = (0, 0);
        while let Some(wanted) = text.get(read..).and_then(|rest| rest.chars().next()) {
            let rest = source.get(passed..).unwrap_or_default();
            let entity = rest.starts_with('&').then(|| rest.find(';')).flatten();
            let entity = entity.filter(|&end| !text[read..].starts_with(&rest[..=end]));
            match (entity, rest.chars().next()) {
                (Some(end), _) => {
                    read += wanted.len_utf8();
                    passed += end + 1;
                }
                (None, Some('\\')) if wanted != '\\' => passed += 1,
                (None, Some(found)) => {
                    read += wanted.len_utf8();
                    passed += found.len_utf8();
                    continue;
                }
                (None, None) => break,
            }
            self.piece(&text[piece..read], place.start, piece_from, mark);
            (piece, piece_from) = (read, passed);
        }
        self.piece(&text[piece..], place.start, piece_from, mark);
    }

    /// The source from a place on.
    fn behind(&self, place: LineColumn) -> &'s str {
        let line = self.source.line(place.line);
        line.get(place.column.saturating_sub(1)..)
            .unwrap_or_default()
    }

    /// The Markdown parser does not count the line breaks inside the target and title of a link, so
    /// that what follows seems to stand behind the end of a line further up.
    fn further_down(&self, text: &str, claimed: LineColumn) -> Option<LineColumn> {
        if !self.behind(claimed).is_empty() {
            return None;
        }
        (claimed.line + 1..=self.last_line).find_map(|line| {
            let byte = self.source.line(line).find(text)?;
            Some(LineColumn {
                line,
                column: byte + 1,
            })
        })
    }

    fn piece(&mut self, text: &str, start: LineColumn, offset: usize, mark: Mark) {
        let at = self.source.position(start.line, start.column + offset);
        self.prose.push(text, at, self.is_bold, mark);
    }
}
