//! Gaps through which something unfinished or contradictory could slip: each is seen.

use super::policy;
use crate::{
    model::Target,
    spec::{check, parse},
};

/// The findings of some rules for production, a line a finding.
fn found(text: &str, rules: &[&str]) -> String {
    let found = check(&parse(text, "a.md"), Target::Production, &policy("a"));
    let found = found
        .iter()
        .filter(|one| rules.contains(&one.rule.as_str()));
    let lines = found.map(|one| format!("{} {}: {}", one.location(), one.severity, one.message));
    lines.collect::<Vec<_>>().join("\n")
}

fn unresolved(text: &str) -> String {
    let markers = parse(text, "a.md").unresolved;
    let shown = markers
        .iter()
        .map(|one| format!("{}:{} {}", one.at.line, one.at.column, one.text));
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_unresolved_in_html_is_seen() {
    insta::assert_snapshot!(unresolved(
        "# T\n\n<details>\nTBD [NEEDS CLARIFICATION: x]\n</details>\n\n- a\n\n  <p>é <b>TODO</b></p>\n\n<div\n title=\"TBD\">a < b <!-- TODO --> ???\n[which?]</div>\n\n- [a]: [b]\n"
    ), @r#"
    4:1 TBD
    4:5 [NEEDS CLARIFICATION: x]
    9:11 TODO
    12:20 <!-- TODO -->
    12:34 ???
    13:1 [which?]
    15:3 [a]: [b]
    "#);
}

#[test]
fn html_that_is_code_or_ordinary_is_not_unresolved() {
    let text = "<div>`[a b]` <code>TBD</code> <a href=\"[x y]\">[RFC 2119]</a>\n[text](link) [x] [ ]</div>\n\n<pre>\nTBD\n\nTODO\n</pre>\n\n<!-- a\n[b c]\n-->\n";
    assert_eq!(unresolved(text), "");
}

#[test]
fn what_is_unresolved_in_footnotes_and_front_matter_is_seen() {
    insta::assert_snapshot!(unresolved(
        "---\ncomponent: a\nowner: TBD\n---\n# T\n\nA[^1] and [b].\n\n[^1]: TBD\n[b]: ???\n[c]: https://example.org/TBD\n"
    ), @r#"
    3:1 TBD
    9:1 [^1]: TBD
    10:1 [b]: ???
    "#);
}

#[test]
fn production_can_be_asked_in_a_paragraph() {
    let asked = |text: &str| -> Vec<String> {
        let spec = parse(&format!("# T\n\n## Maturity Targets\n\n{text}\n"), "a.md");
        let targets = spec.maturity_targets.into_iter();
        targets
            .map(|one| format!("{} {:?}", one.level, one.items))
            .collect()
    };
    assert_eq!(
        asked("**Staging:** a\n**Production**: coverage ≥ 85 %, uptime ≥ 99.9 %"),
        [
            r#"staging ["a"]"#,
            r#"production ["coverage ≥ 85 %, uptime ≥ 99.9 %"]"#
        ]
    );
    assert_eq!(
        asked("### Production\n\nCoverage ≥ 85 %."),
        [r#"production ["Coverage ≥ 85 %."]"#]
    );
    assert_eq!(asked("### Production\n\n**Criteria:**"), ["production []"]);
    assert!(asked("Production matters.").is_empty());
}

#[test]
fn two_targets_contradict_each_other() {
    let rules = ["spec/duplicate-metadata"];
    insta::assert_snapshot!(found(
        "---\ntarget: production\n---\n# T\n\n**Target Stage:** staging\n", &rules
    ), @r#"
    a.md:6:3 error: `target_stage` is `staging` here and `target` is `production` on line 2; keep one of them
    "#);
    insta::assert_snapshot!(found("# T\n\n**Target Stage:** dev\n**Target:** prod\n", &rules), @r#"
    a.md:4:3 error: `target` is `prod` here and `target_stage` is `dev` on line 3; keep one of them
    "#);
    assert_eq!(
        found(
            "# T\n\n**Target Stage:** dev\n**Target:** development\n",
            &rules
        ),
        ""
    );
}
