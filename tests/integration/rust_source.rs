//! Reads Rust just well enough to hold the house rules: paths, strings, comments, and what is
//! under `#[cfg(test)]`. It expands no macros and resolves no names.

use std::path::Path;

/// A source file, with its code and its comments apart. Both keep the lines and columns of the
/// text; everything else in them is blank.
pub(crate) struct Source {
    /// The file, relative to the repository's root.
    pub(crate) file: String,
    /// Where it stands in the crate: `["gates", "linting"]`.
    pub(crate) module: Vec<String>,
    /// Whether the whole file is a test module.
    pub(crate) is_test: bool,
    /// The whole text.
    pub(crate) text: String,
    /// Code without strings, comments and what is under `#[cfg(test)]`.
    pub(crate) code: String,
    /// Comments.
    pub(crate) comments: String,
}

impl Source {
    pub(crate) fn new(file: String, text: String) -> Self {
        let mut module: Vec<String> = file
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        let is_test = module.iter().any(|part| part == "tests");
        let (code, comments) = code_and_comments(&text);
        let code = without_tests(&code);
        Self {
            file: format!("src/{file}"),
            module,
            is_test,
            text,
            code,
            comments,
        }
    }

    /// Whether the file is this one, or lies in this folder; relative to `src`.
    pub(crate) fn is_in(&self, place: &str) -> bool {
        let place = Path::new("src").join(place);
        let file = Path::new(&self.file);
        file.starts_with(&place) || file == place.with_extension("rs")
    }

    /// The id of the gate that the file implements, if any.
    pub(crate) fn gate_id(&self) -> Option<&str> {
        let is_gate = self.is_in("gates") && !self.is_test;
        let (_, rest) = self
            .text
            .split_once("const ID: &'static str = \"")
            .filter(|_| is_gate)?;
        Some(rest.split_once('"')?.0)
    }

    /// The module of this crate that a path leads to, if it leads to one.
    pub(crate) fn imported_module(&self, path: &[String]) -> Option<String> {
        self.absolute(path)?.into_iter().next()
    }

    /// A path that starts with `crate` or `super`, from the root of the crate.
    pub(crate) fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let climbs = path
            .iter()
            .take_while(|segment| *segment == "super")
            .count();
        let base = match path.first()?.as_str() {
            "crate" => &[],
            "super" => self.module.get(..self.module.len().checked_sub(climbs)?)?,
            _ => return None,
        };
        Some(base.iter().chain(&path[climbs.max(1)..]).cloned().collect())
    }

    /// Every path of the code with its line, those of `use` trees spelt out.
    pub(crate) fn paths(&self) -> Vec<(usize, Vec<String>)> {
        let tokens = tokens(&self.code);
        let mut paths = Vec::new();
        let mut next = 0;
        while next < tokens.len() {
            if tokens[next].1 == "use" {
                next += 1;
                use_tree(&tokens, &mut next, &[], &mut paths);
            } else if is_name(tokens[next].1) {
                let line = tokens[next].0;
                let mut path = vec![tokens[next].1.to_owned()];
                next += 1;
                while at(&tokens, next) == "::" && is_name(at(&tokens, next + 1)) {
                    path.push(at(&tokens, next + 1).to_owned());
                    next += 2;
                }
                paths.push((line, path));
            } else {
                next += 1;
            }
        }
        paths
    }
}

/// Reads one tree of a `use` item, such as `a::{b, c as d}`.
fn use_tree(
    tokens: &[(usize, &str)],
    next: &mut usize,
    prefix: &[String],
    paths: &mut Vec<(usize, Vec<String>)>,
) {
    let mut path = prefix.to_vec();
    let line = tokens.get(*next).map_or(0, |token| token.0);
    loop {
        match at(tokens, *next) {
            "{" => {
                *next += 1;
                while !matches!(at(tokens, *next), "}" | "") {
                    use_tree(tokens, next, &path, paths);
                    if at(tokens, *next) != "}" {
                        *next += 1;
                    }
                }
                *next += 1;
                return;
            }
            "::" => *next += 1,
            "as" => *next += 2,
            segment if is_name(segment) || segment == "*" => {
                path.push(segment.to_owned());
                *next += 1;
            }
            _ => break,
        }
    }
    paths.push((line, path));
}

fn at<'a>(tokens: &[(usize, &'a str)], index: usize) -> &'a str {
    tokens.get(index).map_or("", |token| token.1)
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The code's words and signs with their lines, counted from 1. `::` is one sign.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = if is_word(first) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            tokens.push((number + 1, &rest[..length]));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

/// Blanks every item under `#[cfg(test)]`: up to the end of its block, or to its semicolon.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, item)) = rest.split_once(MARK) {
        kept.push_str(before);
        let mut depth = 0_usize;
        let end = item.char_indices().find_map(|(index, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0 && matches!(c, '}' | ';')).then_some(index + 1)
        });
        let (item, after) = item.split_at(end.unwrap_or(item.len()));
        kept.extend(item.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    kept + rest
}

/// Takes code and comments apart. Strings are in neither.
fn code_and_comments(text: &str) -> (String, String) {
    let (mut code, mut comments) = (String::new(), String::new());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, kind) = piece(rest, first);
        for c in rest[..length].chars() {
            let blank = if c == '\n' { '\n' } else { ' ' };
            code.push(if kind == Piece::Code { c } else { blank });
            comments.push(if kind == Piece::Comment { c } else { blank });
        }
        rest = &rest[length..];
    }
    (code, comments)
}

#[derive(PartialEq)]
enum Piece {
    Code,
    Comment,
    Literal,
}

/// The length in bytes and the kind of the piece that the text starts with.
fn piece(text: &str, first: char) -> (usize, Piece) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if text.starts_with("//") {
        return (text.find('\n').unwrap_or(text.len()), Piece::Comment);
    }
    if text.starts_with("/*") {
        return (block_comment(text), Piece::Comment);
    }
    let raw = text
        .trim_start_matches(['b', 'c'])
        .strip_prefix('r')
        .map(|after| {
            let quote = after.trim_start_matches('#');
            (
                text.len() - quote.len(),
                after.len() - quote.len(),
                quote.starts_with('"'),
            )
        });
    if let Some((start, hashes, true)) = raw {
        let close = format!("\"{}", "#".repeat(hashes));
        let body = &text[start + 1..];
        let end = body
            .find(&close)
            .map_or(body.len(), |end| end + close.len());
        return (start + 1 + end, Piece::Literal);
    }
    if first == '"' || first == '\'' {
        return quoted(text, first);
    }
    if is_word(first) {
        return (
            text.find(|c| !is_word(c)).unwrap_or(text.len()),
            Piece::Code,
        );
    }
    (first.len_utf8(), Piece::Code)
}

/// A string or character. A quote that starts a lifetime is code.
fn quoted(text: &str, quote: char) -> (usize, Piece) {
    let mut characters = text.char_indices().skip(1).peekable();
    let mut seen = 0;
    while let Some((index, c)) = characters.next() {
        if c == quote {
            return (index + 1, Piece::Literal);
        }
        seen += 1;
        if c == '\\' {
            characters.next();
        } else if quote == '\'' && seen == 1 && characters.peek().is_none_or(|next| next.1 != '\'')
        {
            return (1, Piece::Code);
        }
    }
    (text.len(), Piece::Literal)
}

/// The length of a block comment. They nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    for (index, pair) in text.as_bytes().windows(2).enumerate() {
        match pair {
            b"/*" => depth += 1,
            b"*/" if depth <= 1 => return index + 2,
            b"*/" => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// The rules are worth as much as this reading.
#[test]
fn rust_is_read_well_enough_for_these_rules() {
    let source = Source::new(
        "gates/example.rs".to_owned(),
        r##"//! Example: `crate::not_a_path` in a comment.
use crate::{model::{self, Finding}, config::Policy as P};
use super::registry::Gate; // TODO in a comment
const TEXT: &str = "crate::in_a_string \" todo!()";
const RAW: &str = r#"crate::in_a "raw" string"#;
fn quote<'a>(c: char) -> bool { c == '"' || c == '\'' || std::env::var("X").is_ok() }
/* a block /* in a block */ crate::still_a_comment */
fn call() { crate::workflow::run::<u8>(super::super::render::text()) }
#[cfg(test)]
mod tests {
    use crate::cli;
}
#[cfg(test)]
use crate::history;
fn after() { tokio::process::Command::new("x") }
"##
        .to_owned(),
    );
    let imported: Vec<(usize, String)> = source
        .paths()
        .into_iter()
        .filter_map(|(line, path)| Some((line, source.imported_module(&path)?)))
        .collect();
    let expected = [
        (2, "model"),
        (2, "model"),
        (2, "config"),
        (3, "gates"),
        (8, "workflow"),
        (8, "render"),
    ];
    let expected: Vec<(usize, String)> = expected
        .iter()
        .map(|(line, name)| (*line, (*name).to_owned()))
        .collect();
    assert_eq!(imported, expected);
    let has = |line: usize, path: &str| {
        source
            .paths()
            .iter()
            .any(|(at, found)| *at == line && found.join("::") == path)
    };
    assert!(has(6, "std::env::var"));
    assert!(has(15, "tokio::process::Command::new"));
    assert!(!source.code.contains("todo"));
    assert_eq!(
        source.comments.lines().nth(2),
        Some("                           // TODO in a comment")
    );
}
