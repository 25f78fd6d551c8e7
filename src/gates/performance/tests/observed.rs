//! What the monitoring saw, beside benchmarks.

use super::*;
use crate::model::Observation;

/// What the monitoring saw.
fn seen(figure: ObservedFigure, value: f64) -> EvidenceData {
    EvidenceData::Performance(PerformanceRun {
        observed: vec![Observation {
            figure,
            value,
            source: "Prometheus at http://127.0.0.1:9090: max(x)".to_owned(),
        }],
        ..PerformanceRun::default()
    })
}

fn together(data: impl IntoIterator<Item = EvidenceData>) -> Judgement {
    judged_with(&Limits::default(), data)
}

fn judged_with(limits: &Limits, data: impl IntoIterator<Item = EvidenceData>) -> Judgement {
    let mut all = Evidence::default();
    for data in data {
        all.add(
            EvidenceKind::Performance,
            "tool",
            Ok(std::sync::Arc::new(data)),
        );
    }
    ask::<Performance>(limits, Target::Production, &[], &all)
}

#[test]
fn what_the_monitoring_saw_keeps_the_same_limits() {
    use ObservedFigure::{Memory, ResponseTime};
    insta::assert_snapshot!(read(&together([seen(ResponseTime, 5000.0), seen(Memory, 512.0)])), @r#"
    passed
    + response time in monitoring 5000 ms ≤ 5000 ms (workflow_config.yaml:7)
    + memory in monitoring 512 MiB ≤ 512 MiB (workflow_config.yaml:7)
    note: response time in monitoring: Prometheus at http://127.0.0.1:9090: max(x)
    note: memory in monitoring: Prometheus at http://127.0.0.1:9090: max(x)
    "#);
    insta::assert_snapshot!(read(&together([seen(ResponseTime, 5000.5), seen(Memory, 512.5)])), @r#"
    failed
    - response time in monitoring 5000.5 ms ≤ 5000 ms (workflow_config.yaml:7)
    - memory in monitoring 512.5 MiB ≤ 512 MiB (workflow_config.yaml:7)
    note: response time in monitoring: Prometheus at http://127.0.0.1:9090: max(x)
    note: memory in monitoring: Prometheus at http://127.0.0.1:9090: max(x)
    "#);
    // Nothing says how much memory it takes.
    let judgement = together([seen(ResponseTime, 1.0)]);
    assert_eq!(judgement.verdict.as_str(), "no_data");
    let judgement = together([seen(Memory, 1.0)]);
    assert_eq!(judgement.verdict.as_str(), "no_data");
    let not_asked = Limits {
        max_response_time_ms: 0.0,
        max_memory_mb: 0.0,
        ..Limits::default()
    };
    let judgement = judged_with(&not_asked, [seen(ResponseTime, 9e9)]);
    assert_eq!(judgement.verdict.as_str(), "no_data");
}

#[test]
fn benchmarks_and_monitoring_are_both_judged() {
    use ObservedFigure::{Memory, ResponseTime};
    let benchmarks = |p95| EvidenceData::Performance(run(vec![benchmark("a", p95, None)]));
    let judgement = together([benchmarks(10.0), seen(Memory, 1.0)]);
    assert_eq!(judgement.verdict, Verdict::Passed);
    for (p95, ms) in [(6000.0, 1.0), (1.0, 6000.0)] {
        let all = [benchmarks(p95), seen(ResponseTime, ms), seen(Memory, 1.0)];
        assert_eq!(together(all).verdict, Verdict::Failed);
    }
    // What the monitoring saw is in no baseline, and stands for no benchmark.
    let with = compared(vec![sampled("a", 100.0)], vec![sampled("a", 100.0)]);
    let all = [EvidenceData::Performance(with), seen(ResponseTime, 1.0)];
    let judgement = judged_with(&against_a_baseline(), all);
    assert_eq!(judgement.verdict, Verdict::Passed);
    let alone = judged_with(
        &against_a_baseline(),
        [seen(ResponseTime, 1.0), seen(Memory, 1.0)],
    );
    assert_eq!(alone.verdict.as_str(), "no_data");
    let mut evidence = evidence([(EvidenceKind::Performance, benchmarks(1.0))]);
    evidence.add(EvidenceKind::Performance, "Prometheus", Err(crashed()));
    let judgement = ask::<Performance>(&Limits::default(), Target::Production, &[], &evidence);
    assert_eq!(judgement.verdict, crashed().into());
}
