//! Whether the levels that a component has reached still hold.

use super::known::{Around, facts_of_component, look, unreadable};
use crate::ledger::State;
use crate::model::{Criterion, EnvironmentName, Report, Unavailable, Version};
use crate::promotion::{self, Demotion, Facts, Maintenance, Question};
use crate::spec;
use crate::workflow::excuse::is_passed_over;
use std::collections::BTreeSet;

/// What is asked of a level for it to be kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// What is asked, judged. Empty where the level was not reached.
    pub(super) criteria: Vec<Criterion>,
    /// Why the level has to be taken away now, where it has to.
    pub(super) demotion: Option<Demotion>,
}

/// What has to be known for that: nobody outside is asked.
pub(super) async fn known(around: &Around<'_>) -> Facts {
    facts_of_component(around, &Version::of_commit(""), &[], false).await
}

/// Judges what is asked of the level of an environment for it to be kept. `report` is the component's
/// last one, where there is one.
pub(super) async fn kept(
    around: &Around<'_>,
    facts: &Facts,
    environment: EnvironmentName,
    state: &State,
    report: Option<&Report>,
) -> Kept {
    let active = state.active.as_ref();
    let Some(active) = active.filter(|active| active.is_verified) else {
        return Kept::default();
    };
    let version = &active.version;
    let component = &around.ground.component.name;
    // A rollback or a drill begins another period, and what was seen before it is of this version, too.
    let own = state.periods.iter().filter(|one| one.version == *version);
    let since = own.map(|one| one.from).min().unwrap_or(active.since);
    let samples = around.ledger.samples(component, environment, since).await;
    let looks: Result<Vec<promotion::Sample>, Unavailable> = samples
        .map(|samples| samples.iter().map(look).collect())
        .map_err(|error| unreadable(&error.to_string()));
    let level = environment.target();
    let policy = &around.ground.policy;
    let requirements = policy.levels.get(&level);
    let stated = around
        .specification
        .map(|specification| spec::stricter(specification, level));
    let about = report.filter(|report| {
        report.component_name == *component
            && report.source.commit.as_ref() == Some(&version.commit)
    });
    let unmet = about.map(|report| unmet(report, environment));
    let criteria = promotion::maintenance(&Maintenance {
        environment,
        question: Question {
            component,
            version,
            level,
            policy: &policy.promotion,
            requirements: requirements.map_or(&[], |level| level.additional.as_slice()),
            stated: stated.as_deref().unwrap_or_default(),
            facts,
        },
        state,
        looks: looks.as_deref(),
        unmet: unmet.as_ref(),
    });
    Kept {
        demotion: promotion::demotion(state, &criteria),
        criteria,
    }
}

/// What did not hold by itself when a report was made, up to the level of an environment.
fn unmet(report: &Report, environment: EnvironmentName) -> BTreeSet<String> {
    let stages = report
        .stages()
        .filter(|record| record.stage_name <= environment.stage());
    let mut names = BTreeSet::new();
    for record in stages {
        let gates = record.quality_gates.values();
        let gates = gates.map(crate::workflow::level::of_gate);
        let criteria = gates.chain(record.criteria.iter().cloned());
        let unmet = criteria.filter(|one| one.verdict.stops() || is_passed_over(one));
        names.extend(unmet.map(|one| one.name));
    }
    names
}
