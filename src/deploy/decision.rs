//! What follows from the ledger and an order. Pure.

use super::log::{Step, Trace};
use crate::ledger::{Hold, Open, Record, State};
use crate::model::{Operation, Version};

/// What an order to deploy comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// The version is held: nothing is touched.
    Refuse(Hold),
    /// The version is active and verified: its health is looked at once more.
    LookAgain,
    /// It is deployed, with every check.
    Begin {
        /// The version to go back to.
        previous: Option<Version>,
    },
    /// An interrupted deployment of the same version is gone on with.
    GoOn(Open, Point),
    /// An interrupted operation is brought to its end first, then it is decided again.
    Settle(Open, Point),
    /// An interrupted operation is closed first, then it is decided again.
    Close(Open, Closing),
}

/// Where an interrupted operation is gone on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// Whether its deploy command did its work is not known.
    Deploy,
    /// Its deploy command did its work, the checks behind it are not done.
    Checks,
    /// The version failed: it is taken back. Also a rollback by hand.
    Rollback,
    /// A drill: the version that it was about is brought back.
    Return,
}

/// What is written down when an interrupted operation is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closing {
    /// The version that is active, as far as it is known.
    pub(super) active: Option<Version>,
    /// Why its version is held from now on, where one of its checks had failed.
    pub(super) hold: Option<String>,
}

/// What an order to deploy a version comes to.
///
/// What an interrupted run left comes first. Where the same version is wanted again, it is gone on
/// with; where another one is, it is closed, and the other one is deployed; where the version that
/// is wanted is held, so that nothing else will be deployed, a rollback that was not finished is.
/// What would bring a version that somebody holds by now is not gone on with.
pub(super) fn decide(
    state: &State,
    records: &[Record],
    version: &Version,
    rolls_back: bool,
) -> Decision {
    let hold = state.hold_of(version);
    let Some(open) = &state.open else {
        return match hold {
            Some(hold) => Decision::Refuse(hold.clone()),
            None if is_verified(state, version) => Decision::LookAgain,
            None => Decision::Begin {
                previous: state.version_before(version).cloned(),
            },
        };
    };
    let trace = Trace::of(records, &open.deployment);
    let is_wanted = open.version == *version;
    let Some(point) = unfinished(state, open, &trace, rolls_back) else {
        return Decision::Close(open.clone(), closing(state, open, &trace, rolls_back));
    };
    let is_deployment = open.operation == Operation::Deploy;
    // A rollback by hand and a drill bring the version that they are about; a deployment that is
    // taken back brings one that nobody holds.
    let brings_held = !is_deployment && state.hold_of(&open.version).is_some();
    match point {
        _ if brings_held => Decision::Close(open.clone(), closing(state, open, &trace, rolls_back)),
        Point::Deploy | Point::Checks if is_wanted => Decision::GoOn(open.clone(), point),
        Point::Rollback if is_wanted && is_deployment => Decision::GoOn(open.clone(), point),
        Point::Rollback if is_wanted => Decision::Settle(open.clone(), point),
        Point::Rollback | Point::Return if hold.is_some() => Decision::Settle(open.clone(), point),
        _ => Decision::Close(open.clone(), closing(state, open, &trace, rolls_back)),
    }
}

/// Where an interrupted operation has to be gone on with; `None` where it touched nothing, or where
/// nothing more can be said about it.
pub(super) fn unfinished(
    state: &State,
    open: &Open,
    trace: &Trace,
    rolls_back: bool,
) -> Option<Point> {
    let is_touched = trace.deploy != Step::NotBegun || trace.rollback != Step::NotBegun;
    match open.operation {
        _ if !is_touched => None,
        Operation::Drill => Some(Point::Return),
        Operation::Rollback => Some(Point::Rollback),
        Operation::Deploy => {
            let is_bad = trace.failure.is_some() || state.hold_of(&open.version).is_some();
            match (trace.deploy, trace.rollback) {
                (_, Step::Begun | Step::Passed | Step::Failed | Step::NotDone) => {
                    Some(Point::Rollback)
                }
                (Step::NotBegun | Step::NotDone, Step::NotBegun) => None,
                _ if is_bad => rolls_back.then_some(Point::Rollback),
                (Step::Passed, Step::NotBegun) => Some(Point::Checks),
                (Step::Begun | Step::Failed, Step::NotBegun) => Some(Point::Deploy),
            }
        }
    }
}

/// What is written down when an interrupted operation is not gone on with.
pub(super) fn closing(state: &State, open: &Open, trace: &Trace, rolls_back: bool) -> Closing {
    let active = match (open.operation, trace.deploy, trace.rollback) {
        _ if !trace.is_touched() => trace.active_before.clone(),
        (Operation::Deploy, Step::Passed, Step::NotBegun) => Some(open.version.clone()),
        (Operation::Rollback, _, Step::Passed) => Some(open.version.clone()),
        _ => None,
    };
    let is_held = state.hold_of(&open.version).is_some();
    let holds = rolls_back && open.operation == Operation::Deploy && !is_held;
    Closing {
        active,
        hold: trace.failure.clone().filter(|_| holds),
    }
}

/// Whether a version is active and was shown to be healthy.
fn is_verified(state: &State, version: &Version) -> bool {
    let active = state.active.as_ref();
    active.is_some_and(|active| active.is_verified && active.version == *version)
}
