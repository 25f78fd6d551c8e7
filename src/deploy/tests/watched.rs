//! Bake time and analysis, which end together, and the leases of what takes longer.

use super::{simulated_case::Case, world::Fault};
use crate::deploy::{Log as _, LogError};
use crate::ledger::Event;
use crate::model::{DeploymentOutcome as Outcome, Phase};

#[tokio::test]
async fn a_ledger_that_cannot_be_written_does_not_hide_that_the_analysis_failed() {
    let mut case = Case::new(&[Phase::BakeTime, Phase::Analysis], None);
    case.deploy('a', &[]).await;
    // Two phases, the lease, and the beginnings of these two are still written.
    let from = case.log.records().len() + 8;
    let full = LogError::Failed("the disk is full".to_owned());
    *case.log.fault.lock().unwrap() = Some((from, full));
    let faults = [Fault::Pass, Fault::Pass, Fault::Pass, Fault::Fail(true)];
    let bad = case.deploy('b', &faults).await.unwrap();
    assert_eq!(
        (bad.outcome, bad.verdict.as_str()),
        (Outcome::RolledBack, "failed"),
        "{bad:?}"
    );
    assert!(
        bad.message.starts_with("analysis failed: it is broken"),
        "{}",
        bad.message
    );
    assert_eq!(case.changes(), ["deploy a", "deploy b", "rollback a"]);
    let phases = bad.phases.iter().map(|phase| phase.phase);
    let phases: Vec<_> = phases.skip(2).take(2).collect();
    assert_eq!(phases, [Phase::BakeTime, Phase::Analysis]);
}

#[tokio::test]
async fn only_what_is_watched_needs_more_time() {
    for (planned, begun) in [
        (&[][..], 1),
        (&[Phase::Analysis], 2),
        (&[Phase::BakeTime], 2),
    ] {
        let mut case = Case::new(planned, None);
        let done = case.deploy('a', &[]).await.unwrap();
        assert_eq!(done.outcome, Outcome::Healthy);
        let records = case.log.records().into_iter();
        let started = records.filter(|record| matches!(record.event, Event::Started { .. }));
        assert_eq!(started.count(), begun, "{planned:?}");
    }
}

#[tokio::test]
async fn a_drill_has_a_lease_for_each_way() {
    let mut case = Case::new(&[], None);
    case.deploy('a', &[]).await;
    case.deploy('b', &[]).await;
    let before = case.log.records().len();
    case.drill(&[]).await;
    let records = case.log.records().split_off(before).into_iter();
    let told: Vec<String> = records
        .map(|record| match record.event {
            Event::Started { lease_until, .. } => {
                let lease = lease_until.duration_since(jiff::Timestamp::now());
                // Two minutes for the way, and two that every lease has besides.
                format!("lease {}", (lease.as_secs() + 30) / 60)
            }
            Event::PhaseStarted { phase, .. } => phase.to_string(),
            Event::PhaseEnded { .. } => "ended".to_owned(),
            event => format!("{event:?}").chars().take(5).collect(),
        })
        .collect();
    insta::assert_snapshot!(told.join(", "), @"lease 4, lease 4, rollback, ended, health_check, ended, lease 4, deploy, ended, health_check, ended, Ended");
}
