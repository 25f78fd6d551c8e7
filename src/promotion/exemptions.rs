//! What need not hold for a while, and what a hotfix skips. Pure.

use super::criteria::{DAYS, PERCENTAGE, ROLLBACK};
use crate::config::Exemption;
use crate::model::{ComponentName, Criterion, GateRecord, Reason, ReasonCode, Verdict};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// What exemptions did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excused {
    /// What was excused, in sentences without their full stops.
    pub used: Vec<String>,
    /// What blocks although an exemption is there, and why.
    pub refused: Vec<String>,
}

/// Excuses what blocks and has an exemption that is not over. What is excused is `skipped`, and says
/// by whom, until when and why. An exemption that is over changes nothing but the remedy.
///
/// `gates` are the records of the same gates, where there are any: they are excused with their
/// criteria. In a hotfix a rollback that was never shown to work is not excused, because a hotfix
/// may have to be taken back at once.
pub fn excuse(
    criteria: &mut [Criterion],
    gates: &mut [&mut GateRecord],
    exemptions: &[Exemption],
    component: &ComponentName,
    is_hotfix: bool,
    now: Timestamp,
) -> Excused {
    let today = now.to_zoned(TimeZone::UTC).date();
    let mut excused = Excused::default();
    for criterion in criteria.iter_mut().filter(|criterion| criterion.blocks()) {
        let name = criterion.name.clone();
        let Some(exemption) = latest(exemptions, component, &name) else {
            continue;
        };
        let refusal = refusal(exemption, is_hotfix, today);
        if let Some(refusal) = refusal {
            let remedy = criterion.remedy.take();
            criterion.remedy = Some(match remedy {
                Some(remedy) => format!("{refusal}; {remedy}"),
                None => refusal.clone(),
            });
            excused.refused.push(format!("{name}: {refusal}"));
            continue;
        }
        let text = described(exemption);
        let verdict = Verdict::Skipped(Reason::new(
            ReasonCode::Exempted,
            format!("{text} (it would be {})", criterion.verdict),
        ));
        for gate in gates.iter_mut().filter(|gate| gate.gate_name == name) {
            if !gate.warnings.contains(&text) {
                gate.warnings.push(text.clone());
            }
            gate.verdict = verdict.clone();
        }
        criterion.verdict = verdict;
        criterion.exemption = Some(text.clone());
        excused.used.push(text);
    }
    excused
}

/// Skips the days in staging and their uptime. Nothing else.
pub fn for_hotfix(criteria: &mut [Criterion], reason: &str) {
    for criterion in criteria {
        if matches!(criterion.name.as_str(), DAYS | PERCENTAGE) && criterion.verdict.stops() {
            criterion.verdict = Verdict::Skipped(Reason::new(
                ReasonCode::Hotfix,
                format!(
                    "skipped by a hotfix: {reason} (it would be {})",
                    criterion.verdict
                ),
            ));
        }
    }
}

/// Of several exemptions of one criterion the one that holds longest.
fn latest<'a>(
    exemptions: &'a [Exemption],
    component: &ComponentName,
    criterion: &str,
) -> Option<&'a Exemption> {
    exemptions
        .iter()
        .filter(|one| one.component == *component && one.criterion == criterion)
        .max_by_key(|one| one.expires)
}

/// Why an exemption does not count, where it does not.
fn refusal(exemption: &Exemption, is_hotfix: bool, today: Date) -> Option<String> {
    let name = exemption.criterion.as_str();
    if is_hotfix && name == ROLLBACK {
        Some(format!(
            "{name} is not excused in a hotfix, which may have to be taken back at once ({})",
            exemption.rule
        ))
    } else if today > exemption.expires {
        Some(format!(
            "the exemption of {} expired on {} ({}): {}",
            exemption.owner, exemption.expires, exemption.rule, exemption.reason
        ))
    } else {
        None
    }
}

fn described(exemption: &Exemption) -> String {
    format!(
        "{} excused until {} by {}: {}",
        exemption.criterion, exemption.expires, exemption.owner, exemption.reason
    )
}
