//! How bad a result is: its security severity where it has one, else its level.

use super::document::{Descriptor, Properties, RunResult};
use crate::model::Severity;
use serde_json::Value;

/// The severity, or the level that the specification does not know.
pub(super) fn of<'a>(
    result: &'a RunResult<'_>,
    rule: Option<&'a Descriptor<'_>>,
) -> Result<Severity, &'a str> {
    let score =
        |properties: &Option<Properties>| score(properties.as_ref()?.security_severity.as_ref()?);
    let scored = score(&result.properties).or_else(|| score(&rule?.properties));
    let level = level(result, rule);
    let by_level = match level {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        "note" | "none" => Severity::Note,
        other => return Err(other),
    };
    Ok(scored.unwrap_or(by_level))
}

/// GitHub's scale: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low, where
/// 9.0 itself counts as critical as in CVSS. Other values are no score.
/// <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning#reportingdescriptor-object>
fn score(value: &Value) -> Option<Severity> {
    let score = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    match score {
        9.0..=10.0 => Some(Severity::Critical),
        7.0..9.0 => Some(Severity::High),
        4.0..7.0 => Some(Severity::Medium),
        score if score > 0.0 && score < 4.0 => Some(Severity::Low),
        _ => None,
    }
}

/// §3.27.10: the result's own level; `none` for results that are no failures; the rule's default;
/// `warning`. A result that waits for a person (`open`, `review`) is shown as a warning, since
/// nobody has said that it is fine.
fn level<'a>(result: &'a RunResult<'_>, rule: Option<&'a Descriptor<'_>>) -> &'a str {
    match (result.level.as_deref(), result.kind.as_deref()) {
        (None | Some("none"), Some("open" | "review")) => "warning",
        (Some(level), _) => level,
        (None, Some(kind)) if kind != "fail" => "none",
        (None, _) => rule
            .and_then(|rule| rule.default_configuration.as_ref()?.level.as_deref())
            .unwrap_or("warning"),
    }
}
