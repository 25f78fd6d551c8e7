//! Text of strangers made harmless, and numbers in words. Shared by all renderers.

use crate::model::is_deceptive;

/// `text` on one line, without anything that could steer a terminal or deceive the eye.
///
/// Removed are ANSI colour and cursor sequences, all control characters, and the invisible
/// characters that reorder or hide text (<https://trojansource.codes>). A line break or a tab
/// becomes a space. Zero-width joiners stay, since scripts and emoji need them.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        // Most of a text is ordinary, and copied at once.
        let ordinary = rest.bytes().take_while(|byte| (b' '..=b'~').contains(byte));
        let (ordinary, following) = rest.split_at(ordinary.count());
        result.push_str(ordinary);
        let sequence = following.strip_prefix("\u{1b}[");
        if let Some(sequence) = sequence.or_else(|| following.strip_prefix('\u{9b}')) {
            // ECMA-48, 5.4: parameter and intermediate bytes, then one final byte.
            let last = sequence.trim_start_matches(|c| (' '..='?').contains(&c));
            rest = last
                .strip_prefix(|c| ('@'..='~').contains(&c))
                .unwrap_or(last);
            continue;
        }
        let mut characters = following.chars();
        let Some(character) = characters.next() else {
            break;
        };
        rest = characters.as_str();
        if matches!(character, '\n' | '\t' | '\u{2028}' | '\u{2029}') {
            result.push(' ');
        } else if !character.is_control() && !is_deceptive(character) {
            result.push(character);
        }
    }
    result.truncate(result.trim_end().len());
    result
}

/// A line that a runner of GitHub Actions does not take for a command.
///
/// A command is a line that begins with `::`, or has `##[` anywhere
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>). Text of
/// strangers can stand at the beginning of a line, so both are broken up.
#[must_use]
pub fn without_command(line: &str) -> String {
    let mut line = line.replace("##[", "## [");
    let indent = line.len() - line.trim_start().len();
    if line[indent..].starts_with("::") {
        line.insert(indent + 1, ' ');
    }
    line
}

/// At most `width` characters of `text`; what was cut is marked with `…`.
pub(super) fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_owned(),
        Some(_) => {
            let end = text
                .char_indices()
                .nth(width.saturating_sub(1))
                .map_or(0, |(index, _)| index);
            format!("{}…", text[..end].trim_end())
        }
    }
}

/// [`plain`] and [`cut`], without reading more of a huge text than is shown.
pub(super) fn plain_cut(text: &str, width: usize) -> String {
    // Sequences that are removed are short; eight times the width holds them and the rest.
    let limit = width.saturating_mul(8).saturating_add(64);
    match text.char_indices().nth(limit) {
        None => cut(&plain(text), width),
        Some((end, _)) => {
            let mut shown = cut(&plain(&text[..end]), width);
            if !shown.ends_with('…') {
                shown.push('…');
            }
            shown
        }
    }
}

/// The same for the message of a failure, whose end says as much as its beginning: left out is the
/// middle.
pub(super) fn plain_ends(text: &str, width: usize) -> String {
    const LONGEST: usize = 4_000;
    let text = plain_cut(text, LONGEST);
    let length = text.chars().count();
    if length <= width {
        return text;
    }
    let first = width / 3;
    let left_out = length - width + 1;
    let beginning: String = text.chars().take(first).collect();
    let end: String = text.chars().skip(first + left_out).collect();
    format!("{beginning}…{end}")
}

/// The lines of `text`, broken at spaces so that each has at most `width` characters where its
/// words allow it.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = width;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        let is_first = room == width;
        if !is_first && length + 1 > room {
            lines.push(String::new());
            room = width;
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
                room = room.saturating_sub(1);
            }
            line.push_str(word);
            room = room.saturating_sub(length);
        }
    }
    lines
}

/// A duration in milliseconds for people: `340 ms`, `2.41 s`, `3 min 12 s`, `1 h 4 min`.
pub(super) fn duration(milliseconds: f64) -> String {
    if !milliseconds.is_finite() || milliseconds < 0.0 {
        return "unknown".to_owned();
    }
    let seconds = (milliseconds / 1000.0).round();
    if milliseconds < 999.5 {
        format!("{milliseconds:.0} ms")
    } else if milliseconds < 59_995.0 {
        format!("{:.2} s", milliseconds / 1000.0)
    } else if seconds < 3600.0 {
        format!("{} min {} s", (seconds / 60.0).floor(), seconds % 60.0)
    } else {
        let minutes = (seconds / 60.0).round();
        format!("{} h {} min", (minutes / 60.0).floor(), minutes % 60.0)
    }
}

/// A whole number with its thousands set apart: `10,000`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut result = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    result
}

/// `1 finding`, `2,434 findings`. The plural is the noun with an `s`.
pub(super) fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_survives() {
        assert_eq!(plain("\u{1b}[1;31mred\u{1b}[0m"), "red");
        assert_eq!(plain("\u{9b}2Jcleared"), "cleared");
        assert_eq!(plain("title \u{1b}]0;owned\u{7} end"), "title ]0;owned end");
        assert_eq!(plain("over\rwritten\u{8}"), "overwritten");
        assert_eq!(plain("ends in escape \u{1b}["), "ends in escape");
    }

    #[test]
    fn nothing_that_reorders_or_hides_text_survives() {
        assert_eq!(
            plain("if admin\u{202e} // nimda\u{2066}"),
            "if admin // nimda"
        );
        assert_eq!(plain("a\u{200b}b\u{feff}c\u{e0041}"), "abc");
        assert_eq!(plain("👩\u{200d}🚀 שלום"), "👩\u{200d}🚀 שלום");
    }

    #[test]
    fn a_message_of_several_lines_becomes_one() {
        assert_eq!(
            plain("assert 1 == 2\r\n\tleft: 1\n"),
            "assert 1 == 2  left: 1"
        );
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("überlänge", 9), "überlänge");
        assert_eq!(cut("überlänge", 8), "überlän…");
        assert_eq!(cut("日本語", 1), "…");
        assert_eq!(cut("", 0), "");
        assert_eq!(plain_ends("beginning and end", 17), "beginning and end");
        assert_eq!(plain_ends("beginning and end", 9), "beg…d end");
        assert_eq!(plain_cut(&"é".repeat(100_000), 4), "ééé…");
        assert_eq!(plain_cut(&"\u{1b}[0m".repeat(100_000), 4), "…");
    }

    #[test]
    fn lines_are_broken_at_spaces() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(
            wrap("a-word-longer-than-the-line b", 4),
            ["a-word-longer-than-the-line", "b"]
        );
        assert_eq!(wrap("", 10), [""]);
    }

    #[test]
    fn durations_read_naturally() {
        let shown = |milliseconds| duration(milliseconds);
        assert_eq!(shown(0.2), "0 ms");
        assert_eq!(shown(999.4), "999 ms");
        assert_eq!(shown(999.6), "1.00 s");
        assert_eq!(shown(59_994.0), "59.99 s");
        assert_eq!(shown(59_999.0), "1 min 0 s");
        assert_eq!(shown(192_400.0), "3 min 12 s");
        assert_eq!(shown(3_840_000.0), "1 h 4 min");
        assert_eq!(shown(f64::NAN), "unknown");
    }

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "finding"), "1 finding");
        assert_eq!(counted(10_000, "finding"), "10,000 findings");
    }
}
