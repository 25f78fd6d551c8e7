//! What is found in documents, for each target.

use super::{fixture, policy};
use crate::{
    model::{Finding, Priority, Severity, Specification, Target, ThresholdSubject},
    spec::{RULES, check, parse, show, stricter},
};
use insta::assert_snapshot;
use std::collections::BTreeSet;

fn list(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|finding| {
        format!(
            "{} {} {}: {}",
            finding.location(),
            finding.severity,
            finding.rule,
            finding.message
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn judge(spec: &Specification, target: Target, component: &str) -> String {
    list(&check(spec, target, &policy(component)))
}

#[test]
fn a_sound_document_is_found_sound_at_every_target() {
    let spec = fixture("ledger");
    let found = Target::ALL.map(|target| judge(&spec, target, "ledger"));
    assert_snapshot!(found.join("\n"), @r"
    specs/ledger.md:60:6 note spec/unticked-criterion: not ticked: `The export opens in a spreadsheet`
    specs/ledger.md:60:6 note spec/unticked-criterion: not ticked: `The export opens in a spreadsheet`
    specs/ledger.md:60:6 note spec/unticked-criterion: not ticked: `The export opens in a spreadsheet`
    ");
}

#[test]
fn contradictions_are_warnings_at_first() {
    assert_snapshot!(judge(&fixture("contradictory"), Target::Dev, "ledger"), @r#"
    specs/contradictory.md:1:1 error spec/missing-title: there is no title; begin with `# Name of the Component`
    specs/contradictory.md:1:1 error spec/missing-overview: there is no overview; say what the component is for in a section `## Overview`
    specs/contradictory.md:1:3 error spec/component-mismatch: the specification is about `till`, but component `ledger` is judged; name the right file, or correct the metadata
    specs/contradictory.md:2:3 error spec/invalid-target: target stage: expected dev, staging or production, found "soon"
    specs/contradictory.md:4:3 error spec/duplicate-metadata: `version` is `2` here and `1` on line 3; keep one of them
    specs/contradictory.md:9:5 warning spec/empty-requirement: requirement `FR-2` has no text; say what is required
    specs/contradictory.md:10:3 error spec/duplicate-id: the id `FR-001` on line 10 is that of the requirement on line 8 too (`FR-1`); give one of them another id
    specs/contradictory.md:11:9 note spec/unresolved: `[what else?]` is yet to be filled in; if it is meant literally, write it as code
    specs/contradictory.md:15:29 warning spec/laxer-threshold: coverage ≥ 75 % (production) is asked for, which is laxer than the policy's coverage ≥ 80 % (workflow_config.yaml:6); the policy applies, so bring the specification in line
    specs/contradictory.md:16:3 warning spec/laxer-threshold: complexity ≤ 20 is asked for, which is laxer than the policy's complexity ≤ 10 (built-in default); the policy applies, so bring the specification in line
    specs/contradictory.md:21:7 note spec/unticked-criterion: not ticked: `Adds up`
    specs/contradictory.md:26:7 warning spec/conflicting-threshold: coverage ≥ 60 % (staging) is asked for here and coverage ≥ 70 % (staging) on line 15; keep one of them
    specs/contradictory.md:26:7 warning spec/laxer-threshold: coverage ≥ 60 % (staging) is asked for, which is laxer than the policy's coverage ≥ 70 % (workflow_config.yaml:5); the policy applies, so bring the specification in line
    specs/contradictory.md:27:3 warning spec/laxer-threshold: ≥ 3 days in staging (staging) is asked for, which is laxer than the policy's ≥ 7 days in staging (workflow_config.yaml:8); the policy applies, so bring the specification in line
    specs/contradictory.md:27:27 warning spec/laxer-threshold: uptime ≥ 99 % (staging) is asked for, which is laxer than the policy's uptime ≥ 99.5 % (workflow_config.yaml:7); the policy applies, so bring the specification in line
    specs/contradictory.md:31:7 warning spec/laxer-threshold: coverage ≥ 75 % (production) is asked for, which is laxer than the policy's coverage ≥ 80 % (workflow_config.yaml:6); the policy applies, so bring the specification in line
    "#);
}

#[test]
fn contradictions_block_from_staging_on() {
    assert_snapshot!(judge(&fixture("contradictory"), Target::Staging, "till"), @r#"
    specs/contradictory.md:1:1 error spec/missing-title: there is no title; begin with `# Name of the Component`
    specs/contradictory.md:1:1 error spec/missing-overview: there is no overview; say what the component is for in a section `## Overview`
    specs/contradictory.md:1:1 error spec/missing-non-functional-requirement: there is no non-functional requirement; list them in a section `## Non-Functional Requirements`
    specs/contradictory.md:1:1 error spec/missing-api: there is no API; show it in a section `## API` as code, or say there why there is none
    specs/contradictory.md:2:3 error spec/invalid-target: target stage: expected dev, staging or production, found "soon"
    specs/contradictory.md:4:3 error spec/duplicate-metadata: `version` is `2` here and `1` on line 3; keep one of them
    specs/contradictory.md:9:5 error spec/empty-requirement: requirement `FR-2` has no text; say what is required
    specs/contradictory.md:10:3 error spec/duplicate-id: the id `FR-001` on line 10 is that of the requirement on line 8 too (`FR-1`); give one of them another id
    specs/contradictory.md:11:9 error spec/unresolved: `[what else?]` is yet to be filled in; if it is meant literally, write it as code
    specs/contradictory.md:15:29 error spec/laxer-threshold: coverage ≥ 75 % (production) is asked for, which is laxer than the policy's coverage ≥ 80 % (workflow_config.yaml:6); the policy applies, so bring the specification in line
    specs/contradictory.md:16:3 error spec/laxer-threshold: complexity ≤ 20 is asked for, which is laxer than the policy's complexity ≤ 10 (built-in default); the policy applies, so bring the specification in line
    specs/contradictory.md:21:7 note spec/unticked-criterion: not ticked: `Adds up`
    specs/contradictory.md:26:7 note spec/unticked-criterion: not ticked: `Coverage ≥ 60%`
    specs/contradictory.md:26:7 error spec/conflicting-threshold: coverage ≥ 60 % (staging) is asked for here and coverage ≥ 70 % (staging) on line 15; keep one of them
    specs/contradictory.md:26:7 error spec/laxer-threshold: coverage ≥ 60 % (staging) is asked for, which is laxer than the policy's coverage ≥ 70 % (workflow_config.yaml:5); the policy applies, so bring the specification in line
    specs/contradictory.md:27:3 error spec/laxer-threshold: ≥ 3 days in staging (staging) is asked for, which is laxer than the policy's ≥ 7 days in staging (workflow_config.yaml:8); the policy applies, so bring the specification in line
    specs/contradictory.md:27:27 error spec/laxer-threshold: uptime ≥ 99 % (staging) is asked for, which is laxer than the policy's uptime ≥ 99.5 % (workflow_config.yaml:7); the policy applies, so bring the specification in line
    specs/contradictory.md:31:7 error spec/laxer-threshold: coverage ≥ 75 % (production) is asked for, which is laxer than the policy's coverage ≥ 80 % (workflow_config.yaml:6); the policy applies, so bring the specification in line
    "#);
}

#[test]
fn production_asks_for_more() {
    assert_snapshot!(judge(&fixture("contradictory"), Target::Production, "till"), @r#"
    specs/contradictory.md:1:1 error spec/missing-title: there is no title; begin with `# Name of the Component`
    specs/contradictory.md:1:1 error spec/missing-overview: there is no overview; say what the component is for in a section `## Overview`
    specs/contradictory.md:1:1 error spec/missing-non-functional-requirement: there is no non-functional requirement; list them in a section `## Non-Functional Requirements`
    specs/contradictory.md:1:1 error spec/missing-api: there is no API; show it in a section `## API` as code, or say there why there is none
    specs/contradictory.md:1:1 error spec/missing-dependencies: there is no section on dependencies; list them in `## Dependencies`, or write `- None` there
    specs/contradictory.md:1:1 error spec/missing-maturity-target: nothing is asked of production; list it in `### Production` below `## Maturity Targets`
    specs/contradictory.md:1:1 warning spec/missing-usage-example: there is no example of usage; show one as code in `## Example Usage`
    specs/contradictory.md:2:3 error spec/invalid-target: target stage: expected dev, staging or production, found "soon"
    specs/contradictory.md:4:3 error spec/duplicate-metadata: `version` is `2` here and `1` on line 3; keep one of them
    specs/contradictory.md:9:5 error spec/empty-requirement: requirement `FR-2` has no text; say what is required
    specs/contradictory.md:10:3 error spec/duplicate-id: the id `FR-001` on line 10 is that of the requirement on line 8 too (`FR-1`); give one of them another id
    specs/contradictory.md:11:9 error spec/unresolved: `[what else?]` is yet to be filled in; if it is meant literally, write it as code
    specs/contradictory.md:15:29 error spec/laxer-threshold: coverage ≥ 75 % (production) is asked for, which is laxer than the policy's coverage ≥ 80 % (workflow_config.yaml:6); the policy applies, so bring the specification in line
    specs/contradictory.md:16:3 error spec/laxer-threshold: complexity ≤ 20 is asked for, which is laxer than the policy's complexity ≤ 10 (built-in default); the policy applies, so bring the specification in line
    specs/contradictory.md:21:7 note spec/unticked-criterion: not ticked: `Adds up`
    specs/contradictory.md:26:7 note spec/unticked-criterion: not ticked: `Coverage ≥ 60%`
    specs/contradictory.md:26:7 error spec/conflicting-threshold: coverage ≥ 60 % (staging) is asked for here and coverage ≥ 70 % (staging) on line 15; keep one of them
    specs/contradictory.md:26:7 error spec/laxer-threshold: coverage ≥ 60 % (staging) is asked for, which is laxer than the policy's coverage ≥ 70 % (workflow_config.yaml:5); the policy applies, so bring the specification in line
    specs/contradictory.md:27:3 error spec/laxer-threshold: ≥ 3 days in staging (staging) is asked for, which is laxer than the policy's ≥ 7 days in staging (workflow_config.yaml:8); the policy applies, so bring the specification in line
    specs/contradictory.md:27:27 error spec/laxer-threshold: uptime ≥ 99 % (staging) is asked for, which is laxer than the policy's uptime ≥ 99.5 % (workflow_config.yaml:7); the policy applies, so bring the specification in line
    specs/contradictory.md:31:7 note spec/unticked-criterion: not ticked: `Coverage ≥ 75%`
    specs/contradictory.md:31:7 error spec/laxer-threshold: coverage ≥ 75 % (production) is asked for, which is laxer than the policy's coverage ≥ 80 % (workflow_config.yaml:6); the policy applies, so bring the specification in line
    "#);
}

#[test]
fn a_user_story_may_leave_the_component_to_its_file() {
    assert_snapshot!(judge(&fixture("invitations"), Target::Dev, "invitations"), @r#"
    specs/invitations.md:1:1 warning spec/missing-component: no component is named; add `**Component Name:** invitations` below the title
    specs/invitations.md:31:1 note spec/unresolved: `<!-- ACTION REQUIRED: Fill them out with the right functiona…` is yet to be done; do it and remove the comment
    specs/invitations.md:42:48 note spec/unresolved: `[NEEDS CLARIFICATION: how long? - days, weeks]` is yet to be filled in; if it is meant literally, write it as code
    "#);
}

#[test]
fn open_questions_block_from_staging_on() {
    let spec = fixture("unfilled");
    let severities = |target| -> BTreeSet<Severity> {
        let findings = check(&spec, target, &policy("unfilled"));
        let open = findings
            .into_iter()
            .filter(|one| one.rule == "spec/unresolved");
        open.map(|finding| finding.severity).collect()
    };
    assert_eq!(severities(Target::Dev), BTreeSet::from([Severity::Note]));
    assert_eq!(
        severities(Target::Staging),
        BTreeSet::from([Severity::Error])
    );
}

#[test]
fn an_empty_document_lacks_everything() {
    assert_snapshot!(judge(&parse("", "specs/a.md"), Target::Production, "b"), @r#"
    specs/a.md:1:1 error spec/missing-component: no component is named; add `**Component Name:** b` below the title
    specs/a.md:1:1 error spec/missing-title: there is no title; begin with `# Name of the Component`
    specs/a.md:1:1 error spec/missing-overview: there is no overview; say what the component is for in a section `## Overview`
    specs/a.md:1:1 error spec/missing-functional-requirement: there is no functional requirement; list them in a section `## Functional Requirements`, as `1. **Title**` with bullets or `- **FR-1**: text`
    specs/a.md:1:1 error spec/missing-non-functional-requirement: there is no non-functional requirement; list them in a section `## Non-Functional Requirements`
    specs/a.md:1:1 error spec/missing-acceptance-criteria: there are no acceptance criteria; list them in a section `## Acceptance Criteria`
    specs/a.md:1:1 error spec/missing-testing-requirements: there are no testing requirements; list them in a section `## Testing Requirements`
    specs/a.md:1:1 error spec/missing-api: there is no API; show it in a section `## API` as code, or say there why there is none
    specs/a.md:1:1 error spec/missing-dependencies: there is no section on dependencies; list them in `## Dependencies`, or write `- None` there
    specs/a.md:1:1 error spec/missing-maturity-target: nothing is asked of production; list it in `### Production` below `## Maturity Targets`
    specs/a.md:1:1 warning spec/missing-usage-example: there is no example of usage; show one as code in `## Example Usage`
    "#);
}

#[test]
fn names_are_compared_without_case_and_separators() {
    for name in ["rate_limiter", "Rate Limiter", "rate-limiter"] {
        let spec = parse(&format!("# T\n\n**Component:** {name}\n"), "specs/a.md");
        let found = judge(&spec, Target::Dev, "rate_limiter");
        assert!(!found.contains("spec/component-mismatch"), "{found}");
    }
}

#[test]
fn every_rule_is_listed_once_and_every_listed_rule_can_be_broken() {
    let ids: BTreeSet<&str> = RULES.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids.len(), RULES.len());
    let mut broken = BTreeSet::new();
    for spec in [
        fixture("contradictory"),
        fixture("unfilled"),
        parse("", "specs/a.md"),
        parse("## Requirements\n\n- Coverage ≥ 60\n", "specs/a.md"),
    ] {
        for finding in check(&spec, Target::Production, &policy("b")) {
            broken.insert(finding.rule);
        }
    }
    let broken: BTreeSet<&str> = broken.iter().map(String::as_str).collect();
    assert_eq!(broken, ids);
}

#[test]
fn thresholds_apply_to_their_level_and_else_to_the_own_target() {
    let spec = fixture("rate_limiter");
    let coverage = |target| -> Vec<(u32, f64)> {
        let stated = stricter(&spec, target);
        let stated = stated
            .iter()
            .filter(|one| one.subject == ThresholdSubject::Coverage);
        stated.map(|one| (one.at.line, one.value)).collect()
    };
    assert_eq!(coverage(Target::Dev), [(80, 60.0)]);
    assert_eq!(
        coverage(Target::Staging),
        [(46, 70.0), (80, 70.0), (98, 70.0)]
    );
    let uptime = |target| {
        stricter(&spec, target)
            .iter()
            .any(|one| one.subject == ThresholdSubject::Uptime)
    };
    assert!(
        uptime(Target::Production),
        "it has no level, and production is the own target"
    );
    assert!(!uptime(Target::Staging));
}

#[test]
fn a_no_break_space_is_a_space_and_moves_nothing() {
    let text = "# T\n\n## Requirements\n\n- FR-1:\u{a0}b (high\u{202f})\n- Coverage\u{a0}≥\u{202f}70\u{a0}%, and ???\n";
    let spec = parse(text, "a.md");
    let [coverage] = &spec.thresholds[..] else {
        panic!("{:?}", spec.thresholds)
    };
    assert_eq!((coverage.value, coverage.at.column), (70.0, 3));
    assert_eq!(spec.unresolved[0].at.column, 24);
    assert_eq!(spec.requirements[0].priority, Some(Priority::High));
}

#[test]
fn the_summary_shows_what_was_read() {
    assert_snapshot!(show::summary(&fixture("rate_limiter")), @r#"
    Component Specification: Rate Limiter
      file           specs/rate_limiter.md
      component      rate_limiter
      target         production
      requirements   3 functional, 2 non-functional
        FR1  Count requests (high, 2 criteria, 1 of 2 ticked)
        FR2  Refuse requests (medium, 1 criterion, 1 of 1 ticked)
        FR-3 Usage statistics
        NFR1 Reliability (high)
        NFR2 Maintainability
      acceptance     2 criteria, 1 of 2 ticked
        dev         1 criterion, 1 of 1 ticked
        production  1 criterion, 0 of 1 ticked
      testing        4 requirements
      api            1 block
        line 67     Public Interface rust
      dependencies   5 dependencies
        clock staging: Tells the time
        store: Keeps the counts
        redis >=5.0: Driver of the database
        hiredis >=3.0, <4
        metrics production (optional): Publishes the counts
      maturity       2 levels
        staging     2 items
        production  2 items
      thresholds     9 thresholds
        line 43     uptime ≥ 99.5 %
        line 46     coverage ≥ 70 % (staging)
        line 46     coverage ≥ 80 % (production)
        line 80     coverage ≥ 60 % (dev)
        line 80     coverage ≥ 70 % (staging)
        line 80     coverage ≥ 80 % (production)
        line 98     coverage ≥ 70 % (staging)
        line 99     coverage ≥ 80 % (production)
        line 99     ≥ 7 days in staging (production)
      usage example  none
      unresolved     none
    "#);
}

#[test]
fn nothing_in_a_document_steers_the_terminal() {
    let text =
        "# T\u{1b}[2J\u{202e}\n\n## Requirements\n\n- FR-1: a\u{7}b\u{9b}31m\n- TODO\u{85}\n";
    let spec = parse(text, "specs/a\u{1b}c.md");
    let messages = check(&spec, Target::Dev, &policy("a"));
    let messages: String = messages
        .into_iter()
        .map(|finding| finding.message)
        .collect();
    let shown = show::summary(&spec) + &messages;
    let steering = shown.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(steering, None, "{shown:?}");
}

#[test]
fn a_placeholder_for_the_component_is_told_as_one_and_not_as_another_component() {
    let text = "# Ledger\n\n**Component Name:** [component_name]\n\n## Overview\n\nBooks.\n\n## Functional Requirements\n\n- FR-1: Books\n";
    let spec = parse(text, "specs/ledger.md");
    assert_snapshot!(judge(&spec, Target::Dev, "ledger"), @r"
    specs/ledger.md:1:1 warning spec/missing-component: no component is named; add `**Component Name:** ledger` below the title
    specs/ledger.md:3:21 note spec/unresolved: `[component_name]` is yet to be filled in; if it is meant literally, write it as code
    ");
}
