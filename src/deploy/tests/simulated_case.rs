//! A simulated world with its ledger, in which orders are carried out one after the other.

use super::{
    support::{Memory, order, version},
    world::{Change, Fault, Trouble, World},
};
use crate::deploy::{Log as _, RollbackRequest, engine::Engine};
use crate::ledger::Event;
use crate::model::{Deployment, Phase, Version};

pub(super) struct Case {
    pub(super) world: World,
    pub(super) log: Memory,
}

impl Case {
    pub(super) fn new(planned: &[Phase], current: Option<bool>) -> Self {
        Self {
            world: World::new(planned, current),
            log: Memory::default(),
        }
    }

    pub(super) async fn deploy(&mut self, letter: char, faults: &[Fault]) -> Option<Deployment> {
        let world = self.world.next_run(faults);
        let order = order(version(letter));
        world
            .carry_out(&order, &mut self.log, |engine: Engine<'_>| {
                Box::pin(engine.deploy())
            })
            .await
    }

    /// Deploys again after a run was killed, and this becomes of the hooks behind.
    pub(super) async fn deploy_again(
        &mut self,
        letter: char,
        behind: Option<Trouble>,
    ) -> Deployment {
        let world = self.world.next_run(&[]);
        world.trouble(behind);
        let order = order(version(letter));
        world
            .carry_out(&order, &mut self.log, |engine: Engine<'_>| {
                Box::pin(engine.deploy())
            })
            .await
            .unwrap()
    }

    pub(super) async fn drill(&mut self, faults: &[Fault]) -> Option<Deployment> {
        let world = self.world.next_run(faults);
        let order = order(version('z'));
        world
            .carry_out(&order, &mut self.log, |engine: Engine<'_>| {
                Box::pin(engine.drill())
            })
            .await
    }

    pub(super) async fn roll_back(&mut self, to: Option<char>) -> Deployment {
        self.roll_back_with(to, &[]).await.unwrap()
    }

    pub(super) async fn roll_back_with(
        &mut self,
        to: Option<char>,
        faults: &[Fault],
    ) -> Option<Deployment> {
        let world = self.world.next_run(faults);
        let order = order(version('z'));
        let request = RollbackRequest {
            to: to.map(version),
            reason: "customers complain".to_owned(),
        };
        world
            .carry_out(&order, &mut self.log, |engine: Engine<'_>| {
                Box::pin(async move { engine.roll_back(&request).await })
            })
            .await
    }

    /// One with `a` and `b` verified, and `b` active.
    pub(super) async fn two_versions(current: Option<bool>) -> Self {
        let mut case = Self::new(&[], current);
        case.deploy('a', &[]).await;
        case.deploy('b', &[]).await;
        case
    }

    /// A person keeps a version out.
    pub(super) fn hold(&self, letter: char) {
        self.log.push(Event::Held {
            version: version(letter),
            reason: "a person says so".to_owned(),
        });
    }

    /// Which versions were brought by which command, in order.
    pub(super) fn changes(&self) -> Vec<String> {
        let inner = self.world.lock();
        let shown = |change: &Change| format!("{} {}", change.phase, &change.version.commit[..1]);
        inner.changes.iter().map(shown).collect()
    }

    pub(super) fn active(&self) -> Option<Version> {
        self.log.state().active.map(|active| active.version)
    }
}
