//! What the monitoring saw, held against the same limits as benchmarks.

use super::Limits;
use crate::gates::answer::Answer;
use crate::model::{
    Actual, Measurement, Observation, ObservedFigure, Operator, PerformanceRun, Question, Unit,
};

/// What was observed of a figure.
pub(super) fn observed<'a>(
    runs: &'a [&PerformanceRun],
    figure: ObservedFigure,
) -> impl Iterator<Item = &'a Observation> {
    let all = runs.iter().flat_map(|run| &run.observed);
    all.filter(move |observation| observation.figure == figure)
}

/// Judges everything that was observed. A limit of 0 asks for nothing.
pub(super) fn judge(
    limits: &Limits,
    question: &Question<'_>,
    runs: &[&PerformanceRun],
    answer: &mut Answer,
) {
    let figures = [
        (
            ObservedFigure::ResponseTime,
            "response time in monitoring",
            limits.max_response_time_ms,
            "max_response_time_ms",
            Unit::Milliseconds,
        ),
        (
            ObservedFigure::Memory,
            "memory in monitoring",
            limits.max_memory_mb,
            "max_memory_mb",
            Unit::Megabytes,
        ),
    ];
    for (figure, what, most, key, unit) in figures {
        if most <= 0.0 {
            continue;
        }
        for observation in observed(runs, figure) {
            answer.measure(Measurement::new(
                what,
                Actual::Number(observation.value),
                Operator::AtMost,
                most,
                unit,
                question.rule(key),
            ));
            answer.note(format!("{what}: {}", observation.source));
        }
    }
}
