//! The baseline of benchmarks: a report of an earlier run, kept in the repository.

use super::{Action, Readings, Tool};
use crate::formats::{Format, PathBase, detect, read_file};
use crate::model::{
    Benchmark, EvidenceData, EvidenceKind, PerformanceBaseline, Reason, ReasonCode, Unavailable,
};
use std::{path::Path, sync::Arc};

/// Lets every benchmark be compared with this file, which is named relative to the workspace.
pub fn with_baseline(tools: &mut [Tool], workspace: &Path, file: &str) {
    let measures = |tool: &&mut Tool| tool.evidence.contains(&EvidenceKind::Performance);
    let mut tools = tools.iter_mut().filter(measures).peekable();
    if tools.peek().is_none() {
        return;
    }
    let baseline = PerformanceBaseline {
        file: file.to_owned(),
        benchmarks: read(workspace, file),
    };
    for tool in tools {
        if let Action::Command(command) = &mut tool.action {
            let (read, baseline) = (Arc::clone(&command.read), baseline.clone());
            command.read = Arc::new(move |printed| {
                let readings = read(printed).into_iter();
                let compared = readings.map(|(kind, reading)| (kind, compare(reading, &baseline)));
                Readings::from_iter(compared)
            });
        }
    }
}

fn compare(
    reading: Result<EvidenceData, Unavailable>,
    baseline: &PerformanceBaseline,
) -> Result<EvidenceData, Unavailable> {
    Ok(match reading? {
        EvidenceData::Performance(mut run) => {
            run.baseline = Some(baseline.clone());
            EvidenceData::Performance(run)
        }
        other => other,
    })
}

fn read(workspace: &Path, file: &str) -> Result<Vec<Benchmark>, Unavailable> {
    let path = workspace.join(file);
    if !path.is_file() {
        let message = format!("the baseline {file} of quality_gates.performance is not there");
        let remedy = "keep a report of the benchmarks there, or correct the path";
        return Err(Unavailable::NoData(
            Reason::new(ReasonCode::BaselineMissing, message).remedy(remedy),
        ));
    }
    let unreadable = |why: String| {
        let message = format!("the baseline {file} of quality_gates.performance cannot be read");
        Unavailable::Errored(Reason::new(
            ReasonCode::ReportUnreadable,
            format!("{message}: {why}"),
        ))
    };
    let bytes = read_file(&path).map_err(|error| unreadable(error.to_string()))?;
    let format = detect(file, &bytes)
        .ok_or_else(|| unreadable("it is in no known format of benchmarks".to_owned()))?;
    match format.read(&bytes, &PathBase::new(workspace)) {
        Ok(EvidenceData::Performance(run)) => Ok(run.benchmarks),
        Ok(_) => Err(unreadable(not_benchmarks(format))),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

fn not_benchmarks(format: Format) -> String {
    format!("it is {}, which has no benchmarks", format.title())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PerformanceRun, Stage};
    use crate::process::CommandLine;
    use crate::toolchains::{CommandTool, Printed};

    /// What a benchmark tool gives when it is compared with `text` in `baseline.json`.
    fn compared(text: Option<&str>) -> PerformanceBaseline {
        let folder = tempfile::tempdir().unwrap();
        if let Some(text) = text {
            std::fs::write(folder.path().join("baseline.json"), text).unwrap();
        }
        let run = PerformanceRun::of_values("b", &[1.0]);
        let mut tools = vec![Tool {
            name: "benchmarks".to_owned(),
            version: None,
            stage: Stage::Refactoring,
            evidence: vec![EvidenceKind::Performance],
            weight: 1,
            limits: None,
            action: Action::Command(CommandTool {
                command: CommandLine::new("true", folder.path()),
                reports: Vec::new(),
                read: Arc::new(move |_| {
                    let run = EvidenceData::Performance(run.clone());
                    vec![(EvidenceKind::Performance, Ok(run))]
                }),
                rerun_failed: None,
            }),
        }];
        with_baseline(&mut tools, folder.path(), "baseline.json");
        let printed = Printed {
            status: 0,
            stdout: None,
            stderr: String::new(),
            tail: String::new(),
            log: None,
        };
        let Action::Command(tool) = &tools[0].action else {
            panic!("no command");
        };
        match (tool.read)(&printed).remove(0).1 {
            Ok(EvidenceData::Performance(run)) => run.baseline.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_report_of_benchmarks_is_a_baseline() {
        let report = include_str!("../../tests/fixtures/formats/hyperfine.json");
        let baseline = compared(Some(report));
        assert_eq!(baseline.file, "baseline.json");
        assert_eq!(baseline.benchmarks.unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_baseline_is_no_evidence() {
        let said = |text| match compared(text).benchmarks {
            Err(unavailable) => unavailable.reason().to_string(),
            Ok(benchmarks) => panic!("{benchmarks:?}"),
        };
        insta::assert_snapshot!(said(None), @"the baseline baseline.json of quality_gates.performance is not there; keep a report of the benchmarks there, or correct the path");
        insta::assert_snapshot!(said(Some("hello")), @"the baseline baseline.json of quality_gates.performance cannot be read: it is in no known format of benchmarks");
        let tests = include_str!("../../tests/fixtures/formats/pytest.xml");
        insta::assert_snapshot!(said(Some(tests)), @"the baseline baseline.json of quality_gates.performance cannot be read: it is JUnit XML, which has no benchmarks");
        insta::assert_snapshot!(said(Some("{\"results\": [{}]}")), @"the baseline baseline.json of quality_gates.performance cannot be read: the hyperfine JSON report cannot be read, line 1 column 15: expected the JSON export of hyperfine: `results` with commands and their times, found missing field `command`");
    }
}
