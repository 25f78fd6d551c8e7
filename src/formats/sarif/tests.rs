//! A real report, and the corners of the specification.

use super::*;
use crate::model::{FindingSet, Severity};
use serde_json::{Value, json};

fn read_text(text: &str) -> Result<FindingSet, FormatError> {
    let paths = PathBase::new("/tmp/workspace".as_ref());
    match FORMAT.read(text.as_bytes(), &paths)? {
        EvidenceData::Findings(findings) => Ok(findings),
        other => panic!("{other:?}"),
    }
}

/// The findings of a log with these rules and results.
fn findings_of(rules: Value, results: Value) -> FindingSet {
    let log = json!({"version": "2.1.0", "runs": [
        {"tool": {"driver": {"name": "t", "rules": rules}}, "results": results}]});
    read_text(&log.to_string()).unwrap()
}

fn severities(set: &FindingSet) -> Vec<Severity> {
    set.findings
        .iter()
        .map(|finding| finding.severity)
        .collect()
}

#[test]
fn a_real_report_is_read() {
    let set = read_text(include_str!("../../../tests/fixtures/formats/ruff.sarif")).unwrap();
    assert_eq!(set.findings.len(), 1);
    let finding = &set.findings[0];
    assert_eq!(finding.location(), "shop/cart.py:3:8");
    assert_eq!(
        (finding.rule.as_str(), finding.severity),
        ("F401", Severity::Error)
    );
    assert_eq!(finding.message, "`os` imported but unused");
}

#[test]
fn suppressed_results_are_left_out() {
    let result = |name: &str, suppressions: Value| json!({"ruleId": name, "message": {"text": "m"}, "suppressions": suppressions});
    let set = findings_of(
        json!([]),
        json!([
            result("null", Value::Null),
            result("none", json!([])),
            result(
                "accepted",
                json!([{"kind": "external", "status": "accepted"}])
            ),
            result("no status", json!([{"kind": "inSource"}])),
            result(
                "in review",
                json!([{"kind": "external", "status": "underReview"}])
            ),
            result(
                "rejected",
                json!([{"kind": "external", "status": "rejected"}])
            ),
            result(
                "mixed",
                json!([{"kind": "inSource"}, {"kind": "external", "status": "rejected"}])
            ),
        ]),
    );
    let rules: Vec<_> = set
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    assert_eq!(rules, ["null", "none", "in review", "rejected", "mixed"]);
}

#[test]
fn the_level_falls_back_to_the_rule_and_then_to_warning() {
    let set = findings_of(
        json!([{"id": "R0"}, {"id": "R1", "defaultConfiguration": {"level": "error"}},
               {"id": "CA1", "defaultConfiguration": {"level": "note"}}]),
        json!([
            {"ruleId": "R0", "level": "note"},
            {"ruleId": "R0"},
            {"ruleId": "R1"},
            {"ruleIndex": 1},
            {"rule": {"index": 1}},
            {"rule": {"id": "R1"}},
            {"ruleId": "CA1/7"},
            {"ruleId": "CA17"},
            {"ruleId": "R1", "level": "none"},
            {"ruleId": "R1", "kind": "informational"},
            {"ruleId": "R1", "kind": "review"},
            {"ruleId": "R1", "kind": "pass"},
            {"ruleId": "R1", "kind": "notApplicable"},
            {"ruleId": "R1", "baselineState": "absent"},
            {"ruleId": "R1", "ruleIndex": -1},
            {"ruleId": "R1", "ruleIndex": 99},
        ]),
    );
    use Severity::{Error, Note, Warning};
    assert_eq!(
        severities(&set),
        [
            Note, Warning, Error, Error, Error, Error, Note, Warning, Note, Note, Warning, Error,
            Error
        ]
    );
    assert_eq!(set.findings[3].rule, "R1");
}

#[test]
fn security_severity_is_graded_as_github_does() {
    let scores = [
        "10.0", "9.0", "8.9", "7.0", "6.9", "4.0", "3.9", "0.1", "0.0", "10.1", "-1", "NaN",
        "high", "",
    ];
    let rules: Vec<_> = scores
        .iter()
        .map(|score| json!({"id": score, "properties": {"security-severity": score}}))
        .collect();
    let results: Vec<_> = scores
        .iter()
        .map(|score| json!({"ruleId": score}))
        .collect();
    use Severity::{Critical, High, Low, Medium, Warning};
    assert_eq!(
        severities(&findings_of(json!(rules), json!(results))),
        [
            Critical, Critical, High, High, Medium, Medium, Low, Low, Warning, Warning, Warning,
            Warning, Warning, Warning
        ]
    );
    let set = findings_of(
        json!([{"id": "R", "properties": {"security-severity": 5.5}}]),
        json!([{"ruleId": "R", "level": "error"},
               {"ruleId": "R", "properties": {"security-severity": "9.8"}}]),
    );
    assert_eq!(severities(&set), [Medium, Critical]);
}

#[test]
fn rules_of_extensions_are_found() {
    let log = json!({"version": "2.1.0", "runs": [{
        "tool": {
            "driver": {"name": "CodeQL", "rules": [{"id": "driver"}]},
            "extensions": [{"name": "pack", "rules": [
                {"id": "py/x", "properties": {"security-severity": "7.5"}}]}],
        },
        "results": [
            {"ruleId": "py/x", "rule": {"id": "py/x", "index": 0, "toolComponent": {"index": 0}}},
            {"ruleId": "py/x"},
        ],
    }]});
    assert_eq!(
        severities(&read_text(&log.to_string()).unwrap()),
        [Severity::High; 2]
    );
}

#[test]
fn places_are_resolved() {
    let location = |artifact: Value| {
        json!({"locations": [{"physicalLocation": {"artifactLocation": artifact,
            "region": {"startLine": 3, "startColumn": 5}}}]})
    };
    let log = json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "t"}},
        "originalUriBaseIds": {
            "ROOT": {"uri": "file:///tmp/workspace/"},
            "SRC": {"uri": "src/", "uriBaseId": "ROOT"},
            "LOOP": {"uri": "x/", "uriBaseId": "LOOP"},
            "UNSAID": {},
        },
        "artifacts": [{"location": {"uri": "by%20index.py"}}],
        "results": [
            location(json!({"uri": "a%20b.py"})),
            location(json!({"uri": "file:///tmp/workspace/c.py"})),
            location(json!({"uri": "d.py", "uriBaseId": "SRC"})),
            location(json!({"uri": "e.py", "uriBaseId": "UNSAID"})),
            location(json!({"uri": "f.py", "uriBaseId": "UNKNOWN"})),
            location(json!({"index": 0})),
            location(json!({"index": 9})),
            {"locations": []},
            location(json!({"uri": "g.py", "uriBaseId": "LOOP"})),
        ],
    }]});
    let set = read_text(&log.to_string()).unwrap();
    let places: Vec<_> = set
        .findings
        .iter()
        .map(|finding| finding.location())
        .collect();
    assert_eq!(
        places,
        [
            "a b.py:3:5",
            "c.py:3:5",
            "src/d.py:3:5",
            "e.py:3:5",
            "f.py:3:5",
            "by index.py:3:5",
            "",
            "",
            "x/x/x/x/x/x/x/x/g.py:3:5",
        ]
    );
}

#[test]
fn messages_are_filled_in() {
    let set = findings_of(
        json!([{"id": "R", "messageStrings": {"m": {"text": "{0} is {{not}} {1} {2}"}},
                "shortDescription": {"text": "described"}}]),
        json!([
            {"ruleId": "R", "message": {"id": "m", "arguments": ["one", "two"]}},
            {"ruleId": "R", "message": {"text": "\u{1b}[31mred", "id": "m"}},
            {"ruleId": "R"},
            {"message": {"markdown": "**m**"}},
        ]),
    );
    let messages: Vec<_> = set
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        messages,
        ["one is {not} two {2}", "red", "described", "**m**"]
    );
    assert_eq!(set.findings[3].rule, "unknown");
}

#[test]
fn a_tool_that_failed_or_did_not_look_is_no_evidence() {
    let run = |more: Value| {
        let mut run = json!({"tool": {"driver": {"name": "t"}}});
        run.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"version": "2.1.0", "runs": [run]}).to_string()
    };
    assert_eq!(
        read_text(&run(json!({"results": []}))).unwrap().inspected,
        None
    );
    assert_eq!(read_text(&run(json!({}))).unwrap().inspected, Some(0));
    let none = r#"{"version": "2.1.0", "runs": []}"#;
    assert_eq!(read_text(none).unwrap().inspected, Some(0));
    let failed = run(
        json!({"results": [], "invocations": [{"executionSuccessful": true},
        {"executionSuccessful": false}]}),
    );
    insta::assert_snapshot!(read_text(&failed).unwrap_err(), @"the SARIF report cannot be read, runs[0].invocations[1].executionSuccessful: expected a tool that ran to its end, found false");
}

#[test]
fn several_runs_are_one_set() {
    let run = json!({"tool": {"driver": {"name": "t"}}, "results": [{"ruleId": "R"}]});
    let log = json!({"version": "2.1.0", "runs": [run, run]}).to_string();
    let set = read_text(&log).unwrap();
    assert_eq!(set.findings.len(), 2);
    assert_ne!(set.findings[0].fingerprint, set.findings[1].fingerprint);
}

#[test]
fn other_documents_are_refused() {
    let result = |result: &str| {
        format!(
            r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{}}}}, "results": [{result}]}}]}}"#
        )
    };
    assert!(read_text(&result(r#"{"level": "error"}"#)).is_ok());
    for text in [
        "".to_owned(),
        "{}".to_owned(),
        r#"{"version": "1.0.0", "runs": []}"#.to_owned(),
        r#"{"version": "2.1.0", "runs": null}"#.to_owned(),
        r#"{"version": "2.1.0", "runs": [{"results": []}]}"#.to_owned(),
        result(r#"{"level": "fatal"}"#),
        result(
            r#"{"locations": [{"physicalLocation": {"region": {"startLine": 4000000000}, "artifactLocation": {"uri": "a"}}}]}"#,
        ),
        result(&format!(
            r#"{{"properties": {}1{}}}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        )),
    ] {
        assert!(read_text(&text).is_err(), "{text:.100}");
    }
}

#[test]
fn errors_of_the_tool_itself_are_noted() {
    let log = |level: &str| {
        let notification = json!({"level": level, "message": {"text": "cannot parse a.js"}});
        let invocation = json!({"executionSuccessful": true,
            "toolExecutionNotifications": [notification],
            "toolConfigurationNotifications": [notification]});
        json!({"version": "2.1.0", "runs": [
            {"tool": {"driver": {"name": "t"}}, "results": [], "invocations": [invocation]}]})
    };
    let notes = |level| read_text(&log(level).to_string()).unwrap().notes;
    assert!(notes("warning").is_empty());
    insta::assert_snapshot!(notes("error").join("\n"), @"the tool may not have seen everything, errors of its own: 2, the first: cannot parse a.js");
}

#[test]
fn results_in_other_files_are_not_missed() {
    let log = json!({"version": "2.1.0", "runs": [
        {"tool": {"driver": {"name": "t"}}, "results": []},
        {"tool": {"driver": {"name": "u"}},
         "externalPropertyFileReferences": {"results": [{"location": {"uri": "more.sarif"}}]}}]});
    let error = read_text(&log.to_string()).unwrap_err();
    insta::assert_snapshot!(error, @"the SARIF report cannot be read, runs[1].externalPropertyFileReferences.results: expected all results in the log itself, found references to other files: 1");
}
