//! What needs no tool: functions and docstrings, README and example, instruction files.

use super::super::{Action, Preparation, Readings, Tool};
use crate::model::{EvidenceData, EvidenceKind, Reason, ReasonCode, Stage, Unavailable};
use crate::source_code;
use std::sync::Arc;

/// The analyses that are needed, each as a tool that runs inside this process.
pub(super) fn tools(preparation: &Preparation) -> Vec<Tool> {
    let workspace = preparation.workspace.clone();
    let component = Arc::clone(&preparation.component);
    let specification = preparation.specification.clone();
    let source = {
        let (workspace, component) = (workspace.clone(), Arc::clone(&component));
        let tracked = preparation.tracked_but_ignored.clone();
        move || -> Readings {
            let facts = source_code::python::facts(&workspace, &component.path, &tracked);
            vec![(
                EvidenceKind::Source,
                facts.map(EvidenceData::Source).map_err(|error| {
                    Unavailable::Errored(Reason::new(
                        ReasonCode::ReportUnreadable,
                        error.to_string(),
                    ))
                }),
            )]
        }
    };
    let documents = {
        let (workspace, component) = (workspace.clone(), Arc::clone(&component));
        move || -> Readings {
            let facts = source_code::documents(&workspace, &component, specification.as_deref());
            vec![(EvidenceKind::Documents, Ok(EvidenceData::Documents(facts)))]
        }
    };
    let instructions = move || -> Readings {
        let facts = source_code::instructions(&workspace);
        vec![(
            EvidenceKind::Instructions,
            Ok(EvidenceData::Instructions(facts)),
        )]
    };
    let inside = |name: &str, kind, run: Arc<dyn Fn() -> Readings + Send + Sync>| Tool {
        name: name.to_owned(),
        version: None,
        stage: Stage::Refactoring,
        evidence: vec![kind],
        weight: 1,
        limits: None,
        action: Action::Inside(run),
    };
    [
        inside("source analysis", EvidenceKind::Source, Arc::new(source)),
        inside(
            "document search",
            EvidenceKind::Documents,
            Arc::new(documents),
        ),
        inside(
            "instruction check",
            EvidenceKind::Instructions,
            Arc::new(instructions),
        ),
    ]
    .into_iter()
    .filter(|tool| {
        tool.evidence
            .iter()
            .any(|kind| preparation.needed.contains(kind))
    })
    .collect()
}
