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

#[cfg(test)]
mod tests {
    use super::*;

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
