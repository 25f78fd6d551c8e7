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
    ), @r#"a.md:6:3 error: `target_stage` is `staging` here and `target` is `production` on line 2; keep one of them"#);
    insta::assert_snapshot!(found("# T\n\n**Target Stage:** dev\n**Target:** prod\n", &rules), @r#"a.md:4:3 error: `target` is `prod` here and `target_stage` is `dev` on line 3; keep one of them"#);
    assert_eq!(
        found(
            "# T\n\n**Target Stage:** dev\n**Target:** development\n",
            &rules
        ),
        ""
    );
}

#[test]
fn what_is_stated_and_not_read_as_a_threshold_is_told() {
    let lines = [
        "Coverage ≥ 60",
        "Coverage >= 0.6",
        "Test coverage ≥ 600 %",
        "Test coverage ≥ -5 %",
        "Test coverage ≤ 60 %",
        "Coverage ≥ 99999999999999999999999999 %",
        "Coverage ≥ 1e2 %",
        "Coverage ≥ .5 %",
        "coverage 170%",
        "Coverage: 60",
        "≥ 600 % line coverage",
        "≥ 60 coverage for production",
        "Coverage: ≥70% (staging), ≥ 80 (production)",
        "Uptime ≥ 100.5 %",
        "Complexity ≥ 10",
        "Complexity ≤ 1000 per function",
        "Cyclomatic complexity: 10",
        "Coverage:\n  - 60 %\n  - ≥ 60",
    ];
    let text: String = lines.map(|line| format!("- {line}\n")).concat();
    let text = format!(
        "# T\n\n## Requirements\n\n{text}\n| Metric | Current | Goal |\n|---|---|---|\n| Coverage | 50 % | 85 % |\n| Complexity | 8 | 6 |\n\n| Level | Coverage |\n|---|---|\n| Staging | ≥ 80 |\n"
    );
    insta::assert_snapshot!(found(&text, &["spec/unreadable-threshold"]), @r#"
    a.md:5:12 error: `≥ 60` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:6:12 error: `>= 0.6` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:7:17 error: `≥ 600 %` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:8:17 error: `≥ -5 %` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:9:17 error: `≤ 60 %` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:10:12 error: `≥ 99999999999999999999999999 %` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:11:12 error: `≥ 1e2 %` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:12:12 error: `≥ .5 %` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:13:12 error: `170%` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:14:13 error: `60` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:15:3 error: `≥ 600 %` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:16:3 error: `≥ 60` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:17:29 error: `≥ 80` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:18:10 error: `≥ 100.5 %` cannot be read as a threshold of uptime; write it as `uptime ≥ 99.5 %`, at most 100 %, or in other words if it is none
    a.md:19:14 error: `≥ 10` cannot be read as a threshold of complexity; write it as `complexity ≤ 10`, or in other words if it is none
    a.md:20:14 error: `≤ 1000` cannot be read as a threshold of complexity; write it as `complexity ≤ 10`, or in other words if it is none
    a.md:21:26 error: `10` cannot be read as a threshold of complexity; write it as `complexity ≤ 10`, or in other words if it is none
    a.md:23:5 error: `60 %` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:24:5 error: `≥ 60` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:28:21 error: `85 %` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    a.md:29:20 error: `6` cannot be read as a threshold of complexity; write it as `complexity ≤ 10`, or in other words if it is none
    a.md:33:13 error: `≥ 80` cannot be read as a threshold of coverage; write it as `coverage ≥ 85 %`, at most 100 %, or in other words if it is none
    "#);
}

#[test]
fn prose_is_no_unreadable_threshold() {
    let lines = [
        "Coverage of at least 3 browsers",
        "Coverage ≥ 90 for the parser",
        "branch coverage ≥ 60",
        "coverage below 70% is refused",
        "Current coverage: 45",
        "≥ 2 coverage reports",
        "The complexity is 5 points",
        "Complexity: 3",
        "time complexity < 10 ms",
        "Availability in 3 regions",
        "Coverage ≥ 80 %, ≥ 95 % pass rate",
        "Coverage and an error rate ≤ 1 %",
        "Coverage 2024: see the report",
        "Coverage: all of it",
    ];
    let text: String = lines.map(|line| format!("- {line}\n")).concat();
    let text = format!(
        "# T\n\n## Requirements\n\n{text}\n| Task | Complexity | Coverage |\n|---|---|---|\n| Parser | 5 | 90 % |\n"
    );
    assert_eq!(found(&text, &["spec/unreadable-threshold"]), "");
}

#[test]
fn a_number_alone_limits_the_complexity_of_its_level() {
    let text = "# T\n\n## Maturity\n\n| Level | Complexity |\n|---|---|\n| Production | 6 |\n";
    let stated = parse(text, "a.md").thresholds;
    let stated = stated.iter().map(|one| (one.value, one.level));
    assert_eq!(
        stated.collect::<Vec<_>>(),
        [(6.0, Some(Target::Production))]
    );
}

#[test]
fn nothing_is_no_content() {
    let rules = [
        "spec/missing-non-functional-requirement",
        "spec/missing-acceptance-criteria",
        "spec/missing-testing-requirements",
        "spec/missing-api",
        "spec/missing-dependencies",
    ];
    let document = |text: &str| {
        let names = [
            "Non-Functional Requirements",
            "Acceptance Criteria",
            "Testing Requirements",
            "API",
            "Dependencies",
        ];
        names
            .map(|name| format!("## {name}\n\n{text}\n\n"))
            .concat()
    };
    for text in ["- None", "- N/A", "- There are none yet."] {
        let found = found(&document(text), &rules);
        assert_eq!(found.lines().count(), 4, "all but dependencies: {found}");
    }
    for text in ["None", "```python\n\n```"] {
        let found = found(&format!("## API\n\n{text}\n"), &["spec/missing-api"]);
        assert_ne!(found, "", "{text}");
    }
    let reason = "## API\n\nNone, since it is a page without a program.\n";
    assert_eq!(found(reason, &["spec/missing-api"]), "");
}

#[test]
fn two_criteria_with_one_id_are_found() {
    let rules = ["spec/duplicate-id"];
    insta::assert_snapshot!(found(
        "## Acceptance Criteria\n\n- [x] AC-1: a\n- [x] AC-01: b\n- US-1: c\n- US-1: d\n", &rules
    ), @"a.md:4:7 error: the id `AC-01` on line 4 is that of the criterion on line 3 too; give one of them another id");
    let levels =
        "## Acceptance Criteria\n\n### Staging\n\n- AC-1: a\n\n### Production\n\n- AC-1: b\n";
    assert_eq!(found(levels, &rules), "");
}
