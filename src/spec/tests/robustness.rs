//! Any text is read and judged, in bounded time and stack, with places that exist.

use super::{FIXTURES, policy};
use crate::{
    model::{Position, Specification, Target},
    spec::{check, parse, show},
};
use proptest::prelude::*;

/// Every place that a specification names.
fn places(spec: &Specification) -> Vec<Position> {
    let mut places: Vec<Position> = spec.usage_example.into_iter().collect();
    places.extend(spec.metadata.iter().map(|one| one.at));
    places.extend(spec.sections.iter().map(|one| one.at));
    places.extend(spec.requirements.iter().map(|one| one.at));
    let own = spec.requirements.iter().flat_map(|one| &one.criteria);
    places.extend(own.chain(&spec.acceptance_criteria).map(|one| one.at));
    places.extend(spec.api.iter().map(|one| one.at));
    places.extend(spec.dependencies.iter().map(|one| one.at));
    places.extend(spec.maturity_targets.iter().map(|one| one.at));
    places.extend(spec.thresholds.iter().map(|one| one.at));
    places.extend(spec.unresolved.iter().map(|one| one.at));
    places
}

fn read_and_judge(text: &str) -> Specification {
    let spec = parse(text, "specs/a.md");
    for target in [Target::Dev, Target::Production] {
        let findings = check(&spec, target, &policy("a"));
        assert!(!findings.is_empty() || spec.title.is_some());
    }
    assert!(show::summary(&spec).contains("requirements"));
    spec
}

/// What the forms of specifications are made of.
const PIECES: &[&str] = &[
    "# ",
    "## ",
    "### Functional Requirements\n",
    "## Acceptance Criteria\n",
    "## API\n",
    "## Dependencies\n",
    "## Testing\n",
    "## Maturity Targets\n",
    "### Staging\n",
    "- ",
    "  - ",
    "1. ",
    "- [ ] ",
    "[x] ",
    "✅ ",
    "**",
    "**Key:** ",
    "**Priority:** High\n",
    "`",
    "```\n",
    "> ",
    "FR-1: ",
    "NFR-02 ",
    "#### FR3: ",
    "SC-001: ",
    "[",
    "]",
    "](",
    "[[",
    "]]",
    "<!--",
    "-->",
    "TODO",
    "???",
    "[NEEDS CLARIFICATION",
    "coverage ",
    "≥",
    "70%",
    " (staging)",
    "< 10",
    "complexity ",
    "7 days in staging",
    "uptime ",
    "| a | b |\n|---|---|\n",
    "| FR-1 | x |\n",
    "---\n",
    "key: value\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    ":",
    "é",
    "\u{1f534}",
    "\u{feff}",
    "\0",
    "&ge;",
    "\\",
    "(>=1.0)",
    "Scenario: x\n",
    "**Staging:**\n",
    "a.",
    "B",
];

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        read_and_judge(&text);
    }

    #[test]
    fn anything_made_of_the_pieces_is_read(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)
    ) {
        let text = pieces.concat();
        let spec = read_and_judge(&text);
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let lines: Vec<&str> = text.split(['\n', '\r']).collect();
        for at in places(&spec) {
            let line = lines.get(at.line as usize - 1);
            prop_assert!(line.is_some(), "{at:?}");
            let length = line.unwrap().chars().count();
            prop_assert!(at.column as usize <= length + 1, "{at:?} in {line:?}");
        }
    }

    #[test]
    fn damaged_documents_are_read(
        (name, start, length) in (0..FIXTURES.len(), any::<prop::sample::Index>(), 0_usize..80),
        piece in prop::sample::select(PIECES),
    ) {
        let (_, text) = FIXTURES[name];
        let start = text.floor_char_boundary(start.index(text.len()));
        let end = text.floor_char_boundary(start + length);
        read_and_judge(&[&text[..start], piece, &text[end..]].concat());
    }
}

/// Texts that make careless programs take quadratic time, much memory or all of the stack.
#[test]
fn bombs_are_read_or_left_out() {
    let times = |piece: &str| piece.repeat(100_000 / piece.len());
    let nested_list: String = (0..300)
        .map(|depth| format!("{}- a\n", " ".repeat(2 * depth)))
        .collect();
    let nested_quote: String = (0..400)
        .map(|depth| format!("{}a\n", ">".repeat(depth)))
        .collect();
    let bombs = [
        times(">"),
        times("> - "),
        times("- "),
        times("1. "),
        times("["),
        times("]"),
        times("[a "),
        times("[a b] "),
        times("[é b] `c` "),
        times("*a **b "),
        times("`"),
        times("<!--"),
        times("[["),
        times("!["),
        times("[a]("),
        times("|a"),
        times("<"),
        times("&"),
        times("\\["),
        times("\n"),
        times("# a\n"),
        times("- FR-1: a\n"),
        times("**a:** b\n"),
        times("coverage "),
        times("coverage 70% "),
        times("coverage (staging), "),
        times("≥70% "),
        times("7 days "),
        times("complexity per "),
        times("TODO "),
        times("??? "),
        times("FR-1 "),
        times("**Given** "),
        times("a\n=\n"),
        times("| a | b |\n"),
        times("---\n"),
        times("***a"),
        times("\r"),
        format!(
            "| a | b |\n|---|---|\n{}",
            times("| FR-1 | coverage 70% |\n")
        ),
        format!(
            "{}|\n{}|\n{}",
            "|a".repeat(300),
            "|-".repeat(300),
            "|\n".repeat(300)
        ),
        format!("## Requirements\n\n{}", times("1. **a** b\n")),
        format!("## Acceptance\n\n- a\n{}", times("  - [ ] b\n")),
        format!("{}a\n{}", "**".repeat(20_000), "**".repeat(20_000)),
        format!("{}\nb\n{}", ">".repeat(50_000), "c\n".repeat(20_000)),
        times("[NEEDS CLARIFICATION "),
        times("<!--TODO--> "),
        format!("a {}", times("<!--TODO--> ")),
        format!("```\n{}\n```", times("class [A] é")),
        nested_list,
        nested_quote,
    ];
    for bomb in bombs {
        read_and_judge(&bomb);
    }
}
