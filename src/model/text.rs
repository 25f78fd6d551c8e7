//! What a text is by its characters alone.

/// Whether a text is the hash of a commit or another object of git in full: SHA-1 or SHA-256. Digits
/// of either case are hexadecimal; git itself writes small ones.
#[must_use]
pub fn is_full_hash(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a character changes how its neighbours are shown without being seen itself
/// (<https://trojansource.codes>).
#[must_use]
pub const fn is_deceptive(character: char) -> bool {
    matches!(
        character,
        '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// At most `most` characters of the end of a text; `…` stands for a beginning that was cut. What a
/// program says of its failure comes last.
#[must_use]
pub fn ending_of(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let end: String = text.chars().skip(length + 1 - most).collect();
    format!("…{end}")
}

/// What a program printed last, for the message of its failure: short enough to be shown whole.
#[must_use]
pub fn last_words(printed: &str) -> String {
    const MOST: usize = 220;
    match printed.trim() {
        "" => "it printed nothing".to_owned(),
        words => format!("its last words: {}", ending_of(words, MOST)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_its_beginning() {
        assert_eq!(ending_of("hello", 5), "hello");
        assert_eq!(ending_of("hello", 4), "…llo");
        assert_eq!(ending_of("grüße", 3), "…ße");
        assert_eq!(ending_of("hello", 1), "…");
        assert_eq!(ending_of("", 1), "");
    }

    #[test]
    fn last_words_are_the_last_and_never_empty() {
        assert_eq!(last_words(" \n"), "it printed nothing");
        assert_eq!(last_words("FATAL\n"), "its last words: FATAL");
        let long = format!("{}\nFATAL: the real reason\n", "noise ".repeat(200));
        let words = last_words(&long);
        assert!(words.starts_with("its last words: …"), "{words}");
        assert!(words.ends_with("\nFATAL: the real reason"), "{words}");
    }

    #[test]
    fn a_full_hash_is_one_of_sha_1_or_sha_256() {
        for text in ["a".repeat(40), "0123456789abcdefABCDEF0123456789".repeat(2)] {
            assert!(is_full_hash(&text), "{text}");
        }
        for text in [
            "",
            "main",
            &"a".repeat(39),
            &"g".repeat(40),
            &"ä".repeat(20),
        ] {
            assert!(!is_full_hash(text), "{text}");
        }
    }
}
