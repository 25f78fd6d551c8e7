//! Text from a report: without control sequences, and of bounded length.

/// The longest message that is kept, in characters.
const MAX_MESSAGE: usize = 4_000;

/// The longest name that is kept, in characters.
const MAX_NAME: usize = 1_000;

/// How many characters of a text are looked at. A report can mean one long text many times.
const MAX_SCAN: usize = 64_000;

/// The longest excerpt of a report in an error message, in characters.
const MAX_EXCERPT: usize = 200;

/// A message of several lines.
pub(super) fn message(text: &str) -> String {
    line(text, MAX_MESSAGE).unwrap_or_else(|| cut(clean(text, true).trim(), MAX_MESSAGE))
}

/// A name, a path or another text of one line.
pub(super) fn name(text: &str) -> String {
    line(text, MAX_NAME).unwrap_or_else(|| cut(clean(text, false).trim(), MAX_NAME))
}

/// Whether a name is so long that others could begin alike.
pub(super) fn is_cut(name: &str) -> bool {
    name.chars().count() >= MAX_NAME
}

/// What an error message shows of a report.
pub(super) fn excerpt(text: &str) -> String {
    cut(clean(text, false).trim(), MAX_EXCERPT)
}

/// A text of which nothing must be taken, without the blanks around it. Most are.
fn line(text: &str, limit: usize) -> Option<String> {
    let is_plain = text.len() <= limit && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    is_plain.then(|| text.trim().to_owned())
}

/// The first `limit` characters; the last of them is an ellipsis when more were there.
fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit - 1).chain(['…']).collect(),
    }
}

/// The text without terminal control sequences (ECMA-48) and control characters. Line breaks
/// become `\n`, or a space where there may be one line only.
fn clean(text: &str, keep_lines: bool) -> String {
    let mut cleaned = String::with_capacity(text.len().min(MAX_MESSAGE * 4));
    let mut rest = text.chars().take(MAX_SCAN).peekable();
    // One character more than the longest limit decides whether an ellipsis is needed.
    let mut room = MAX_MESSAGE + 1;
    while room > 0 {
        let Some(character) = rest.next() else { break };
        let kept = match character {
            '\u{1b}' => {
                skip_escape_sequence(&mut rest);
                continue;
            }
            '\u{9b}' => {
                skip_control_sequence(&mut rest);
                continue;
            }
            '\r' if rest.peek() == Some(&'\n') => continue,
            '\n' | '\r' if keep_lines => '\n',
            '\n' | '\r' | '\t' if !keep_lines => ' ',
            '\t' => '\t',
            other if other.is_control() => continue,
            other => other,
        };
        // Leading blanks are trimmed later and must not use up the room.
        if !(cleaned.is_empty() && kept.is_whitespace()) {
            cleaned.push(kept);
            room -= 1;
        }
    }
    cleaned
}

type Characters<'a> = std::iter::Peekable<std::iter::Take<std::str::Chars<'a>>>;

/// Skips what follows an escape character.
fn skip_escape_sequence(rest: &mut Characters<'_>) {
    match rest.next() {
        Some('[') => skip_control_sequence(rest),
        // Operating system commands, such as titles and links, end with BEL or ESC `\`.
        Some(']' | 'P' | 'X' | '^' | '_') => {
            while let Some(character) = rest.next() {
                if character == '\u{7}' {
                    break;
                }
                if character == '\u{1b}' {
                    rest.next_if_eq(&'\\');
                    break;
                }
            }
        }
        _ => {}
    }
}

/// Skips parameters and the final byte of a control sequence.
fn skip_control_sequence(rest: &mut Characters<'_>) {
    while rest
        .next_if(|character| matches!(character, ' '..='?'))
        .is_some()
    {}
    rest.next_if(|character| matches!(character, '@'..='~'));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_sequences_are_stripped() {
        for (dirty, expected) in [
            ("\u{1b}[31;1mred\u{1b}[0m", "red"),
            ("\u{9b}31mred", "red"),
            ("\u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{1b}[2J\u{1b}(Btext\u{0}\u{8}", "Btext"),
            ("a\r\nb\rc\td", "a\nb\nc\td"),
            ("unfinished \u{1b}[31", "unfinished"),
        ] {
            assert_eq!(message(dirty), expected);
        }
        assert_eq!(name("a\r\nb\tc"), "a b c");
    }

    #[test]
    fn length_is_counted_in_characters() {
        let long = "ü".repeat(5_000);
        let cut = message(&long);
        assert_eq!(cut.chars().count(), 4_000);
        assert!(cut.ends_with("ü…"));
        assert_eq!(message(&"ü".repeat(4_000)), "ü".repeat(4_000));
        assert_eq!(name(&long).chars().count(), 1_000);
        assert_eq!(message(&format!("{}end", " ".repeat(9_000))), "end");
    }

    proptest! {
        #[test]
        fn what_is_plain_is_read_as_everything_is(text in "[ -~\u{7f}ü\t\n]{0,8}[ -~]{0,1100}") {
            prop_assert_eq!(name(&text), cut(clean(&text, false).trim(), MAX_NAME));
            prop_assert_eq!(message(&text), cut(clean(&text, true).trim(), MAX_MESSAGE));
        }
    }
}
