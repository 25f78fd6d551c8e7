//! How many tokens a text has in the `cl100k_base` encoding.
//!
//! The counts are those of tiktoken (<https://github.com/openai/tiktoken>), which the ancestor used.
//! The vocabulary is a sorted table inside the program, made by `build.rs` and searched in place.

use regex::Regex;
use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    sync::LazyLock,
};

include!(concat!(env!("OUT_DIR"), "/cl100k_base.rs"));
static TOKENS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cl100k_base.tokens"));
static RANKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cl100k_base.ranks"));

/// The kinds of characters that the pattern of `cl100k_base` tells apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `\p{L}`
    Letter,
    /// `\p{N}`
    Number,
    /// `\s`
    Space,
    Other,
}

impl Kind {
    /// The tables of the regular expressions that tiktoken uses are those of a certain edition of
    /// Unicode, so the letters and numbers beyond ASCII are theirs. Making a class of them ready takes
    /// longer than counting a page, and most texts need none.
    fn of(c: char) -> Self {
        static LETTER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{L}$").ok());
        static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{N}$").ok());
        // The classes are constants; a test holds them to be readable.
        let is_in = |class: &LazyLock<Option<Regex>>| {
            let class = || class.as_ref();
            c.is_ascii() || class().is_some_and(|class| class.is_match(c.encode_utf8(&mut [0; 4])))
        };
        if c.is_whitespace() {
            Self::Space
        } else if c.is_alphabetic() && is_in(&LETTER) {
            Self::Letter
        } else if c.is_numeric() && is_in(&NUMBER) {
            Self::Number
        } else {
            Self::Other
        }
    }
}

/// The number of `cl100k_base` tokens in `text`. Names of special tokens, such as
/// `<|endoftext|>`, count as the ordinary text that they are here.
#[must_use]
pub fn count_tokens(text: &str) -> u64 {
    let mut rest = text;
    let mut count = 0;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(first_piece(rest));
        count += tokens_in_piece(piece.as_bytes());
        rest = after;
    }
    count
}

/// The length of the first piece of a text, in bytes: what the pattern of `cl100k_base` matches at its
/// beginning, <https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py>. Its
/// alternatives are in their order, each beside the code that stands for it.
fn first_piece(text: &str) -> usize {
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return 0;
    };
    let next = characters.next().map(Kind::of);
    // `'(?i:[sdmt]|ll|ve|re)`
    if let Some(length) = contraction(text) {
        return length;
    }
    let run = |start: usize, kind: Kind| {
        let end = text[start..].find(|c| Kind::of(c) != kind);
        end.map_or(text.len(), |end| start + end)
    };
    // `[^\s\p{L}\p{N}]+[\r\n]*`
    let signs = |start| {
        let end = run(start, Kind::Other);
        let line_ends = text[end..].find(|c| !matches!(c, '\r' | '\n'));
        line_ends.map_or(text.len(), |length| end + length)
    };
    match Kind::of(first) {
        // `[^\r\n\p{L}\p{N}]?\p{L}+`
        Kind::Letter => run(0, Kind::Letter),
        Kind::Space | Kind::Other
            if next == Some(Kind::Letter) && !matches!(first, '\r' | '\n') =>
        {
            run(first.len_utf8(), Kind::Letter)
        }
        // `\p{N}{1,3}`
        Kind::Number => {
            let numbers = text.chars().take_while(|c| Kind::of(*c) == Kind::Number);
            numbers.take(3).map(char::len_utf8).sum()
        }
        // ` ?[^\s\p{L}\p{N}]+[\r\n]*`
        Kind::Other => signs(0),
        Kind::Space if first == ' ' && next == Some(Kind::Other) => signs(1),
        Kind::Space => {
            let end = run(0, Kind::Space);
            let last = text[..end].char_indices().next_back();
            let last_line_end = text[..end].rfind(['\r', '\n']);
            match (last_line_end, last) {
                // `\s+$`
                _ if end == text.len() => end,
                // `\s*[\r\n]`
                (Some(line_end), _) => line_end + 1,
                // `\s+(?!\S)`: white space before a word leaves its last character to the word.
                (None, Some((last, _))) if last > 0 => last,
                // `\s+`
                _ => end,
            }
        }
    }
}

/// The length of the end of a contraction: `'s`, `'LL`. The long s is one in small letters, as in
/// Unicode's folding of cases.
fn contraction(text: &str) -> Option<usize> {
    let behind = text.strip_prefix('\'')?;
    let first = behind.chars().next()?;
    if matches!(first.to_ascii_lowercase(), 's' | 'd' | 'm' | 't' | 'ſ') {
        return Some(1 + first.len_utf8());
    }
    let two = behind.get(..2)?;
    let is_one = ["ll", "ve", "re"]
        .iter()
        .any(|end| two.eq_ignore_ascii_case(end));
    is_one.then_some(3)
}

/// The number of tokens in one piece: pairs of neighbours are merged as long as a pair is a token,
/// the one with the lowest rank first, the leftmost of equals.
fn tokens_in_piece(piece: &[u8]) -> u64 {
    const GONE: usize = usize::MAX;
    if rank(piece).is_some() {
        return 1;
    }
    let length = piece.len();
    // By the byte at which a part begins: where it ends, and where the part before it begins.
    let mut ends: Vec<usize> = (1..=length).collect();
    let mut before: Vec<usize> = (0..length).map(|start| start.wrapping_sub(1)).collect();
    let pair = |left, end| Some(Reverse((rank(piece.get(left..end)?)?, left, end)));
    let mut pairs: BinaryHeap<_> = (0..length).filter_map(|at| pair(at, at + 2)).collect();

    let mut count = length as u64;
    while let Some(Reverse((_, left, end))) = pairs.pop() {
        let right = ends[left];
        let is_still_there = right < length && ends[right] == end;
        if !is_still_there {
            continue;
        }
        ends[left] = end;
        ends[right] = GONE;
        count -= 1;
        if let Some(&next_end) = ends.get(end) {
            before[end] = left;
            pairs.extend(pair(left, next_end));
        }
        if left > 0 {
            pairs.extend(pair(before[left], end));
        }
    }
    count
}

/// The token's rank; `None` when these bytes are no token.
fn rank(token: &[u8]) -> Option<u32> {
    let begins_behind = |&start: &u32| entry(start as usize).following > token;
    let group = GROUPS
        .partition_point(|start| !begins_behind(start))
        .checked_sub(1)?;
    let mut at = GROUPS[group] as usize;
    // How many bytes of `token` the entry before this one begins with.
    let mut matched = 0;
    for index in group * GROUP.. {
        let Entry {
            shared,
            following,
            end,
        } = entry(at);
        at = end;
        // With more shared, it differs where the one before it did.
        if shared <= matched {
            let wanted = &token[shared..];
            let same = following.iter().zip(wanted).take_while(|(a, b)| a == b);
            matched = shared + same.count();
            match following.cmp(wanted) {
                Ordering::Less => {}
                Ordering::Equal => return Some(rank_at(index)),
                Ordering::Greater => return None,
            }
        }
        if at == TOKENS.len() || (index + 1) % GROUP == 0 {
            return None;
        }
    }
    None
}

/// One token among [`TOKENS`], as `build.rs` describes them.
struct Entry {
    /// How many bytes it shares with the one before it.
    shared: usize,
    following: &'static [u8],
    /// Where the next one begins.
    end: usize,
}

fn entry(start: usize) -> Entry {
    let first = usize::from(TOKENS[start]);
    let (mut begin, mut length) = (start + 1, first & MANY);
    if length == MANY {
        length = usize::from(TOKENS[begin]);
        begin += 1;
    }
    let end = begin + length;
    Entry {
        shared: first >> 4,
        following: &TOKENS[begin..end],
        end,
    }
}

fn rank_at(index: usize) -> u32 {
    let first = index * RANK_BITS;
    let bytes = &RANKS[first / 8..][..3];
    let bits = bytes
        .iter()
        .rev()
        .fold(0, |sum, &byte| sum << 8 | u32::from(byte));
    bits >> (first % 8) & ((1 << RANK_BITS) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reference(text: &str) -> u64 {
        tiktoken_rs::cl100k_base_singleton().count_ordinary(text) as u64
    }

    /// Counts that OpenAI's cookbook publishes:
    /// <https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken>.
    #[test]
    fn agrees_with_published_counts() {
        assert_eq!(count_tokens(""), 0);
        assert_eq!(count_tokens("tiktoken is great!"), 6);
        assert_eq!(count_tokens("antidisestablishmentarianism"), 6);
        assert_eq!(count_tokens("2 + 2 = 4"), 7);
        assert_eq!(count_tokens("お誕生日おめでとう"), 9);
    }

    #[test]
    fn every_token_is_one_token() {
        let encoding = tiktoken_rs::cl100k_base_singleton();
        for expected in 0..100_256 {
            let token = encoding.decode_bytes(&[expected]).unwrap();
            assert_eq!(rank(&token), Some(expected), "{token:?}");
            assert_eq!(tokens_in_piece(&token), 1, "{token:?}");
        }
        assert_eq!(rank(b""), None);
        assert_eq!(rank(b"spec2prod"), None);
    }

    #[test]
    fn agrees_with_the_library_on_source_and_prose() {
        for text in [
            include_str!("tokens.rs"),
            include_str!("../../build.rs"),
            include_str!("../../Cargo.lock"),
            include_str!("../model/report.rs"),
        ] {
            assert_eq!(count_tokens(text), reference(text));
        }
    }

    #[test]
    fn agrees_with_the_library_on_edges() {
        for text in [
            " ",
            "  ",
            " a",
            "  a",
            "\n",
            " \n",
            "\n ",
            " \n a",
            "a  \n\n  b",
            "\u{a0}\u{a0}x",
            "\t\tx",
            "x\r\n\r\n  y  ",
            "   \u{2003}3",
            "'S's'LL'ſ",
            "don't  I'VE",
            "1234567890",
            "<|endoftext|>",
            "e\u{301}",
            "👩‍👩‍👧‍👦 ok",
            "नमस्ते दुनिया",
            "\u{0}\u{1b}[31m",
            "—→…",
        ] {
            assert_eq!(count_tokens(text), reference(text), "{text:?}");
        }
    }

    /// A long piece without a boundary must not take quadratic time.
    #[test]
    fn a_long_piece_ends() {
        let text = "a".repeat(1 << 20);
        assert_eq!(count_tokens(&text), (1 << 20) / 8);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn agrees_with_the_library_on_any_text(text in any::<String>()) {
            prop_assert_eq!(count_tokens(&text), reference(&text));
        }

        #[test]
        fn agrees_with_the_library_on_boundaries(text in r"([ \t\r\n\x{a0}]{0,4}('(?i:s|ll|re)|[a-zA-Zß]{1,9}|[0-9]{1,5}|[-_.:/(){}=>]{1,3}|[日本語한국ё]{1,3})?){0,12}") {
            prop_assert_eq!(count_tokens(&text), reference(&text));
        }
    }
}
