//! All checks together.

use super::{completeness, consistency, limits};
use crate::model::{
    Finding, Position, RuleSource, Severity, Specification, Target, fingerprint_all,
};
use std::collections::BTreeMap;

/// What a specification is held against.
#[derive(Debug, Clone)]
pub struct SpecPolicy<'a> {
    /// The name of the component that is judged.
    pub component: &'a str,
    /// The least coverage of each level, in percent.
    pub coverage: BTreeMap<Target, (f64, RuleSource)>,
    /// The highest cyclomatic complexity of a function.
    pub complexity: Option<(f64, RuleSource)>,
    /// The least uptime in staging, in percent.
    pub uptime: Option<(f64, RuleSource)>,
    /// The least days in staging.
    pub staging_days: Option<(f64, RuleSource)>,
}

/// Checks a specification for a target. A finding of [`Severity::Error`] blocks at this target;
/// warnings and notes do not. The findings are in the order of the document.
#[must_use]
pub fn check(spec: &Specification, target: Target, policy: &SpecPolicy<'_>) -> Vec<Finding> {
    let mut findings = completeness::check(spec, target, policy);
    findings.extend(consistency::check(spec, target));
    findings.extend(limits::check(spec, target, policy));
    findings.sort_by_key(|finding| (finding.line, finding.column));
    fingerprint_all(&mut findings);
    findings
}

/// A finding at a place of the specification.
pub(super) fn finding(
    spec: &Specification,
    rule: &'static str,
    severity: Severity,
    at: Position,
    message: String,
) -> Finding {
    Finding::new(rule, severity, message).at(spec.file.clone(), at.line, at.column)
}

/// What blocks from staging on and is a warning before.
pub(super) fn from_staging(target: Target) -> Severity {
    if target >= Target::Staging {
        Severity::Error
    } else {
        Severity::Warning
    }
}

/// Words of the document as a message shows them: on one line, without control characters, cut.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let visible: String = text.chars().filter(|c| !c.is_control()).collect();
    let mut shown: String = visible.chars().take(SHOWN).collect();
    if shown.len() < visible.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}
