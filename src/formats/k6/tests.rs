//! The three forms of a summary, and what must not read as a measurement.

use super::*;
use crate::model::PerformanceRun;

fn read_text(text: &str) -> Result<PerformanceRun, FormatError> {
    match FORMAT.read(text.as_bytes(), &PathBase::default())? {
        EvidenceData::Performance(run) => Ok(run),
        other => panic!("{other:?}"),
    }
}

fn names(run: &PerformanceRun) -> Vec<&str> {
    run.benchmarks.iter().map(|b| b.name.as_str()).collect()
}

/// Metric, condition, whether it holds.
fn thresholds(run: &PerformanceRun) -> Vec<String> {
    let shown = run.thresholds.iter();
    shown
        .map(|t| format!("{} {} {:?}", t.metric, t.condition, t.holds))
        .collect()
}

#[test]
fn an_export_says_which_thresholds_were_crossed() {
    let run = read_text(include_str!(
        "../../../tests/fixtures/formats/k6-export.json"
    ));
    let run = run.unwrap();
    assert_eq!(
        names(&run),
        [
            "http_req_duration",
            "http_req_duration{expected_response:true}"
        ]
    );
    let b = &run.benchmarks[0];
    assert_eq!(
        (b.mean_ms, b.min_ms, b.max_ms),
        (Some(12.5), Some(3.25), Some(84.75))
    );
    let percentiles = [50.0, 90.0, 95.0, 99.0].map(|percent| b.percentile(percent));
    assert_eq!(percentiles, [Some(11.5), Some(18.5), Some(21.25), None]);
    assert_eq!(
        thresholds(&run),
        [
            "checks rate>0.95 Some(true)",
            "http_req_duration p(95)<20 Some(false)",
            "http_req_duration p(90)<50 Some(true)",
            // Nothing has this tag; k6 calls the condition holding.
            "http_req_duration{path:/misspelt} p(95)<500 None",
            "http_req_failed rate<0.05 Some(true)",
            "lost_orders count<1 Some(true)",
        ]
    );
}

#[test]
fn what_handle_summary_is_given_says_which_thresholds_hold() {
    let run = read_text(include_str!(
        "../../../tests/fixtures/formats/k6-handle-summary.json"
    ));
    let run = run.unwrap();
    // The script's own times count; its other numbers and parts of requests do not.
    assert_eq!(names(&run), ["http_req_duration", "checkout_time"]);
    assert_eq!(run.benchmarks[0].count, Some(521));
    assert_eq!(run.benchmarks[0].percentile(99.0), Some(60.5));
    assert_eq!(
        thresholds(&run),
        [
            "http_req_duration p(95)<20 Some(false)",
            "http_req_duration p(99)<100 Some(true)"
        ]
    );
}

#[test]
fn the_new_summary_has_a_list_of_metrics() {
    let run = read_text(include_str!(
        "../../../tests/fixtures/formats/k6-machine-readable.json"
    ));
    let run = run.unwrap();
    assert_eq!(names(&run), ["http_req_duration"]);
    assert_eq!(run.benchmarks[0].percentile(95.0), Some(21.25));
    assert_eq!(run.thresholds, []);
}

fn with_metrics(metrics: &str) -> String {
    format!(r#"{{"root_group": {{}}, "metrics": {metrics}}}"#)
}

#[test]
fn requests_that_never_got_through_are_no_measurement() {
    let zeros = r#"{"avg": 0, "min": 0, "med": 0, "max": 0, "p(95)": 0}"#;
    let failed = r#"{"passes": 0, "fails": 0, "value": 0, "thresholds": {"rate<0.1": false}}"#;
    let run = read_text(&with_metrics(&format!(
        r#"{{"http_req_duration": {zeros}, "http_req_failed": {failed}}}"#
    )));
    let run = run.unwrap();
    assert_eq!(run.benchmarks, []);
    assert_eq!(thresholds(&run), ["http_req_failed rate<0.1 None"]);
    let run = read_text(&with_metrics(r#"{"http_req_duration": {"max": 0}}"#)).unwrap();
    assert_eq!(run.benchmarks, []);
}

#[test]
fn what_is_no_summary_is_refused() {
    for metrics in [
        r#"{"http_req_duration": 3}"#,
        r#"{"http_req_duration": {"avg": -1}}"#,
        r#"{"http_req_duration": {"avg": 1, "p(95)": "fast"}}"#,
        r#"{"http_req_duration": {"avg": NaN}}"#,
        r#"{"http_req_duration": {"avg": 1e300}}"#,
        r#"{"http_req_duration": {"type": "trend", "values": []}}"#,
        r#"{"http_req_duration": {"avg": 1, "thresholds": ["p(95)<1"]}}"#,
        r#"{"http_req_duration": {"avg": 1, "thresholds": {"p(95)<1": 1}}}"#,
        r#"{"http_req_duration": {"avg": 1, "thresholds": {"p(95)<1": {}}}}"#,
        "[]",
    ] {
        let text = with_metrics(metrics);
        assert!(read_text(&text).is_err(), "{text}");
    }
    insta::assert_snapshot!(read_text(r#"{"metrics": {}}"#).unwrap_err(), @"the k6 summary report cannot be read, the whole report: expected the end-of-test summary of k6 with `metrics`, found neither `root_group` nor `state` beside `metrics`");
    let error = read_text(&with_metrics(r#"{"a": {"thresholds": {"x<1": null}}}"#)).unwrap_err();
    insta::assert_snapshot!(error, @r#"the k6 summary report cannot be read, metrics[a].thresholds: expected for each condition a flag, or `ok` with a flag, found {"thresholds":{"x<1":null}}"#);
}
