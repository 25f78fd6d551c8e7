//! What a specification lacks for a target.

use super::{
    judge::{SpecPolicy, finding, quoted},
    rules,
};
use crate::{
    model::{Finding, Position, RequirementKind, Severity, Specification, Target},
    spec::{
        COMPONENT_KEYS, TARGET_KEYS, metadata,
        topic::{Topic, is_nothing},
    },
};
use std::path::Path;

pub(super) fn check(spec: &Specification, target: Target, policy: &SpecPolicy<'_>) -> Vec<Finding> {
    let mut checker = Checker {
        spec,
        findings: Vec::new(),
    };
    checker.identity(policy.component);
    checker.development();
    if target >= Target::Staging {
        checker.staging();
    }
    if target >= Target::Production {
        checker.production();
    }
    checker.findings
}

struct Checker<'s> {
    spec: &'s Specification,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn report(&mut self, rule: &'static str, severity: Severity, at: Position, message: String) {
        self.findings
            .push(finding(self.spec, rule, severity, at, message));
    }

    /// Reports something that is nowhere, at the beginning of the document.
    fn require(&mut self, is_there: bool, rule: &'static str, message: &str) {
        if !is_there {
            self.report(rule, Severity::Error, TOP, message.to_owned());
        }
    }

    /// Whether a section about the topic holds anything.
    fn has_section(&self, topic: Topic) -> bool {
        let mut sections = self.spec.sections.iter();
        sections.any(|section| section.has_content && Topic::of(&section.title) == Some(topic))
    }

    fn identity(&mut self, component: &str) {
        let spec = self.spec;
        let named = metadata::value(&spec.metadata, COMPONENT_KEYS);
        // A placeholder is reported as one.
        match named.filter(|entry| !entry.value.starts_with('[')) {
            Some(entry) if !is_same_name(&entry.value, component) => {
                let message = format!(
                    "the specification is about {}, but component {} is judged; name the right file, or correct the metadata",
                    quoted(&entry.value),
                    quoted(component)
                );
                self.report(
                    rules::COMPONENT_MISMATCH,
                    Severity::Error,
                    entry.at,
                    message,
                );
            }
            Some(_) => {}
            None => {
                // The name of the file says enough, so that it need not block.
                let stem = Path::new(&spec.file).file_stem();
                let stem = stem.and_then(|stem| stem.to_str()).unwrap_or_default();
                let severity = if is_same_name(stem, component) {
                    Severity::Warning
                } else {
                    Severity::Error
                };
                let message = format!(
                    "no component is named; add `**Component Name:** {component}` below the title"
                );
                self.report(rules::MISSING_COMPONENT, severity, TOP, message);
            }
        }
        // A placeholder is reported as one.
        if let Some(entry) = metadata::value(&spec.metadata, TARGET_KEYS)
            && !entry.value.starts_with('[')
            && let Err(problem) = entry.value.parse::<Target>()
        {
            let message = format!("target stage: {problem}");
            self.report(rules::INVALID_TARGET, Severity::Error, entry.at, message);
        }
    }

    fn development(&mut self) {
        let spec = self.spec;
        self.require(
            spec.title.is_some(),
            rules::MISSING_TITLE,
            "there is no title; begin with `# Name of the Component`",
        );
        let has_summary = metadata::value(&spec.metadata, SUMMARY_KEYS).is_some();
        let has_overview = self.has_section(Topic::Overview) || self.has_section(Topic::Scenarios);
        self.require(
            has_summary || has_overview,
            rules::MISSING_OVERVIEW,
            "there is no overview; say what the component is for in a section `## Overview`",
        );
        self.require(
            self.has_requirement(RequirementKind::Functional),
            rules::MISSING_FUNCTIONAL,
            "there is no functional requirement; list them in a section `## Functional Requirements`, as `1. **Title**` with bullets or `- **FR-1**: text`",
        );
    }

    fn staging(&mut self) {
        let spec = self.spec;
        self.require(
            self.has_requirement(RequirementKind::NonFunctional),
            rules::MISSING_NON_FUNCTIONAL,
            "there is no non-functional requirement; list them in a section `## Non-Functional Requirements`",
        );
        let own = spec.requirements.iter().flat_map(|one| &one.criteria);
        let mut criteria = spec.acceptance_criteria.iter().chain(own);
        self.require(
            criteria.any(|criterion| !is_nothing(&criterion.text)),
            rules::MISSING_ACCEPTANCE,
            "there are no acceptance criteria; list them in a section `## Acceptance Criteria`",
        );
        self.require(
            !spec
                .testing_requirements
                .iter()
                .all(|text| is_nothing(text)),
            rules::MISSING_TESTING,
            "there are no testing requirements; list them in a section `## Testing Requirements`",
        );
        self.require(
            !spec.api.is_empty() || self.has_section(Topic::Api),
            rules::MISSING_API,
            "there is no API; show it in a section `## API` as code, or say there why there is none",
        );
    }

    fn production(&mut self) {
        let spec = self.spec;
        self.require(
            !spec.dependencies.is_empty() || self.has_section(Topic::Dependencies),
            rules::MISSING_DEPENDENCIES,
            "there is no section on dependencies; list them in `## Dependencies`, or write `- None` there",
        );
        let mut targets = spec.maturity_targets.iter();
        self.require(
            targets.any(|target| target.level == Target::Production && !target.items.is_empty()),
            rules::MISSING_MATURITY,
            "nothing is asked of production; list it in `### Production` below `## Maturity Targets`",
        );
        if spec.usage_example.is_none() {
            let message = "there is no example of usage; show one as code in `## Example Usage`";
            self.report(
                rules::MISSING_USAGE,
                Severity::Warning,
                TOP,
                message.to_owned(),
            );
        }
    }

    fn has_requirement(&self, kind: RequirementKind) -> bool {
        let mut requirements = self.spec.requirements.iter();
        requirements.any(|requirement| {
            requirement.kind == kind
                && !(is_nothing(&requirement.title) && requirement.details.is_empty())
        })
    }
}

/// The metadata that says what the component is for.
const SUMMARY_KEYS: &[&str] = &["overview", "summary", "purpose", "description", "input"];

const TOP: Position = Position { line: 1, column: 1 };

/// Whether two names are the same but for case and separators: `Example Component` and
/// `example_component`.
fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '.'));
        letters.flat_map(char::to_lowercase).collect()
    };
    plain(one) == plain(other)
}
