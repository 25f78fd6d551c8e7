//! What passes, what fails at a limit and one step beyond, and what is not known.

use super::*;
use crate::gates::testing::{ask, crashed, evidence, exit_status, shown as read};
use crate::model::{EvidenceData, Percentile, PerformanceBaseline, Target, ToolThreshold, Verdict};

mod observed;

fn benchmark(name: &str, p95: f64, memory: Option<f64>) -> Benchmark {
    Benchmark {
        name: name.to_owned(),
        mean_ms: Some(p95 / 2.0),
        percentiles: vec![Percentile {
            percent: 95.0,
            ms: p95,
        }],
        peak_memory_mb: memory,
        ..Benchmark::default()
    }
}

/// Twenty measurements around a time.
fn sampled(name: &str, around: f64) -> Benchmark {
    let samples: Vec<f64> = (0..20).map(|i| around + f64::from(i) * 0.1).collect();
    Benchmark {
        peak_memory_mb: Some(10.0),
        ..Benchmark::of_samples(name, &samples)
    }
}

fn run(benchmarks: Vec<Benchmark>) -> PerformanceRun {
    PerformanceRun {
        benchmarks,
        ..PerformanceRun::default()
    }
}

fn compared(now: Vec<Benchmark>, before: Vec<Benchmark>) -> PerformanceRun {
    PerformanceRun {
        baseline: Some(PerformanceBaseline {
            file: "baseline.json".to_owned(),
            benchmarks: Ok(before),
        }),
        ..run(now)
    }
}

fn judged(limits: &Limits, run: PerformanceRun) -> Judgement {
    let evidence = evidence([(EvidenceKind::Performance, EvidenceData::Performance(run))]);
    ask::<Performance>(limits, Target::Production, &[], &evidence)
}

fn against_a_baseline() -> Limits {
    Limits {
        baseline: "baseline.json".to_owned(),
        ..Limits::default()
    }
}

#[test]
fn verdicts_at_and_around_the_limits() {
    let table = [
        (5000.0, 512.0, "passed"),
        (5000.001, 512.0, "failed"),
        (5000.0, 512.001, "failed"),
        (0.0, 0.0, "passed"),
    ];
    for (p95, memory, verdict) in table {
        let run = run(vec![
            benchmark("a", p95, Some(memory)),
            benchmark("b", 1.0, Some(0.0)),
        ]);
        let judgement = judged(&Limits::default(), run);
        assert_eq!(judgement.verdict.as_str(), verdict, "{p95} {memory}");
    }
}

#[test]
fn what_is_too_slow_or_too_big_is_named() {
    let slow = [
        benchmark("fast", 0.004, Some(1.0)),
        benchmark("slow", 6000.0, Some(600.0)),
    ];
    insta::assert_snapshot!(read(&judged(&Limits::default(), run(slow.to_vec()))), @"
    failed
    - response time (p95) 6000 ms ≤ 5000 ms (workflow_config.yaml:7)
    - peak memory 600 MiB ≤ 512 MiB (workflow_config.yaml:7)
    error response_time: slow: p95 is 6000.0 ms, the limit is 5000.0 ms
    error memory: slow: needs 600.0 MiB, the limit is 512 MiB
    note: the slowest benchmark is slow
    ");
}

#[test]
fn the_figure_is_that_of_the_configuration() {
    let mean = Limits {
        max_response_time_ms: 40.0,
        percentile: Figure::Mean,
        ..Limits::default()
    };
    let slow = vec![benchmark("a", 90.0, Some(1.0))];
    insta::assert_snapshot!(read(&judged(&mean, run(slow))), @"
    failed
    - response time (mean) 45 ms ≤ 40 ms (workflow_config.yaml:7)
    + peak memory 1 MiB ≤ 512 MiB (workflow_config.yaml:7)
    error response_time: a: mean is 45.0 ms, the limit is 40.0 ms
    note: the slowest benchmark is a
    ");
    let median = Limits {
        percentile: Figure::P50,
        ..mean
    };
    let judgement = judged(&median, run(vec![sampled("a", 30.0)]));
    assert_eq!(judgement.verdict, Verdict::Passed);
}

#[test]
fn what_no_report_states_is_no_data() {
    let only_mean = Benchmark {
        percentiles: Vec::new(),
        ..benchmark("a", 10.0, Some(1.0))
    };
    let both = vec![only_mean, benchmark("b", 10.0, Some(0.5))];
    insta::assert_snapshot!(read(&judged(&Limits::default(), run(both))), @"
    no_data
    reason no_evidence: the report states no p95 of a; let the tool write it or its single measurements, or set quality_gates.performance.percentile to a figure that it states, such as mean
    + response time (p95) 10 ms ≤ 5000 ms (workflow_config.yaml:7)
    + peak memory 1 MiB ≤ 512 MiB (workflow_config.yaml:7)
    note: the slowest benchmark is b
    ");
    let no_memory = vec![benchmark("a", 10.0, None)];
    insta::assert_snapshot!(read(&judged(&Limits::default(), run(no_memory.clone()))), @r#"
    no_data
    reason no_evidence: no report states how much memory is used; measure with a tool that states it, such as hyperfine, or set benchmark.extra_info["peak_memory_mb"] of pytest-benchmark, or set quality_gates.performance.max_memory_mb: 0
    + response time (p95) 10 ms ≤ 5000 ms (workflow_config.yaml:7)
    note: the slowest benchmark is a
    "#);
    let not_asked = Limits {
        max_memory_mb: 0.0,
        ..Limits::default()
    };
    assert_eq!(judged(&not_asked, run(no_memory)).verdict, Verdict::Passed);
    let nothing = Limits {
        max_memory_mb: 0.0,
        max_response_time_ms: 0.0,
        ..Limits::default()
    };
    let judgement = judged(&nothing, run(vec![benchmark("a", 10.0, None)]));
    assert_eq!(judgement.verdict.as_str(), "no_data");
    for data in [EvidenceData::Performance(run(Vec::new())), exit_status(0)] {
        let evidence = evidence([(EvidenceKind::Performance, data)]);
        let judgement = ask::<Performance>(&Limits::default(), Target::Production, &[], &evidence);
        assert_eq!(judgement.verdict.as_str(), "no_data");
    }
}

#[test]
fn benchmarks_without_memory_among_others_that_state_it_are_no_data() {
    let some = vec![
        benchmark("a", 10.0, Some(1.0)),
        benchmark("b", 9.0, None),
        benchmark("c", 8.0, None),
    ];
    insta::assert_snapshot!(read(&judged(&Limits::default(), run(some.clone()))), @r#"
    no_data
    reason no_evidence: the report states no memory of b, c, and does of others; let the tool state it of all benchmarks, such as by benchmark.extra_info["peak_memory_mb"] of pytest-benchmark in each
    + response time (p95) 10 ms ≤ 5000 ms (workflow_config.yaml:7)
    + peak memory 1 MiB ≤ 512 MiB (workflow_config.yaml:7)
    note: the slowest benchmark is a
    "#);
    let not_asked = Limits {
        max_memory_mb: 0.0,
        ..Limits::default()
    };
    assert_eq!(judged(&not_asked, run(some)).verdict, Verdict::Passed);
    // A tool that never states memory stands beside one that does.
    let evidence = evidence([
        (
            EvidenceKind::Performance,
            EvidenceData::Performance(run(vec![benchmark("a", 10.0, Some(1.0))])),
        ),
        (
            EvidenceKind::Performance,
            EvidenceData::Performance(run(vec![benchmark("b", 9.0, None)])),
        ),
    ]);
    let judgement = ask::<Performance>(&Limits::default(), Target::Production, &[], &evidence);
    assert_eq!(judgement.verdict, Verdict::Passed);
}

#[test]
fn a_failure_is_worse_than_what_is_not_known() {
    let slow = vec![benchmark("a", 9000.0, None)];
    assert_eq!(
        judged(&Limits::default(), run(slow)).verdict,
        Verdict::Failed
    );
    let mut evidence = evidence([]);
    evidence.add(EvidenceKind::Performance, "k6", Err(crashed()));
    let judgement = ask::<Performance>(&Limits::default(), Target::Production, &[], &evidence);
    assert_eq!(judgement.verdict, crashed().into());
}

#[test]
fn thresholds_of_the_tool_count() {
    let threshold = |metric: &str, holds| ToolThreshold {
        metric: metric.to_owned(),
        condition: "p(95)<20".to_owned(),
        holds,
    };
    let with = |thresholds: Vec<ToolThreshold>| PerformanceRun {
        thresholds,
        ..run(vec![benchmark("a", 10.0, Some(1.0))])
    };
    let judgement = judged(&Limits::default(), with(vec![threshold("a", Some(true))]));
    assert_eq!(judgement.verdict, Verdict::Passed);
    let broken = vec![threshold("a", Some(true)), threshold("b", Some(false))];
    insta::assert_snapshot!(read(&judged(&Limits::default(), with(broken))), @"
    failed
    + response time (p95) 10 ms ≤ 5000 ms (workflow_config.yaml:7)
    + peak memory 1 MiB ≤ 512 MiB (workflow_config.yaml:7)
    - thresholds of the tool that do not hold 1 ≤ 0 (built-in default)
    error threshold: b: p(95)<20 does not hold
    note: the slowest benchmark is a
    ");
    let unknown = with(vec![threshold("a", None)]);
    insta::assert_snapshot!(read(&judged(&Limits::default(), unknown)), @"
    no_data
    reason no_evidence: nothing was measured of a, which thresholds of the tool are about; correct the name or the tag in the script, or see why no request got through
    + response time (p95) 10 ms ≤ 5000 ms (workflow_config.yaml:7)
    + peak memory 1 MiB ≤ 512 MiB (workflow_config.yaml:7)
    note: the slowest benchmark is a
    ");
}

#[test]
fn slower_than_the_baseline_fails_beyond_noise_only() {
    let limits = against_a_baseline();
    let same = compared(vec![sampled("a", 100.0)], vec![sampled("a", 100.3)]);
    assert_eq!(judged(&limits, same).verdict, Verdict::Passed);
    // Surely slower, and not by much.
    let little = || compared(vec![sampled("a", 108.0)], vec![sampled("a", 100.0)]);
    assert_eq!(judged(&limits, little()).verdict, Verdict::Passed);
    let strict = Limits {
        max_regression_percent: 0.0,
        ..limits.clone()
    };
    assert_eq!(judged(&strict, little()).verdict, Verdict::Failed);
    let much = compared(
        vec![
            sampled("a", 130.0),
            sampled("b", 100.0),
            sampled("new", 1.0),
        ],
        vec![sampled("a", 100.0), sampled("b", 100.0)],
    );
    insta::assert_snapshot!(read(&judged(&limits, much)), @"
    failed
    + response time (p95) 131.8 ms ≤ 5000 ms (workflow_config.yaml:7)
    + peak memory 10 MiB ≤ 512 MiB (workflow_config.yaml:7)
    - benchmarks slower than in the baseline 1 ≤ 0 (workflow_config.yaml:7)
    error regression: a: 29.7 % slower than in the baseline, which is more than noise (by Mann-Whitney U)
    note: the slowest benchmark is a
    note: not in baseline.json: new
    ");
}

#[test]
fn a_benchmark_that_is_gone_is_said() {
    let gone = compared(
        vec![sampled("a", 100.0)],
        vec![sampled("a", 100.0), sampled("b", 1.0)],
    );
    insta::assert_snapshot!(read(&judged(&against_a_baseline(), gone)), @"
    warned
    + response time (p95) 101.8 ms ≤ 5000 ms (workflow_config.yaml:7)
    + peak memory 10 MiB ≤ 512 MiB (workflow_config.yaml:7)
    + benchmarks slower than in the baseline 0 ≤ 0 (workflow_config.yaml:7)
    note: the slowest benchmark is a
    note: in baseline.json, and not measured any more: b
    ");
}

#[test]
fn without_a_comparison_the_baseline_is_no_data() {
    let limits = against_a_baseline();
    let other = compared(vec![sampled("a", 100.0)], vec![sampled("b", 100.0)]);
    insta::assert_snapshot!(read(&judged(&limits, other)), @"
    no_data
    reason baseline_missing: baseline.json has none of the benchmarks that were measured; keep a report of the same benchmarks as the baseline
    + response time (p95) 101.8 ms ≤ 5000 ms (workflow_config.yaml:7)
    + peak memory 10 MiB ≤ 512 MiB (workflow_config.yaml:7)
    note: the slowest benchmark is a
    note: not in baseline.json: a
    note: in baseline.json, and not measured any more: b
    ");
    let single = Benchmark {
        peak_memory_mb: Some(1.0),
        ..Benchmark::of_samples("a", &[1.0])
    };
    let singles = compared(vec![single.clone()], vec![single]);
    insta::assert_snapshot!(read(&judged(&limits, singles)), @"
    no_data
    reason no_evidence: neither side states how much the measurements of a scatter, so that slower cannot be told from noise; let the tool write its single measurements or a standard deviation
    + response time (p95) 1 ms ≤ 5000 ms (workflow_config.yaml:7)
    + peak memory 1 MiB ≤ 512 MiB (workflow_config.yaml:7)
    note: the slowest benchmark is a
    ");
    let unread = judged(&limits, run(vec![sampled("a", 1.0)]));
    assert_eq!(unread.verdict.as_str(), "no_data");
    let mut broken = compared(vec![sampled("a", 1.0)], Vec::new());
    if let Some(baseline) = &mut broken.baseline {
        baseline.benchmarks = Err(crashed());
    }
    assert_eq!(judged(&limits, broken).verdict, crashed().into());
}

#[test]
fn many_comparisons_raise_no_more_alarms_than_one() {
    let mut random = fastrand::Rng::with_seed(11);
    let mut measured = || -> Vec<Benchmark> {
        let benchmark = |index: usize| {
            let samples: Vec<f64> = (0..30).map(|_| 10.0 + random.f64()).collect();
            Benchmark::of_samples(format!("b{index}"), &samples)
        };
        (0..100).map(benchmark).collect()
    };
    let limits = Limits {
        max_memory_mb: 0.0,
        max_regression_percent: 0.0,
        ..against_a_baseline()
    };
    let alarms = (0..20)
        .filter(|_| {
            let run = compared(measured(), measured());
            judged(&limits, run).verdict != Verdict::Passed
        })
        .count();
    assert!(alarms <= 1, "{alarms}");
}
