//! The report as remarks at lines of files: what blocks first, then what deserves a look.

use super::blockers::blockers;
use super::text::{plain, plain_cut};
use crate::model::{
    Annotation, AnnotationLevel, Finding, GateRecord, Report, Severity, StageRecord,
};
use std::collections::HashSet;

/// The longest message of a remark, in characters: what the log of a job shows of one.
const LONGEST_MESSAGE: usize = 4000;
/// The longest title, in characters (GitHub's limit for a check run's annotation is 255).
const LONGEST_TITLE: usize = 200;
/// The longest name of a file, in bytes: what git and the usual systems take. One annotation that
/// GitHub finds no path in would have it refuse all of them.
const LONGEST_FILE: usize = 1024;

/// Everything that can be said at a line or about the run, most relevant first. What blocks without
/// a place in a file is a remark about the run.
#[must_use]
pub fn annotations(report: &Report) -> Vec<Annotation> {
    let mut annotations = Vec::new();
    let mut seen = HashSet::new();
    for blocker in blockers(report) {
        let about = blocker.name.or(blocker.stage.map(|stage| stage.as_str()));
        let about = about.unwrap_or("spec2prod");
        let mut message = blocker.cause().into_owned();
        if let Some(gap) = blocker.gap() {
            message.push_str(&format!("\n{gap}"));
        }
        if let Some(remedy) = blocker.remedy() {
            message.push_str(&format!("\n{remedy}"));
        }
        if let Some(command) = blocker.gate.and_then(|gate| gate.reproduce.as_deref()) {
            message.push_str(&format!("\nreproduce with: {command}"));
        }
        annotations.push(Annotation {
            level: AnnotationLevel::Failure,
            file: None,
            line: None,
            column: None,
            title: plain_cut(
                &format!("{}: {about} {}", report.component_name, blocker.verdict),
                LONGEST_TITLE,
            ),
            message: lines(&message),
        });
    }
    let mut add = |about: &str, is_blocking: bool, findings: &[Finding]| {
        for finding in findings.iter().filter(|finding| finding.file.is_some()) {
            if seen.insert((finding.fingerprint.clone(), finding.location())) {
                annotations.push(of_finding(about, is_blocking, finding));
            }
        }
    };
    for stage in report.stages() {
        let is_blocking = stage.verdict.stops();
        add(stage.stage_name.as_str(), is_blocking, &stage.findings);
        for gate in gates(stage) {
            add(&gate.gate_name, gate.blocks(), &gate.findings);
        }
    }
    // What blocks the run stands first, and remarks of one level stay in the order of the stages.
    annotations.sort_by_key(|annotation| (annotation.level, annotation.file.is_some()));
    annotations
}

fn gates(stage: &StageRecord) -> impl Iterator<Item = &GateRecord> {
    stage.quality_gates.values()
}

fn of_finding(about: &str, is_blocking: bool, finding: &Finding) -> Annotation {
    let level = match (is_blocking, finding.severity) {
        (_, Severity::Note) => AnnotationLevel::Notice,
        (true, _) => AnnotationLevel::Failure,
        (false, Severity::Low) => AnnotationLevel::Notice,
        (false, _) => AnnotationLevel::Warning,
    };
    let is_path = |file: &&String| {
        file.len() <= LONGEST_FILE && !file.trim().is_empty() && plain(file) == **file
    };
    let file = finding.file.as_ref().filter(is_path).cloned();
    Annotation {
        level,
        line: file.as_ref().and(finding.line),
        column: file.as_ref().and(finding.column),
        file,
        title: plain_cut(&format!("{about}: {}", finding.rule), LONGEST_TITLE),
        message: lines(&finding.message),
    }
}

/// A message with its line breaks, each line made harmless.
fn lines(message: &str) -> String {
    let lines: Vec<String> = message
        .lines()
        .take(20)
        .map(|line| plain_cut(line, LONGEST_MESSAGE / 4))
        .collect();
    super::text::cut(&lines.join("\n"), LONGEST_MESSAGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_passing_run_has_nothing_to_say() {
        let said = annotations(&samples::green());
        assert!(
            said.iter().all(|a| a.level != AnnotationLevel::Failure),
            "{said:#?}"
        );
    }

    #[test]
    fn what_blocks_comes_first_and_names_the_command_that_reproduces_it() {
        let said = annotations(&samples::red());
        insta::assert_snapshot!(
            said.iter()
                .take(7)
                .map(|a| format!(
                    "{:?} {} {:?} {} | {}\n",
                    a.level,
                    a.file.as_deref().unwrap_or("-"),
                    a.line,
                    a.title,
                    a.message.replace('\n', " ⏎ ")
                ))
                .collect::<String>(),
            @r#"
            Failure - None parcel_pricing: test_coverage failed | 61.23 %, needs ≥ 70 % ⏎ reproduce with: python -m pytest components/parcel_pricing/tests --cov=components/parcel_pricing --cov-report=json
            Failure - None parcel_pricing: test_pass_rate failed | 95.31 %, needs ≥ 100 % ⏎ reproduce with: python -m pytest components/parcel_pricing/tests --cov=components/parcel_pricing --cov-report=json
            Failure - None parcel_pricing: linting failed | 37 lint and format findings, needs ≤ 0 ⏎ reproduce with: ruff check --output-format=json components/parcel_pricing
            Failure - None parcel_pricing: type_checking errored | pyright was not found in .venv/bin or on PATH ⏎ install it with `uv pip install 'pyright[nodejs]'` or set `stages.dependency_check.install: true` ⏎ reproduce with: pyright --outputjson components/parcel_pricing
            Failure - None parcel_pricing: security no_data | detect-secrets inspected 0 files: nothing below components/parcel_pricing is tracked by git ⏎ add the files with `git add`, since detect-secrets reads `git ls-files` ⏎ reproduce with: detect-secrets scan --baseline .secrets.baseline
            Failure components/parcel_pricing/src/customs.py Some(12) test_coverage: uncovered | lines 12-40, 44 and 51-77 are not covered
            Failure components/parcel_pricing/src/surcharges.py Some(41) test_coverage: uncovered | lines 41-58 are not covered
            "#
        );
    }

    #[test]
    fn nothing_of_strangers_is_long_or_steers_anything() {
        for one in annotations(&samples::hostile()) {
            assert!(one.title.chars().count() <= LONGEST_TITLE);
            assert!(one.message.chars().count() <= LONGEST_MESSAGE);
            assert!(!one.message.contains('\u{1b}') && !one.message.contains('\u{202e}'));
            let file = one.file.unwrap_or_default();
            assert!(file.len() <= LONGEST_FILE && plain(&file) == file);
        }
    }
}
