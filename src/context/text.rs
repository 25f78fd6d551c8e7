//! Text of strangers made harmless before a person or an agent reads it.

/// `text` on one line and at most `width` characters; what was cut is marked with `…`.
pub(super) fn one_line(text: &str, width: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let is_gap = |c: char| c.is_whitespace() || !is_harmless(c);
    for word in text.split(is_gap).filter(|word| !word.is_empty()) {
        let gap = usize::from(!line.is_empty());
        let room = width.saturating_sub(length + gap);
        let size = word.chars().count();
        if gap > 0 {
            line.push(' ');
        }
        if size > room {
            line.extend(word.chars().take(room));
            return format!("{}…", line.trim_end());
        }
        line.push_str(word);
        length += size + gap;
    }
    line
}

/// `text` with its lines, and without anything that could steer a terminal.
pub(super) fn lines(text: &str) -> String {
    text.chars()
        .filter(|&character| character == '\n' || character == '\t' || is_harmless(character))
        .collect()
}

/// Whether a character neither controls a terminal nor reorders its neighbours unseen
/// (<https://trojansource.codes>).
const fn is_harmless(character: char) -> bool {
    !matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}
