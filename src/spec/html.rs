//! A block of HTML → its comments, and its text with places.

use super::{
    document::Comment,
    prose::{Mark, Prose},
    source::Source,
};

/// Tags around what is meant literally or is no text.
const VERBATIM: &[&str] = &["code", "pre", "script", "style"];

/// Where the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    Comment,
    Tag,
}

/// Reads a block. Gives its text without tags; `None` when it holds nothing but comments.
pub(super) fn read(
    literal: &str,
    first_line: usize,
    source: &Source<'_>,
    comments: &mut Vec<Comment>,
) -> Option<Prose> {
    let mut prose = Prose::default();
    let mut is_content = false;
    let mut within = Within::Text;
    let mut verbatim: Option<&str> = None;
    for (index, line) in literal.lines().enumerate() {
        let number = first_line + index;
        // Inside a list or quote the line stands further to the right in the source.
        let inset = source.line(number).find(line).unwrap_or(0);
        let at = |offset: usize| source.position(number, inset + offset + 1);
        let mut offset = 0;
        while let Some(rest) = line.get(offset..).filter(|rest| !rest.is_empty()) {
            let (length, next) = end(rest, within);
            let text = &rest[..length];
            match within {
                Within::Comment => {
                    if let Some(comment) = comments.last_mut() {
                        comment.text.push_str(text.trim_end_matches("-->"));
                    }
                }
                Within::Tag => {}
                Within::Text => {
                    is_content |= !text.trim().is_empty() || next == Within::Tag;
                    push(&mut prose, text, verbatim.is_some(), |start| {
                        at(offset + start)
                    });
                }
            }
            offset += length;
            if within == Within::Text && next == Within::Tag {
                verbatim = around(&line[offset..], verbatim);
            } else if within == Within::Text && next == Within::Comment {
                let text = String::new();
                comments.push(Comment {
                    text,
                    at: at(offset),
                });
                offset += "<!--".len();
            }
            within = next;
        }
        prose.push("\n", at(line.len()), false, Mark::Plain);
        if let Some(comment) = comments.last_mut().filter(|_| within == Within::Comment) {
            comment.text.push('\n');
        }
    }
    is_content.then_some(prose)
}

/// How far the place reaches into a text, and what begins behind it.
fn end(text: &str, within: Within) -> (usize, Within) {
    let behind = |mark: &str| text.find(mark).map(|start| start + mark.len());
    match within {
        Within::Comment => {
            behind("-->").map_or((text.len(), within), |length| (length, Within::Text))
        }
        Within::Tag => behind(">").map_or((text.len(), within), |length| (length, Within::Text)),
        Within::Text => {
            let begin = text.match_indices('<').find_map(|(start, _)| {
                let rest = &text[start + 1..];
                let is_tag = rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
                match (rest.starts_with("!--"), is_tag) {
                    (true, _) => Some((start, Within::Comment)),
                    (_, true) => Some((start, Within::Tag)),
                    _ => None,
                }
            });
            begin.unwrap_or((text.len(), within))
        }
    }
}

/// The verbatim element that what stands behind a tag is in.
fn around<'v>(tag: &str, verbatim: Option<&'v str>) -> Option<&'v str> {
    let name = |tag: &str| {
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next();
        name.unwrap_or_default().to_ascii_lowercase()
    };
    match (verbatim, tag.strip_prefix("</")) {
        (Some(open), Some(closed)) if name(closed) == open => None,
        (None, None) => {
            let opened = name(&tag[1..]);
            VERBATIM.iter().find(|known| **known == opened).copied()
        }
        _ => verbatim,
    }
}

/// Appends a text. What stands between backticks is meant as code, though HTML does not know them.
fn push(
    prose: &mut Prose,
    text: &str,
    is_verbatim: bool,
    at: impl Fn(usize) -> crate::model::Position,
) {
    let last = text.matches('`').count();
    let mut start = 0;
    for (index, piece) in text.split('`').enumerate() {
        let is_code = is_verbatim || (index % 2 == 1 && index < last);
        let mark = if is_code { Mark::Code } else { Mark::Plain };
        prose.push(piece, at(start), false, mark);
        start += piece.len() + 1;
    }
}
