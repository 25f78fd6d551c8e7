//! What the author has yet to fill in: placeholders of templates, `TBD`, open questions.
//!
//! Links, task boxes, citations, intervals and code look much like placeholders and are none.

use super::{
    document::{Block, Code, Comment},
    outline::Part,
    pattern::{Pattern, contains_any, is_whole_word, pattern},
    prose::{Mark, Prose},
    source::Source,
};
use crate::model::{MetadataEntry, Position, UnresolvedMarker};
use std::{cmp::Reverse, ops::Range};

/// How much of a marker is shown, in characters.
const SHOWN: usize = 80;

/// What a text must contain for [`WORD`] to find anything in it.
const PARTS_OF_WORDS: [&str; 6] = ["todo", "tbd", "tba", "???", "lorem", "[needs"];

/// Words that stand for something yet to be written. In lower case `todo` is an ordinary word, and
/// the others are nothing else.
static WORD: Pattern = Pattern::new(|| {
    pattern(
        r"\b(?:TODO|(?i:TBD|TBA))\b|(?:^|[\s(:])\?{3,}|(?i:\blorem ipsum\b)|(?i:\[NEEDS CLARIFICATION)",
    )
});

/// Comments that tell the author what to do.
static COMMENT: Pattern =
    Pattern::new(|| pattern(r"\bACTION REQUIRED\b|\bTODO\b|\bTBD\b|\bNEEDS CLARIFICATION\b"));

/// A name of a template in code: `class [ClassName]`, `def [function_name](`.
static NAME_IN_CODE: Pattern = Pattern::new(|| {
    pattern(
        r"\b(?:class|def|enum|fn|func|function|import|interface|struct|trait)[ \t]+(\[[A-Za-z_][0-9A-Za-z_\u{80}-\u{10FFFF} ]*\])",
    )
});

/// A definition of a link or footnote whose target is a placeholder too:
/// `- [Metric 1]: [Description]`, `[^1]: TBD`.
static DEFINITION: Pattern = Pattern::new(|| {
    pattern(
        r"^\s*(?:[-*+]|[0-9]+[.)])?\s*(\[[^\]\[^]+\]:\s*\[[^\]\[]+\]|\[[^\]\[]+\]:\s*(?:TODO|(?i:TBD|TBA)|\?{3,}))\s*$",
    )
});

/// Brackets around something that is not a placeholder: a citation (`RFC 2119`, `Knuth1974`), an id,
/// a priority, a version, or one of the words that people put into brackets.
static NO_PLACEHOLDER: Pattern = Pattern::new(|| {
    pattern(
        r"^(?:[A-Z][A-Z0-9]*(?:[ _-][A-Z]+)*[ _-]?[0-9][0-9A-Za-z_.:\u{80}-\u{10FFFF}-]*|[A-Z][0-9A-Za-z_\u{80}-\u{10FFFF}-]*(?: et al\.?| and [A-Z][0-9A-Za-z_\u{80}-\u{10FFFF}]+)?,? ?[0-9]{4}[a-z]?|v?[0-9][0-9A-Za-z_.\u{80}-\u{10FFFF}-]*|\^.*|@.*|!.*|(?i:sic|alpha|beta|draft|stable|wip|optional|required|deprecated|experimental|internal|external|note|warning|tip|important|caution))$",
    )
});

/// Finds all markers, in the order of the document.
pub(super) fn read(
    parts: &[Part],
    comments: &[Comment],
    front_matter: &[MetadataEntry],
    source: &Source<'_>,
) -> Vec<UnresolvedMarker> {
    let mut reader = Reader {
        source,
        seen: vec![false; source.lines().len() + 1],
        markers: Vec::new(),
    };
    for entry in front_matter {
        if word_ranges(&entry.value).next().is_some() {
            reader.push(&entry.value, entry.at);
        }
    }
    for part in parts {
        if let Some(heading) = &part.heading {
            reader.prose(&heading.prose);
        }
        reader.blocks(&part.blocks);
    }
    for comment in comments {
        let mut words = COMMENT.find_iter(&comment.text);
        if words.any(|word| is_whole_word(&comment.text, &word.range())) {
            let text = format!("<!--{}-->", comment.text);
            reader.push(&text, comment.at);
        }
    }
    reader.definitions();
    let mut markers = reader.markers;
    markers.sort_by_key(|marker| marker.at);
    markers
}

struct Reader<'s> {
    source: &'s Source<'s>,
    /// The lines that have become text or code. The others are blank or definitions of links.
    seen: Vec<bool>,
    markers: Vec<UnresolvedMarker>,
}

impl Reader<'_> {
    fn push(&mut self, text: &str, at: Position) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut shown: String = text.chars().take(SHOWN).collect();
        if shown.len() < text.len() {
            shown.pop();
            shown.push('…');
        }
        self.markers.push(UnresolvedMarker { text: shown, at });
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Heading { prose, .. } | Block::Paragraph(prose) | Block::Html(prose) => {
                    self.prose(prose);
                }
                Block::List { items, .. } => {
                    items.iter().for_each(|item| self.blocks(&item.blocks));
                }
                Block::Table(rows) => {
                    rows.iter().flatten().for_each(|cell| self.prose(cell));
                }
                Block::Quote(blocks) => self.blocks(blocks),
                Block::Code(code) => self.code(code),
                Block::Break => {}
            }
        }
    }

    fn prose(&mut self, prose: &Prose) {
        let mut locator = prose.locator();
        let mut starts = prose.lines().map(|line| line.start);
        if let Some(first) = starts.next().filter(|_| !prose.text().is_empty()) {
            self.see(locator.at(first).line, prose.lines().count());
        }
        let mut locator = prose.locator();
        for range in markers(prose) {
            let at = locator.at(range.start);
            self.push(&prose.text()[range], at);
        }
    }

    fn see(&mut self, first_line: u32, count: usize) {
        let first = usize::try_from(first_line).unwrap_or(0);
        for line in first..first.saturating_add(count) {
            if let Some(seen) = self.seen.get_mut(line) {
                *seen = true;
            }
        }
    }

    fn code(&mut self, code: &Code) {
        self.see(code.at.line, code.text.lines().count() + 2);
        for (index, line) in code.text.lines().enumerate() {
            let number = code.first_line + index;
            // Inside a list or quote the code stands further to the right in the source.
            let mut inset = None;
            for found in NAME_IN_CODE.captures_iter(line) {
                let Some(name) = found.get(1) else { continue };
                let source = self.source;
                let inset =
                    *inset.get_or_insert_with(|| source.line(number).find(line).unwrap_or(0));
                let at = source.position(number, inset + name.start() + 1);
                self.push(name.as_str(), at);
            }
        }
    }

    fn definitions(&mut self) {
        let source = self.source;
        for (index, line) in source.lines().iter().enumerate() {
            if self.seen.get(index + 1) == Some(&false)
                && let Some(found) = DEFINITION.captures(line).and_then(|found| found.get(1))
            {
                let at = source.position(index + 1, found.start() + 1);
                self.push(found.as_str(), at);
            }
        }
    }
}

/// The markers of a text, as ranges in ascending order that do not overlap.
fn markers(prose: &Prose) -> Vec<Range<usize>> {
    let text = prose.text();
    let is_wiki_link = |range: &Range<usize>| {
        let part = &text[range.clone()];
        part.starts_with("[[") && part.ends_with("]]")
    };
    let mut found = brackets(prose);
    found.retain(|range| is_wiki_link(range) || is_placeholder(prose, range));
    found.extend(words(prose));
    found.extend(prose.fields().into_iter().filter_map(|field| {
        let value = &text[field.value.clone()];
        let is_code = prose.mark_at(field.value.start) == Mark::Code;
        (is_code && value.starts_with('[') && value.ends_with(']')).then_some(field.value)
    }));
    found.sort_by_key(|range| (range.start, Reverse(range.end)));
    let mut end = 0;
    found.retain(|range| {
        let is_new = range.start >= end;
        end = end.max(range.end);
        is_new
    });
    // They stayed until here so that no word inside them counts.
    found.retain(|range| !is_wiki_link(range));
    found
}

/// The words that stand for something yet to be written.
fn words(prose: &Prose) -> Vec<Range<usize>> {
    let text = prose.text();
    let mut found: Vec<Range<usize>> = Vec::new();
    for word in word_ranges(text) {
        let start = word.start;
        let is_inside = found.last().is_some_and(|last| start < last.end);
        if is_inside || prose.mark_at(start) != Mark::Plain {
            continue;
        }
        // A question that nobody closed reaches to the end of its line.
        let end = if text[start..].starts_with('[') {
            let line_end = text[start..].find('\n');
            line_end.map_or(text.len(), |end| start + end)
        } else {
            word.end
        };
        found.push(start..end);
    }
    found
}

/// What [`WORD`] finds in a text, without what stands in front of it.
fn word_ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
    let found = contains_any(text, &PARTS_OF_WORDS).then(|| WORD.find_iter(text));
    found.into_iter().flatten().filter_map(move |word| {
        let bare = word
            .as_str()
            .trim_start_matches([' ', '\t', '\n', '(', ':']);
        let range = word.end() - bare.len()..word.end();
        let is_word = bare.starts_with(char::is_alphanumeric);
        (!is_word || is_whole_word(text, &range)).then_some(range)
    })
}

/// The outermost pairs of brackets that are not code, link or escaped.
fn brackets(prose: &Prose) -> Vec<Range<usize>> {
    let mut open = Vec::new();
    let mut pairs: Vec<Range<usize>> = Vec::new();
    for (index, c) in prose.text().char_indices() {
        match c {
            '[' | ']' if prose.mark_at(index) != Mark::Plain => {}
            '[' => open.push(index),
            ']' => {
                if let Some(start) = open.pop() {
                    while pairs.last().is_some_and(|inner| inner.start > start) {
                        pairs.pop();
                    }
                    pairs.push(start..index + 1);
                }
            }
            _ => {}
        }
    }
    pairs
}

fn is_placeholder(prose: &Prose, range: &Range<usize>) -> bool {
    let text = prose.text();
    let inside = text[range.start + 1..range.end - 1].trim();
    let before = text[..range.start].chars().next_back();
    let behind = text[range.end..].chars().next();
    let is_index =
        before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ')' | ']' | '!'));
    let is_link = matches!(behind, Some('(' | '['));
    let is_box = inside.eq_ignore_ascii_case("x");
    let is_code = range.len() > 2
        && prose.mark_at(range.start + 1) == Mark::Code
        && prose.mark_at(range.end - 2) == Mark::Code;
    inside.chars().any(char::is_alphabetic)
        && !is_index
        && !is_link
        && !is_box
        && !is_code
        && !NO_PLACEHOLDER.is_match(inside)
        && !is_terms(inside)
}

/// Whether a text is a list of short terms, as in intervals and tuples: `0, 1`, `x, y`, `a..b`.
fn is_terms(text: &str) -> bool {
    let is_sign = |c: char| !c.is_ascii() && !c.is_alphanumeric();
    let terms = text.split(|c: char| c.is_whitespace() || ".,;:+*/=<>-".contains(c) || is_sign(c));
    terms.into_iter().all(|term| {
        let is_number = term.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = term.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_number || (is_name && term.chars().count() <= 2)
    })
}
