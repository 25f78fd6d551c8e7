//! What is known about components besides their last run.

use super::hostile::{attack, criterion};
use super::{blocked_by_soak, deployed};
use crate::model::{
    ActiveStatus, ComponentStatus, Criterion, Demotion, DeploymentOutcome, EnvironmentName,
    EnvironmentStatus, ExemptionStatus, HoldStatus, MaintenanceStatus, NextLevel, OpenStatus,
    Operation, Phase, Promotion, Report, RollbackPlan, Stage, Target, Version,
};

const NEW: &str = "4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790";
const OLD: &str = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";
const BAD: &str = "deadbeef5e6f708192a3b4c5d6e7f8091a2b3c4d";
const NOW: &str = "2025-10-20T09:14:07Z";

/// A component that is in staging and on its way to production.
pub(crate) fn soaking() -> ComponentStatus {
    let criteria = criteria_of(&blocked_by_soak());
    ComponentStatus {
        component: "parcel_pricing".parse().unwrap(),
        as_of: NOW.to_owned(),
        maturity: Some(Target::Staging),
        demotion: None,
        maintenance: Vec::new(),
        environments: vec![
            EnvironmentStatus {
                open: None,
                ..environment(EnvironmentName::Staging, NEW, "2025-10-15T14:00:00Z", OLD)
            },
            environment(EnvironmentName::Production, OLD, "2025-09-01T08:30:00Z", ""),
        ],
        next: Some(NextLevel::new(Target::Production, criteria)),
        holds: vec![HoldStatus {
            environment: EnvironmentName::Staging,
            version: Version::of_commit(BAD),
            reason: "the smoke test failed: exit status 1".to_owned(),
            since: "2025-10-12T07:00:00Z".to_owned(),
            by: "ada".to_owned(),
        }],
        exemptions: vec![exemption("type_checking", "2025-12-31", false)],
        history: vec![
            promotion(
                "2025-10-15T14:00:00Z",
                EnvironmentName::Staging,
                NEW,
                DeploymentOutcome::Healthy,
            ),
            promotion(
                "2025-10-12T07:00:00Z",
                EnvironmentName::Staging,
                BAD,
                DeploymentOutcome::RolledBack,
            ),
            Promotion {
                is_hotfix: true,
                ..promotion(
                    "2025-09-01T08:30:00Z",
                    EnvironmentName::Production,
                    OLD,
                    DeploymentOutcome::Healthy,
                )
            },
        ],
    }
}

/// A component that lost its level, whose deployment was interrupted, and of which one environment
/// cannot be read.
pub(crate) fn demoted() -> ComponentStatus {
    let mut status = soaking();
    status.component = "checkout".parse().unwrap();
    status.maturity = Some(Target::Dev);
    status.demotion = Some(Demotion {
        since: "2025-10-19T22:00:00Z".to_owned(),
        reason: "test_coverage fell to 61.23 %, needs ≥ 70 %".to_owned(),
        remedy: None,
    });
    let staging = &mut status.environments[0];
    staging.active = None;
    staging.is_unknown = true;
    staging.open = Some(OpenStatus {
        deployment: "0199a3f2-7000-7d3a-9b57-2f4c8e1a6d90".to_owned(),
        operation: Operation::Deploy,
        version: Version::of_commit(NEW),
        phase: Some(Phase::Deploy),
        lease_until: "2025-10-20T08:00:00Z".to_owned(),
        is_abandoned: true,
        by: "grace".to_owned(),
        url: Some("https://github.com/octo-org/parcels/actions/runs/1".to_owned()),
    });
    let production = &mut status.environments[1];
    production.active = None;
    production.problem = Some("reading the ledger: line 4 is no JSON".to_owned());
    production.rollback = RollbackPlan::default();
    status.next = Some(NextLevel::new(Target::Staging, criteria_of(&deployed())));
    status.exemptions = vec![exemption("documentation", "2025-10-01", true)];
    status.holds.clear();
    status.history.clear();
    status
}

/// A status in which every text is an attack.
pub(crate) fn hostile_status() -> ComponentStatus {
    let version = |index| Version {
        commit: attack(index),
        digest: Some(attack(index + 1)),
    };
    let mut status = demoted();
    status.as_of = attack(0);
    status.holds = soaking().holds;
    status.history = soaking().history;
    status.demotion = Some(Demotion {
        since: attack(1),
        reason: attack(2),
        remedy: Some(attack(3)),
    });
    status.maintenance = vec![MaintenanceStatus {
        environment: EnvironmentName::Staging,
        criteria: (0..6).map(criterion).collect(),
    }];
    for (index, environment) in status.environments.iter_mut().enumerate() {
        environment.url = Some(attack(4));
        environment.problem = Some(attack(index));
        environment.active = Some(ActiveStatus {
            version: version(index),
            since: attack(index),
            is_verified: false,
            hotfix: Some(attack(index)),
        });
        environment.rollback = RollbackPlan {
            version: Some(version(index)),
            command: Some(attack(index)),
            is_automatic: true,
            shown_at: Some(attack(index)),
            was_drill: true,
        };
        if let Some(open) = &mut environment.open {
            open.by = attack(0);
            open.url = Some(attack(4));
            open.lease_until = attack(3);
            open.version = version(2);
        }
    }
    status.next = Some(NextLevel::new(
        Target::Staging,
        (0..6).map(criterion).collect(),
    ));
    for hold in &mut status.holds {
        (hold.version, hold.reason, hold.since, hold.by) =
            (version(0), attack(1), attack(2), attack(3));
    }
    for exemption in &mut status.exemptions {
        exemption.criterion = attack(0);
        exemption.reason = attack(1);
        exemption.owner = attack(2);
        exemption.expires = attack(3);
        exemption.rule = attack(0);
    }
    for promotion in &mut status.history {
        (promotion.at, promotion.version, promotion.by) = (attack(3), version(2), attack(0));
    }
    status
}

fn criteria_of(report: &Report) -> Vec<Criterion> {
    let production = report
        .stages()
        .filter(|stage| stage.stage_name == Stage::ProductionDeployment);
    production
        .flat_map(|stage| stage.criteria.clone())
        .collect()
}

/// An environment with an active version; `before` is what it would be taken back to.
fn environment(
    name: EnvironmentName,
    active: &str,
    since: &str,
    before: &str,
) -> EnvironmentStatus {
    let has_before = !before.is_empty();
    EnvironmentStatus {
        name,
        url: Some("http://127.0.0.1:8101".to_owned()),
        active: Some(ActiveStatus {
            version: Version::of_commit(active),
            since: since.to_owned(),
            is_verified: true,
            hotfix: None,
        }),
        is_unknown: false,
        open: None,
        rollback: RollbackPlan {
            version: has_before.then(|| Version::of_commit(before)),
            command: Some("python3 deploy/serve.py start".to_owned()),
            is_automatic: true,
            shown_at: has_before.then(|| "2025-10-06T08:00:00Z".to_owned()),
            was_drill: has_before,
        },
        problem: None,
    }
}

fn exemption(criterion: &str, expires: &str, is_expired: bool) -> ExemptionStatus {
    ExemptionStatus {
        criterion: criterion.to_owned(),
        reason: "the generated client has no types".to_owned(),
        owner: "ada".to_owned(),
        expires: expires.to_owned(),
        is_expired,
        rule: "workflow_config.yaml:201".to_owned(),
    }
}

fn promotion(
    at: &str,
    environment: EnvironmentName,
    commit: &str,
    outcome: DeploymentOutcome,
) -> Promotion {
    Promotion {
        at: at.to_owned(),
        environment,
        operation: Operation::Deploy,
        version: Version::of_commit(commit),
        outcome,
        is_hotfix: false,
        by: "ada".to_owned(),
    }
}
