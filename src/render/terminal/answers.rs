//! Answers of the smaller commands: some gates, a report of a tool, a checked specification.

use super::Style;
use super::lines::{Cell, Columns, Lines, Paint, sign};
use super::questions::{Question, write_findings, write_sentences};
use crate::model::{
    CaseOutcome, EvidenceData, Finding, GateRecord, PerformanceRun, Severity, Target, TestCase,
    Verdict, percent_text,
};
use crate::render::text::counted;

/// How many test cases or files are shown.
const SHOWN: usize = 20;

/// Some gates, with what to do about those that do not pass, and the verdict over them.
#[must_use]
pub fn gates(gates: &[GateRecord], warnings: &[String], verdict: &Verdict, style: Style) -> String {
    let mut lines = Lines::new(style);
    let mut columns = Columns::default();
    let questions: Vec<Question<'_>> = gates.iter().map(Question::of_gate).collect();
    let rows = questions.iter().flat_map(Question::rows);
    rows.for_each(|row| columns.fit(&row));
    // They say in full what may be the reason of several gates.
    write_sentences(warnings.iter(), "! ", 0, &mut lines);
    for question in &questions {
        question.write_rows(&columns, 4, &mut lines);
        question.write_advice(4, &mut lines);
    }
    let text = match verdict.reason() {
        Some(reason) => format!("{} {verdict}: {}", sign(verdict), reason.message),
        None => format!("{} {verdict}", sign(verdict)),
    };
    lines.paragraph(0, "", &text, Paint::of(verdict));
    lines.into_text()
}

/// What a specification lacks, and whether it is good enough for the target.
#[must_use]
pub fn specification(file: &str, target: Target, findings: &[Finding], style: Style) -> String {
    let mut lines = Lines::new(style);
    let mut columns = Columns::default();
    let rows: Vec<Vec<Cell>> = findings.iter().map(finding_row).collect();
    rows.iter().for_each(|row| columns.fit(row));
    rows.iter().for_each(|row| lines.row(0, &columns, row));
    let blocking = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let (text, paint) = match blocking {
        0 => (
            format!("{file} is good enough for {target}"),
            Paint::of(&Verdict::Passed),
        ),
        _ => (
            format!(
                "{file} is not good enough for {target}: {}",
                counted(blocking, "error")
            ),
            Paint::of(&Verdict::Failed),
        ),
    };
    lines.paragraph(0, "", &text, paint);
    lines.into_text()
}

fn finding_row(finding: &Finding) -> Vec<Cell> {
    let paint = match finding.severity {
        Severity::Error => Paint::Red,
        Severity::Warning => Paint::Yellow,
        _ => Paint::Dim,
    };
    vec![
        Cell::new(&finding.location(), Paint::Bold),
        Cell::new(finding.severity.as_str(), paint),
        Cell::new(&finding.rule, Paint::Dim),
        Cell::plain(&finding.message),
    ]
}

/// What a report of a tool says.
#[must_use]
pub fn evidence(file: &str, format: &str, evidence: &EvidenceData, style: Style) -> String {
    let mut lines = Lines::new(style);
    lines.paragraph(0, "", &format!("{file} ({format})"), Paint::Bold);
    match evidence {
        EvidenceData::Tests(run) => {
            let counts = format!(
                "{}: {} passed, {} failed, {} errored, {} skipped, {} flaky",
                counted(run.cases.len(), "test"),
                run.passed,
                run.failed,
                run.errored,
                run.skipped,
                run.flaky
            );
            lines.paragraph(2, "", &counts, Paint::None);
            let is_plain = |case: &&TestCase| {
                !matches!(case.outcome, CaseOutcome::Passed | CaseOutcome::Skipped)
            };
            for case in run.cases.iter().filter(is_plain).take(SHOWN) {
                let outcome = format!("{:?}", case.outcome).to_lowercase();
                let message = case.message.as_deref().unwrap_or_default();
                lines.paragraph(
                    2,
                    "- ",
                    &format!("{outcome} {} {}: {message}", case.class, case.name),
                    Paint::None,
                );
            }
        }
        EvidenceData::Coverage(coverage) => {
            let mut text = match coverage.lines_total {
                0 => "no coverable lines".to_owned(),
                total => format!(
                    "{}: {} of {total} lines",
                    percent_text(coverage.percent),
                    coverage.lines_covered
                ),
            };
            if let (Some(covered), Some(total)) =
                (coverage.branches_covered, coverage.branches_total)
            {
                text.push_str(&format!(", {covered} of {total} branches"));
            }
            lines.paragraph(2, "", &text, Paint::None);
            write_sentences(coverage.notes.iter(), "! ", 2, &mut lines);
            for file in coverage
                .files
                .iter()
                .filter(|file| file.lines_covered < file.lines_total)
                .take(SHOWN)
            {
                let text = format!(
                    "{} {} ({} lines missing)",
                    percent_text(file.percent),
                    file.file,
                    file.lines_total - file.lines_covered
                );
                lines.paragraph(2, "- ", &text, Paint::None);
            }
        }
        EvidenceData::Findings(set) => {
            lines.paragraph(2, "", &counted(set.findings.len(), "finding"), Paint::None);
            write_sentences(set.notes.iter(), "! ", 2, &mut lines);
            write_findings(&set.findings, 2, &mut lines);
        }
        EvidenceData::Source(facts) => lines.paragraph(
            2,
            "",
            &counted(facts.functions.len(), "function"),
            Paint::None,
        ),
        EvidenceData::Documents(_) | EvidenceData::Instructions(_) => {}
        EvidenceData::Performance(run) => write_performance(run, &mut lines),
        EvidenceData::ExitStatus(fact) => {
            lines.paragraph(2, "", &format!("exit status {}", fact.status), Paint::None)
        }
    }
    lines.into_text()
}

fn write_performance(run: &PerformanceRun, lines: &mut Lines) {
    let text = counted(run.benchmarks.len(), "benchmark");
    lines.paragraph(2, "", &text, Paint::None);
    for benchmark in run.benchmarks.iter().take(SHOWN) {
        let times = [
            ("mean", benchmark.mean_ms),
            ("p50", benchmark.percentile(50.0)),
            ("p95", benchmark.percentile(95.0)),
            ("max", benchmark.max_ms),
        ];
        let times = times.into_iter().filter_map(|(name, ms)| Some((name, ms?)));
        let times = times.map(|(name, ms)| format!("{name} {} ms", significant(ms)));
        let memory = benchmark.peak_memory_mb;
        let memory = memory.map(|memory| format!("{} MiB", significant(memory)));
        let figures: Vec<String> = times.chain(memory).collect();
        let text = format!("{}: {}", benchmark.name, figures.join(", "));
        lines.paragraph(2, "- ", &text, Paint::None);
    }
    for threshold in run.thresholds.iter().take(SHOWN) {
        let outcome = match threshold.holds {
            Some(true) => "holds",
            Some(false) => "does not hold",
            None => "not measured",
        };
        let text = format!("{} {}: {outcome}", threshold.metric, threshold.condition);
        lines.paragraph(2, "- ", &text, Paint::None);
    }
}

/// A number with the four digits that matter of it.
fn significant(number: f64) -> String {
    if number < 1e-9 {
        return "0".to_owned();
    }
    let decimals = (3.0 - number.log10().floor()).clamp(0.0, 12.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 12"
    )]
    let text = format!("{number:.*}", decimals as usize);
    match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ToolThreshold;

    #[test]
    fn benchmarks_are_shown_with_the_digits_that_matter() {
        let mut run = PerformanceRun::of_values("requests", &[12.345_67, 0.000_336_420_8]);
        run.benchmarks[0].peak_memory_mb = Some(13_199.218_75);
        run.thresholds = vec![ToolThreshold {
            metric: "requests".to_owned(),
            condition: "p(95)<10".to_owned(),
            holds: Some(false),
        }];
        let shown = evidence(
            "k6.json",
            "k6",
            &EvidenceData::Performance(run),
            Style::default(),
        );
        insta::assert_snapshot!(shown, @"
        k6.json (k6)
          1 benchmark
          - requests: mean 6.173 ms, p50 0.0003364 ms, p95 12.35 ms, max 12.35 ms, 13199 MiB
          - requests p(95)<10: does not hold
        ");
        assert_eq!(significant(0.000_336_420_8), "0.0003364");
        assert_eq!(
            (significant(0.0), significant(250.0)),
            ("0".to_owned(), "250".to_owned())
        );
    }
}
