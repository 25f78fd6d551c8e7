//! Every place points at its text.

use super::{FIXTURES, describe, fixture};
use crate::{model::Position, spec::parse};

#[test]
fn every_place_points_at_its_text() {
    for (name, text) in FIXTURES {
        let lines: Vec<&str> = text.lines().collect();
        let spec = fixture(name);
        let there = |at: Position| -> String {
            let line = lines[at.line as usize - 1];
            line.chars().skip(at.column as usize - 1).collect()
        };
        // The text of a place may be set in Markdown, so that its first word is compared.
        let check = |at: Position, text: &str| {
            let is_part = |c: char| c.is_alphanumeric() || "[<`#?≥".contains(c);
            let bracket: &[char] = if text.starts_with('[') { &[] } else { &['['] };
            let word: String = text.chars().take_while(|&c| is_part(c)).collect();
            assert!(!word.is_empty(), "{name} {at:?}: {text}");
            let there = there(at);
            assert!(
                there.trim_start_matches(bracket).starts_with(&word),
                "{name} {at:?}: {there:?} is not {word:?}"
            );
        };
        for entry in spec.metadata.iter().skip(usize::from(name == "search") * 4) {
            let key = entry.key.replace('_', " ");
            let there = there(entry.at).to_lowercase();
            assert!(there.starts_with(&key), "{name}: {there:?} is not {key:?}");
        }
        for section in &spec.sections {
            let is_underlined = name == "rate_limiter" && section.level == 1;
            check(section.at, if is_underlined { &section.title } else { "#" });
        }
        for one in &spec.requirements {
            let is_heading = there(one.at).starts_with('#');
            let begin = if one.id_is_explicit {
                &one.id
            } else {
                &one.title
            };
            check(one.at, if is_heading { "#" } else { begin });
        }
        let own = spec.requirements.iter().flat_map(|one| &one.criteria);
        for one in spec.acceptance_criteria.iter().chain(own) {
            let begin = one.id.as_ref().unwrap_or(&one.text);
            let is_scenario = there(one.at).starts_with("Scenario");
            if !is_scenario && !there(one.at).starts_with("**Given**") {
                check(one.at, begin);
            }
        }
        spec.api.iter().for_each(|block| check(block.at, "```"));
        spec.dependencies
            .iter()
            .for_each(|one| check(one.at, &one.name));
        spec.thresholds
            .iter()
            .for_each(|one| check(one.at, &one.text));
        spec.unresolved
            .iter()
            .for_each(|one| check(one.at, &one.text));
    }
}

#[test]
fn what_spans_lines_does_not_move_what_follows() {
    let texts = [
        "x `a\nb` TODO\n",
        "x <!-- a\nb --> TODO\n",
        "[a\nb](c) TODO\n",
        "[a](c\n\"t\") TODO\n",
        "- [a][r\n  s] TODO\n\n[r s]: u\n",
        "> x [[a\n> b]] TODO\n",
        "**a\nb** &ge;\\* TODO\n",
    ];
    for text in texts {
        let spec = parse(text, "a.md");
        let places: Vec<Position> = spec.unresolved.iter().map(|one| one.at).collect();
        let second = text.lines().nth(1).unwrap();
        let column = second.find("TODO").unwrap() as u32 + 1;
        assert_eq!(places, [Position { line: 2, column }], "{text:?}");
    }
}

#[test]
fn line_endings_and_a_byte_order_mark_move_nothing() {
    for (name, text) in FIXTURES {
        let expected = fixture(name);
        for ending in ["\r\n", "\r"] {
            let text = format!("\u{feff}{}", text.replace('\n', ending));
            let read = parse(&text, &expected.file);
            assert_eq!(describe(&read), describe(&expected), "{name} {ending:?}");
        }
    }
}
