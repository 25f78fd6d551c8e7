//! Markdown → blocks of text with places. Knows Markdown and nothing about specifications.

use super::{html, inline, prose::Prose, source::Source};
use crate::model::Position;
use comrak::{
    Arena, Node, Options,
    nodes::{ListType, NodeValue},
    parse_document,
};

/// The deepest nesting of lists and quotes that is read. What lies deeper is left out.
pub(super) const MAX_NESTING: usize = 50;

/// A document as blocks.
#[derive(Default)]
pub(super) struct Document {
    /// The top-level blocks.
    pub(super) blocks: Vec<Block>,
    /// The comments, wherever they stand.
    pub(super) comments: Vec<Comment>,
    /// The first line that is nested deeper than [`MAX_NESTING`].
    pub(super) too_deep: Option<usize>,
}

/// A block.
pub(super) enum Block {
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text.
        prose: Prose,
        /// Where it begins.
        at: Position,
    },
    /// A paragraph.
    Paragraph(Prose),
    /// A list.
    List {
        /// Its items.
        items: Vec<Item>,
        /// Whether they are numbered.
        is_ordered: bool,
    },
    /// A block of code.
    Code(Code),
    /// A table; the first row is its head.
    Table(Vec<Vec<Prose>>),
    /// A quote.
    Quote(Vec<Block>),
    /// HTML that is more than comments: its text.
    Html(Prose),
    /// A line across the page.
    Break,
}

/// An item of a list.
pub(super) struct Item {
    /// `Some(true)` for `[x]`, `Some(false)` for `[ ]`.
    pub(super) tick: Option<bool>,
    /// What it holds.
    pub(super) blocks: Vec<Block>,
}

impl Item {
    /// Its text and what stands below that; `None` when it does not begin with text.
    pub(super) fn split(&self) -> Option<(&Prose, &[Block])> {
        match self.blocks.split_first() {
            Some((Block::Paragraph(head), rest)) => Some((head, rest)),
            _ => None,
        }
    }
}

/// A block of code.
pub(super) struct Code {
    /// The first word after the fence.
    pub(super) language: String,
    /// The code.
    pub(super) text: String,
    /// Where it begins: the fence, or the code where there is none.
    pub(super) at: Position,
    /// The line of the first line of code.
    pub(super) first_line: usize,
}

/// A comment of HTML.
pub(super) struct Comment {
    /// The text between the marks.
    pub(super) text: String,
    /// Where it begins.
    pub(super) at: Position,
}

impl Document {
    /// Reads the lines behind the first `skipped` ones. Time and memory grow with the length and
    /// not faster.
    pub(super) fn new(source: &Source<'_>, skipped: usize) -> Self {
        let mut document = Self::default();
        let lines = source.lines().iter().enumerate().map(|(index, line)| {
            // The Markdown parser takes time in proportion to the square of the number of `>` at
            // the beginning of a line, so it never sees lines with absurdly many.
            let is_deep = quote_marks(line) > MAX_NESTING;
            if is_deep {
                document.too_deep.get_or_insert(index + 1);
            }
            // An empty line in its place leaves all others where they are.
            if is_deep || index < skipped { "" } else { line }
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        let arena = Arena::new();
        let root = parse_document(&arena, &text, &options());
        let mut reader = Reader {
            document: &mut document,
            source,
        };
        let blocks = reader.blocks(root, 0);
        document.blocks = blocks;
        document
    }
}

/// The number of `>` among the marks of quotes and lists at the beginning of a line.
fn quote_marks(line: &str) -> usize {
    let marks = line
        .chars()
        .take_while(|c| " \t>-+*.)".contains(*c) || c.is_ascii_digit());
    marks.filter(|&c| c == '>').count()
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.parse.escaped_char_spans = true;
    options
}

struct Reader<'d, 's> {
    document: &'d mut Document,
    source: &'s Source<'s>,
}

impl Reader<'_, '_> {
    fn blocks<'a>(&mut self, parent: Node<'a>, depth: usize) -> Vec<Block> {
        if depth > MAX_NESTING {
            let line = parent.data().sourcepos.start.line;
            self.document.too_deep.get_or_insert(line);
            return Vec::new();
        }
        let children = parent.children();
        children
            .filter_map(|node| self.block(node, depth))
            .collect()
    }

    fn block<'a>(&mut self, node: Node<'a>, depth: usize) -> Option<Block> {
        let data = node.data();
        let start = data.sourcepos.start;
        let at = self.source.position(start.line, start.column);
        Some(match &data.value {
            NodeValue::Heading(heading) => {
                let prose = self.prose(node);
                // A line across the page right below `**Key:** value` lines makes them a heading,
                // which nobody who writes them means.
                if heading.setext && !prose.fields().is_empty() {
                    Block::Paragraph(prose)
                } else {
                    Block::Heading {
                        level: heading.level,
                        prose,
                        at,
                    }
                }
            }
            NodeValue::Paragraph => Block::Paragraph(self.prose(node)),
            NodeValue::List(list) => Block::List {
                items: self.items(node, depth),
                is_ordered: list.list_type == ListType::Ordered,
            },
            NodeValue::CodeBlock(code) => Block::Code(Code {
                language: code
                    .info
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                text: code.literal.clone(),
                at,
                first_line: start.line + usize::from(code.fenced),
            }),
            NodeValue::Table(_) => Block::Table(self.rows(node)),
            NodeValue::BlockQuote => Block::Quote(self.blocks(node, depth + 1)),
            NodeValue::HtmlBlock(html) => {
                let comments = &mut self.document.comments;
                Block::Html(html::read(
                    &html.literal,
                    start.line,
                    self.source,
                    comments,
                )?)
            }
            NodeValue::ThematicBreak => Block::Break,
            _ => return None,
        })
    }

    fn items<'a>(&mut self, list: Node<'a>, depth: usize) -> Vec<Item> {
        let mut items = Vec::new();
        for node in list.children() {
            let tick = match &node.data().value {
                NodeValue::TaskItem(task) => Some(task.symbol.is_some()),
                _ => None,
            };
            let blocks = self.blocks(node, depth + 1);
            items.push(Item { tick, blocks });
        }
        items
    }

    fn rows<'a>(&mut self, table: Node<'a>) -> Vec<Vec<Prose>> {
        let mut rows = Vec::new();
        for row in table.children() {
            rows.push(row.children().map(|cell| self.prose(cell)).collect());
        }
        rows
    }

    fn prose<'a>(&mut self, node: Node<'a>) -> Prose {
        inline::read(node, self.source, &mut self.document.comments)
    }
}
