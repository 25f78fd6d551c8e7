//! Sentences with code in backticks, as most tools write them.

/// A sentence in pieces, in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Prose {
    pub(super) pieces: Vec<Piece>,
}

/// Words, or code that stood in backticks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) is_code: bool,
    pub(super) text: String,
}

impl Prose {
    /// Takes a sentence apart. A backtick without a partner stays as it is.
    pub(super) fn of(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut add = |is_code, text: &str| {
            if !text.is_empty() {
                pieces.push(Piece {
                    is_code,
                    text: text.to_owned(),
                });
            }
        };
        let mut rest = text;
        while let Some((before, code, after)) = next_code(rest) {
            add(false, before);
            add(true, code);
            rest = after;
        }
        add(false, rest);
        Self { pieces }
    }
}

/// What stands before, in and after the first pair of backticks that holds something.
fn next_code(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (code, after) = rest.split_once('`')?;
    (!code.trim().is_empty()).then_some((before, code, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<(bool, String)> {
        let pieces = Prose::of(text).pieces.into_iter();
        pieces.map(|piece| (piece.is_code, piece.text)).collect()
    }

    #[test]
    fn code_is_told_from_words() {
        let expected = [
            (true, "os"),
            (false, " is unused, remove "),
            (true, "import os"),
        ];
        let expected = expected.map(|(is_code, text)| (is_code, text.to_owned()));
        assert_eq!(pieces("`os` is unused, remove `import os`"), expected);
    }

    #[test]
    fn backticks_without_partner_or_content_stay() {
        assert_eq!(pieces("it`s"), [(false, "it`s".to_owned())]);
        assert_eq!(pieces("```x"), [(false, "```x".to_owned())]);
        assert_eq!(pieces(""), []);
    }
}
