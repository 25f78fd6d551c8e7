//! What is done in the world. The engine knows only the trait.

use super::{
    Means, Order,
    commands::Job,
    health::{Look, Probe},
    hooks,
    phases::{analysis, bake, command, health_check, smoke, suite},
    place::{About, Place},
};
use crate::config::{EnvironmentPolicy, HookMoment};
use crate::model::{Attempt, Measurement, Phase, SuiteCoverage, SuiteResult, Verdict, Version};
use std::{collections::BTreeMap, future::Future, pin::Pin, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a hook may take, also when the time of the deployment is over: it may be what tells
/// somebody.
const HOOK: Duration = Duration::from_secs(60);
/// How long the command may take that prints which version is active.
const CURRENT: Duration = Duration::from_secs(60);

/// One phase to go through.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// Which one.
    pub(super) phase: Phase,
    /// Whether it belongs to taking a version back.
    pub(super) is_rollback: bool,
    /// The version that it makes active, or looks at.
    pub(super) version: Version,
    /// The version before it.
    pub(super) previous: Option<Version>,
    /// By what commands can tell a repetition.
    pub(super) id: String,
    /// The address that a command of this deployment gave back.
    pub(super) url: Option<String>,
    /// When its time is over.
    pub(super) deadline: Option<Instant>,
    /// How long the whole may take, for messages.
    pub(super) timeout: Duration,
    /// Ends it early.
    pub(super) stop: CancellationToken,
}

impl Call {
    fn about(&self) -> About<'_> {
        About {
            version: &self.version,
            previous: self.previous.as_ref(),
            id: &self.id,
            url: self.url.as_deref(),
        }
    }

    /// How much of its time is left.
    pub(super) fn time_left(&self) -> Duration {
        self.deadline.map_or(self.timeout, |deadline| {
            deadline.saturating_duration_since(Instant::now())
        })
    }
}

/// What was found in a phase.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    pub(super) message: String,
    /// Whether its command was started, so that something may have changed.
    pub(super) is_touched: bool,
    pub(super) attempts: Vec<Attempt>,
    pub(super) measurements: Vec<Measurement>,
    pub(super) tests: Option<SuiteResult>,
    pub(super) coverage: Option<SuiteCoverage>,
    pub(super) warnings: Vec<String>,
    pub(super) outputs: BTreeMap<String, String>,
}

impl Finding {
    /// A verdict with its sentence.
    pub(super) fn new(verdict: Verdict, message: impl Into<String>) -> Self {
        Self {
            verdict,
            message: message.into(),
            is_touched: true,
            attempts: Vec::new(),
            measurements: Vec::new(),
            tests: None,
            coverage: None,
            warnings: Vec::new(),
            outputs: BTreeMap::new(),
        }
    }
}

/// What the hooks of one side of a phase had to say.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Hooks {
    /// What is said and changes nothing.
    pub(super) warnings: Vec<String>,
    /// Why the phase has not succeeded.
    pub(super) failure: Option<(Verdict, String)>,
}

/// Something under way.
pub(super) type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What is done in the world.
pub(super) trait Effects: Sync {
    /// Whether there is anything to do in a phase.
    fn is_planned(&self, phase: Phase) -> bool;
    /// Runs the hooks before a phase.
    fn before<'a>(&'a self, call: &'a Call) -> Doing<'a, Hooks>;
    /// Goes through a phase.
    fn run<'a>(&'a self, call: &'a Call) -> Doing<'a, Finding>;
    /// Runs the hooks after a phase.
    fn after<'a>(&'a self, call: &'a Call) -> Doing<'a, Hooks>;
    /// Asks which version is active: its digest where it has one, else its commit. `None` where there is
    /// no command for it.
    fn current<'a>(&'a self, call: &'a Call) -> Doing<'a, Option<Result<String, String>>>;
}

/// What is really done.
pub(super) struct Real<'a> {
    pub(super) order: &'a Order,
    pub(super) means: &'a Means,
}

impl<'a> Real<'a> {
    pub(super) const fn new(order: &'a Order, means: &'a Means) -> Self {
        Self { order, means }
    }

    /// The environment that a phase is about: the end-to-end tests run against staging.
    pub(super) fn environment(&self, phase: Phase) -> &'a EnvironmentPolicy {
        let own = &self.order.environment;
        match phase {
            Phase::EndToEndTests => self.order.staging.as_ref().unwrap_or(own),
            _ => own,
        }
    }

    /// What the commands of a phase are told.
    pub(super) fn place(&self, call: &Call) -> Place {
        let is_elsewhere = call.phase == Phase::EndToEndTests && self.order.staging.is_some();
        let about = About {
            url: call.url.as_deref().filter(|_| !is_elsewhere),
            ..call.about()
        };
        Place::new(&self.order.component, self.environment(call.phase), &about)
    }

    /// Looks once at the health.
    pub(super) async fn look(&self, url: Option<&str>) -> Look {
        let about = About {
            version: &self.order.version,
            previous: None,
            id: "",
            url,
        };
        let place = Place::new(&self.order.component, &self.order.environment, &about);
        let (means, environment) = (self.means, &self.order.environment);
        let probe = Probe::new(means, environment, &place, &means.cancel);
        probe.look(Duration::MAX).await
    }

    async fn hooks(&self, moment: HookMoment, call: &Call) -> Hooks {
        // Hooks belong to the environment that is deployed to, also those of the end-to-end tests.
        let environment = &self.order.environment;
        let place = Place::new(&self.order.component, environment, &call.about());
        let time = call.time_left().max(HOOK);
        hooks::run(self.means, environment, &place, moment, call, time).await
    }

    async fn ask_current(&self, words: &[String], call: &Call) -> Result<String, String> {
        let place = self.place(call);
        let job = Job {
            what: "the command `current`",
            log: &format!("{}-current", self.order.environment.name),
            words,
            place: &place,
            attempt: 1,
            working_directory: self.order.environment.working_directory.as_deref(),
            timeout: CURRENT.min(call.time_left()),
            cancel: &call.stop,
        };
        let done = job.run(self.means).await.map_err(|error| error.message())?;
        if !done.is_success() {
            return Err(done.message());
        }
        let text = done.finished.stdout.text_lossy();
        match text.trim() {
            "" => Err(format!("{}: expected a version", done.message())),
            version => Ok(version.to_owned()),
        }
    }
}

impl Effects for Real<'_> {
    fn is_planned(&self, phase: Phase) -> bool {
        let environment = &self.order.environment;
        match phase {
            Phase::Deploy | Phase::HealthCheck | Phase::Rollback => true,
            Phase::SmokeTest => environment.smoke_test.is_some(),
            Phase::BakeTime => !environment.bake_time.is_zero(),
            Phase::Analysis => !environment.analysis.is_empty(),
            Phase::EndToEndTests | Phase::IntegrationTests => {
                self.means.suites.contains_key(&phase)
            }
        }
    }

    fn before<'a>(&'a self, call: &'a Call) -> Doing<'a, Hooks> {
        Box::pin(self.hooks(HookMoment::Before(call.phase), call))
    }

    fn run<'a>(&'a self, call: &'a Call) -> Doing<'a, Finding> {
        match call.phase {
            Phase::Deploy | Phase::Rollback => Box::pin(command::run(self, call)),
            Phase::HealthCheck => Box::pin(health_check::run(self, call)),
            Phase::SmokeTest => Box::pin(smoke::run(self, call)),
            Phase::EndToEndTests | Phase::IntegrationTests => Box::pin(suite::run(self, call)),
            Phase::BakeTime => Box::pin(bake::run(self, call)),
            Phase::Analysis => Box::pin(analysis::run(self, call)),
        }
    }

    fn after<'a>(&'a self, call: &'a Call) -> Doing<'a, Hooks> {
        Box::pin(self.hooks(HookMoment::After(call.phase), call))
    }

    fn current<'a>(&'a self, call: &'a Call) -> Doing<'a, Option<Result<String, String>>> {
        Box::pin(async move {
            match &self.order.environment.current {
                Some(words) => Some(self.ask_current(words, call).await),
                None => None,
            }
        })
    }
}
