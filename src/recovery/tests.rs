//! The circuit breaker against a model of it.

use super::*;
use proptest::prelude::*;
use std::time::Duration;
use tokio::time::advance;

#[derive(Debug, Clone)]
enum Step {
    Acquire,
    Succeed(usize),
    Fail(usize),
    Drop(usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Acquire),
        1 => any::<usize>().prop_map(Step::Succeed),
        4 => any::<usize>().prop_map(Step::Fail),
        1 => any::<usize>().prop_map(Step::Drop),
        1 => (0_u64..90).prop_map(Step::Wait),
    ]
}

/// What the documentation says, in the plainest form: the time in seconds, and every permit
/// with the phase it is from.
#[derive(Default)]
struct Model {
    now: u64,
    failures: u32,
    opened_at: Option<u64>,
    is_half_open: bool,
    phase: u32,
    held: Vec<u32>,
}

impl Model {
    fn may_try(&mut self, policy: &BreakerPolicy) -> bool {
        if let Some(at) = self.opened_at {
            if self.now - at < policy.recovery_timeout.as_secs() {
                return false;
            }
            self.opened_at = None;
            self.is_half_open = true;
            self.phase += 1;
        }
        let trials = self
            .held
            .iter()
            .filter(|&&phase| phase == self.phase)
            .count();
        !self.is_half_open || trials < policy.half_open_max_calls as usize
    }

    fn settle(&mut self, phase: u32, is_success: bool, policy: &BreakerPolicy) {
        if phase != self.phase {
            return;
        }
        self.failures = if is_success { 0 } else { self.failures + 1 };
        if is_success {
            self.phase += u32::from(self.is_half_open);
            self.is_half_open = false;
        } else if self.is_half_open || self.failures >= policy.failure_threshold {
            self.opened_at = Some(self.now);
            self.is_half_open = false;
            self.phase += 1;
        }
    }
}

proptest! {
    #[test]
    fn it_does_what_the_model_does(
        steps in prop::collection::vec(step(), 0..120),
        half_open_max_calls in 1_u32..4,
    ) {
        let policy = BreakerPolicy {
            failure_threshold: 3,
            recovery_timeout: Duration::from_secs(60),
            half_open_max_calls,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let breakers = CircuitBreakers::new(policy.clone());
            let mut model = Model::default();
            let mut permits: Vec<Permit> = Vec::new();
            for step in steps {
                let held = permits.len();
                match step {
                    Step::Acquire => {
                        let expected = model.may_try(&policy);
                        let permit = breakers.try_acquire("x");
                        prop_assert_eq!(permit.is_ok(), expected);
                        if let Ok(permit) = permit {
                            permits.push(permit);
                            model.held.push(model.phase);
                        }
                    }
                    Step::Wait(seconds) => {
                        advance(Duration::from_secs(seconds)).await;
                        model.now += seconds;
                    }
                    Step::Succeed(_) | Step::Fail(_) | Step::Drop(_) if held == 0 => {}
                    Step::Succeed(index) => {
                        permits.swap_remove(index % held).succeeded();
                        let phase = model.held.swap_remove(index % held);
                        model.settle(phase, true, &policy);
                    }
                    Step::Fail(index) => {
                        permits.swap_remove(index % held).failed();
                        let phase = model.held.swap_remove(index % held);
                        model.settle(phase, false, &policy);
                    }
                    Step::Drop(index) => {
                        drop(permits.swap_remove(index % held));
                        model.held.swap_remove(index % held);
                    }
                }
            }
            Ok(())
        })?;
    }
}
