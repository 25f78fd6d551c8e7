//! `performance`: is it fast enough, within its memory, and no slower than before?

mod limits;
mod observed;

#[cfg(test)]
mod tests;

pub use limits::{Figure, Limits};

use observed::observed;

use super::Gate;
use super::answer::Answer;
use super::comparison::compare;
use crate::model::{
    Actual, Benchmark, Evidence, EvidenceKind, Finding, Judgement, Measurement, ObservedFigure,
    Operator, PerformanceRun, Question, Reason, ReasonCode, RuleSource, Severity, Stage,
    Unavailable, Unit,
};

/// How many names are shown where many benchmarks have the same to be said of them.
const SHOWN: usize = 10;

/// Is it fast enough, within its memory, and no slower than before?
pub struct Performance;

impl Gate for Performance {
    const ID: &'static str = "performance";
    const SUMMARY: &'static str =
        "Is the component fast enough, within its memory, and no slower than before?";
    const STAGE: Stage = Stage::ProductionDeployment;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Performance];
    const VERDICTS: &'static [(&'static str, &'static str)] = &[
        (
            "passed",
            "every benchmark, and what the monitoring saw, keeps the limits, and none is slower than in the baseline beyond noise and `max_regression_percent`",
        ),
        (
            "warned",
            "the same, and a benchmark of the baseline is not there any more",
        ),
        (
            "failed",
            "a benchmark, or what the monitoring saw, is slower or needs more memory than the limit, is slower than in the baseline, or a threshold of the tool does not hold",
        ),
        (
            "no_data",
            "nothing measures performance, or not what a limit is about: no report states memory, or not of all its benchmarks, or the percentile, or the baseline is not there, or a query has no single number for its result",
        ),
        (
            "errored",
            "the benchmarks did not finish, a report or the baseline cannot be read, or Prometheus cannot be asked",
        ),
    ];
    type Limits = Limits;

    fn judge(limits: &Limits, question: &Question<'_>, evidence: &Evidence) -> Judgement {
        let mut answer = Answer::default();
        let runs: Vec<&PerformanceRun> = answer.take(evidence, EvidenceKind::Performance);
        if !runs.is_empty() {
            response_times(limits, question, &runs, &mut answer);
            memory(limits, question, &runs, &mut answer);
            observed::judge(limits, question, &runs, &mut answer);
            thresholds(&runs, &mut answer);
            if !limits.baseline.is_empty() {
                regressions(limits, question, &runs, &mut answer);
            }
        }
        answer.conclude()
    }
}

fn benchmarks<'a>(runs: &'a [&PerformanceRun]) -> impl Iterator<Item = &'a Benchmark> {
    runs.iter().flat_map(|run| &run.benchmarks)
}

fn response_times(
    limits: &Limits,
    question: &Question<'_>,
    runs: &[&PerformanceRun],
    answer: &mut Answer,
) {
    let longest = limits.max_response_time_ms;
    if longest <= 0.0 {
        return;
    }
    let figure = limits.percentile;
    let of = |benchmark: &Benchmark| match figure.percent() {
        Some(percent) => benchmark.percentile(percent.into()),
        None => benchmark.mean_ms,
    };
    let (known, unknown): (Vec<_>, Vec<_>) = benchmarks(runs)
        .map(|benchmark| (benchmark, of(benchmark)))
        .partition(|(_, ms)| ms.is_some());
    let known = known.into_iter().filter_map(|(b, ms)| Some((b, ms?)));
    let mut known: Vec<(&Benchmark, f64)> = known.collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1));
    if let Some((slowest, ms)) = known.first() {
        let what = format!("response time ({figure})");
        answer.measure(Measurement::new(
            what,
            Actual::Number(*ms),
            Operator::AtMost,
            longest,
            Unit::Milliseconds,
            question.rule("max_response_time_ms"),
        ));
        answer.note(format!("the slowest benchmark is {}", slowest.name));
    }
    let too_slow = known.iter().filter(|(_, ms)| *ms > longest);
    let too_slow = too_slow.map(|(benchmark, ms)| {
        let message = format!(
            "{}: {figure} is {}, the limit is {}",
            benchmark.name,
            duration(*ms),
            duration(longest)
        );
        Finding::new("response_time", Severity::Error, message)
    });
    answer.add_made(too_slow.collect());
    let is_observed = observed(runs, ObservedFigure::ResponseTime)
        .next()
        .is_some();
    if (known.is_empty() && !is_observed) || !unknown.is_empty() {
        let names = shown(unknown.iter().map(|(benchmark, _)| benchmark.name.as_str()));
        let reason = if unknown.is_empty() {
            Reason::new(
                ReasonCode::ReportEmpty,
                "no report has a benchmark, so that no response time is known",
            )
            .remedy("measure with a tool, or ask the monitoring by quality_gates.performance.response_time_query, or set quality_gates.performance.max_response_time_ms: 0")
        } else {
            Reason::new(
                ReasonCode::NoEvidence,
                format!("the report states no {figure} of {names}"),
            )
            .remedy(format!(
                "let the tool write it or its single measurements, or set quality_gates.performance.percentile to a figure that it states, such as {}",
                stated_figures(unknown.iter().map(|(benchmark, _)| *benchmark))
            ))
        };
        answer.cannot_measure(
            format!("the {figure} of some benchmarks"),
            Unavailable::NoData(reason),
        );
    }
}

/// The figures that all of these benchmarks state, as the configuration has them.
fn stated_figures<'a>(mut benchmarks: impl Iterator<Item = &'a Benchmark> + Clone) -> String {
    let figures = [50_u8, 90, 99].into_iter().filter(|percent| {
        let mut all = benchmarks.clone();
        all.all(|benchmark| benchmark.percentile(f64::from(*percent)).is_some())
    });
    let mut figures: Vec<String> = figures.map(|percent| percent.to_string()).collect();
    if benchmarks.all(|benchmark| benchmark.mean_ms.is_some()) {
        figures.push("mean".to_owned());
    }
    if figures.is_empty() {
        "none".to_owned()
    } else {
        figures.join(", ")
    }
}

fn memory(limits: &Limits, question: &Question<'_>, runs: &[&PerformanceRun], answer: &mut Answer) {
    let most = limits.max_memory_mb;
    if most <= 0.0 {
        return;
    }
    let peak = runs.iter().filter_map(|run| run.peak_memory_mb());
    let Some(peak) = peak.max_by(f64::total_cmp) else {
        if observed(runs, ObservedFigure::Memory).next().is_some() {
            return;
        }
        let reason = Reason::new(
            ReasonCode::NoEvidence,
            "no report states how much memory is used",
        );
        let remedy = "measure with a tool that states it, such as hyperfine, or set benchmark.extra_info[\"peak_memory_mb\"] of pytest-benchmark, or set quality_gates.performance.max_memory_mb: 0";
        answer.cannot_measure(
            "memory".to_owned(),
            Unavailable::NoData(reason.remedy(remedy)),
        );
        return;
    };
    answer.measure(Measurement::new(
        "peak memory",
        Actual::Number(peak),
        Operator::AtMost,
        most,
        Unit::Megabytes,
        question.rule("max_memory_mb"),
    ));
    let too_much = benchmarks(runs).filter_map(|benchmark| {
        let peak = benchmark.peak_memory_mb.filter(|peak| *peak > most)?;
        let message = format!(
            "{}: needs {peak:.1} MiB, the limit is {most} MiB",
            benchmark.name
        );
        Some(Finding::new("memory", Severity::Error, message))
    });
    answer.add_made(too_much.collect());
    let silent: Vec<&str> = runs
        .iter()
        .filter(|run| run.peak_memory_mb().is_some())
        .flat_map(|run| &run.benchmarks)
        .filter(|benchmark| benchmark.peak_memory_mb.is_none())
        .map(|benchmark| benchmark.name.as_str())
        .collect();
    if !silent.is_empty() {
        // Those that state it say nothing about the others.
        let names = shown(silent.into_iter());
        let message = format!("the report states no memory of {names}, and does of others");
        let remedy = "let the tool state it of all benchmarks, such as by benchmark.extra_info[\"peak_memory_mb\"] of pytest-benchmark in each";
        answer.cannot_measure(
            "the memory of some benchmarks".to_owned(),
            Unavailable::NoData(Reason::new(ReasonCode::NoEvidence, message).remedy(remedy)),
        );
    }
}

/// What the tool judged itself counts: it was asked to.
fn thresholds(runs: &[&PerformanceRun], answer: &mut Answer) {
    let all = || runs.iter().flat_map(|run| &run.thresholds);
    let broken: Vec<Finding> = all()
        .filter(|threshold| threshold.holds == Some(false))
        .map(|threshold| {
            let message = format!(
                "{}: {} does not hold",
                threshold.metric, threshold.condition
            );
            Finding::new("threshold", Severity::Error, message)
        })
        .collect();
    if all().any(|threshold| threshold.holds.is_some()) {
        let what = "thresholds of the tool that do not hold";
        answer.at_most(what, broken.len() as u64, 0, RuleSource::Default);
    }
    answer.add_made(broken);
    let unknown: Vec<&str> = all()
        .filter(|threshold| threshold.holds.is_none())
        .map(|threshold| threshold.metric.as_str())
        .collect();
    if !unknown.is_empty() {
        let names = shown(unknown.into_iter());
        let reason = Reason::new(
            ReasonCode::NoEvidence,
            format!("nothing was measured of {names}, which thresholds of the tool are about"),
        );
        let remedy = "correct the name or the tag in the script, or see why no request got through";
        answer.cannot_measure(
            "thresholds of the tool".to_owned(),
            Unavailable::NoData(reason.remedy(remedy)),
        );
    }
}

/// One benchmark now and in the baseline.
type Pair<'a> = (&'a Benchmark, &'a Benchmark);

fn regressions(
    limits: &Limits,
    question: &Question<'_>,
    runs: &[&PerformanceRun],
    answer: &mut Answer,
) {
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    let (mut new, mut missing): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut file = "the baseline";
    // Several tools share one baseline: each is compared with what it measures.
    for run in runs.iter().filter(|run| run.observed.is_empty()) {
        let Some(baseline) = &run.baseline else {
            let message = "the baseline was not read, so that nothing is compared with it";
            let reason = Reason::new(ReasonCode::BaselineMissing, message);
            answer.cannot_measure("the baseline".to_owned(), Unavailable::NoData(reason));
            return;
        };
        file = &baseline.file;
        let earlier = match &baseline.benchmarks {
            Ok(earlier) => earlier,
            Err(unavailable) => {
                answer.cannot_measure("the baseline".to_owned(), unavailable.clone());
                return;
            }
        };
        for benchmark in &run.benchmarks {
            match earlier
                .iter()
                .find(|earlier| earlier.name == benchmark.name)
            {
                Some(earlier) => pairs.push((benchmark, earlier)),
                None => new.push(&benchmark.name),
            }
        }
        let is_here = |name: &str| benchmarks(runs).any(|benchmark| benchmark.name == name);
        let gone = earlier.iter().map(|earlier| earlier.name.as_str());
        missing.extend(gone.filter(|name| !is_here(name)));
    }
    missing.sort_unstable();
    missing.dedup();
    if !new.is_empty() {
        answer.note(format!("not in {file}: {}", shown(new.into_iter())));
    }
    if !missing.is_empty() {
        // A benchmark that is taken out must not hide what it would show.
        let names = shown(missing.into_iter());
        answer.note(format!("in {file}, and not measured any more: {names}"));
        answer.warn();
    }
    if pairs.is_empty() {
        let message = format!("{file} has none of the benchmarks that were measured");
        let reason = Reason::new(ReasonCode::BaselineMissing, message)
            .remedy("keep a report of the same benchmarks as the baseline");
        answer.cannot_measure("the baseline".to_owned(), Unavailable::NoData(reason));
        return;
    }
    judge_pairs(limits, question, &pairs, answer);
}

fn judge_pairs(limits: &Limits, question: &Question<'_>, pairs: &[Pair<'_>], answer: &mut Answer) {
    // The more comparisons, the likelier one of them is off by chance (Bonferroni).
    let chance = (1.0 - limits.confidence / 100.0) / pairs.len() as f64;
    let (mut slower, mut unknown) = (Vec::new(), Vec::new());
    for (now, before) in pairs {
        let Some(comparison) = compare(now, before, chance) else {
            unknown.push(now.name.as_str());
            continue;
        };
        if comparison.is_slower && comparison.change_percent > limits.max_regression_percent {
            let message = format!(
                "{}: {:.1} % slower than in the baseline, which is more than noise (by {})",
                now.name, comparison.change_percent, comparison.method
            );
            slower.push((comparison.change_percent, message));
        }
    }
    slower.sort_by(|a, b| b.0.total_cmp(&a.0));
    if unknown.len() < pairs.len() {
        answer.at_most(
            "benchmarks slower than in the baseline",
            slower.len() as u64,
            0,
            question.rule("baseline"),
        );
    }
    let findings = slower.into_iter();
    let finding = |(_, message)| Finding::new("regression", Severity::Error, message);
    answer.add_made(findings.map(finding).collect());
    if !unknown.is_empty() {
        let names = shown(unknown.into_iter());
        let reason = Reason::new(
            ReasonCode::NoEvidence,
            format!(
                "neither side states how much the measurements of {names} scatter, so that slower cannot be told from noise"
            ),
        );
        let remedy = "let the tool write its single measurements or a standard deviation";
        answer.cannot_measure(
            "some comparisons".to_owned(),
            Unavailable::NoData(reason.remedy(remedy)),
        );
    }
}

/// The first names, and how many more there are.
fn shown<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let rest = names.len().saturating_sub(SHOWN);
    let first: Vec<&str> = names.take(SHOWN).collect();
    match rest {
        0 => first.join(", "),
        rest => format!("{} and {rest} more", first.join(", ")),
    }
}

/// A duration with the digits that matter: what is fast is not shown as 0.
fn duration(ms: f64) -> String {
    if ms >= 1.0 || ms <= 0.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{ms:.6} ms")
    }
}
