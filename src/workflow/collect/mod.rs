//! Runs the tools, each once, as many at the same time as allowed, and gathers their evidence.

mod attempt;
mod earlier;
mod flaky;
mod reports;
mod subject;
mod summary;

pub(super) use earlier::Earlier;
pub use earlier::Sharing;
pub(super) use subject::{Place, Subject};

use super::{Event, Observer, event};
use crate::config::Policy;
use crate::model::{
    Attempt, Ended, ErrorKind, Evidence, Reason, ReasonCode, Stage, ToolRun, Unavailable,
};
use crate::process::Processes;
use crate::recovery::{CircuitBreakers, Delays};
use crate::toolchains::{Action, CommandTool, Readings, Tool};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use summary::summary;
use tokio::{
    sync::Semaphore,
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

/// What the tools gave, and what happened to each.
pub(super) struct Collected {
    pub(super) evidence: Evidence,
    pub(super) tools: Vec<ToolRun>,
    /// What each tool gave, for the steps behind this one.
    pub(super) readings: Vec<(ToolRun, Readings)>,
}

/// What running tools needs to know.
#[derive(Clone)]
pub(super) struct Collector {
    pub(super) workspace: PathBuf,
    /// The folder for what the tools print, absolute.
    pub(super) logs: PathBuf,
    pub(super) policy: Arc<Policy>,
    pub(super) processes: Arc<Processes>,
    pub(super) breakers: Arc<CircuitBreakers>,
    pub(super) observer: Option<Observer>,
    pub(super) cancel: CancellationToken,
    /// When the run began.
    pub(super) begun: Instant,
    /// How long each tool took in an earlier run, in milliseconds.
    pub(super) durations: BTreeMap<String, u64>,
    /// What earlier steps of the job collected.
    pub(super) earlier: Earlier,
    /// Whether commands are started. Else what nobody collected is missing.
    pub(super) starts_commands: bool,
    /// Whether what was collected is kept for later steps.
    pub(super) keeps_readings: bool,
}

impl Collector {
    /// Runs all tools, the longest first. Waits for all of them.
    pub(super) async fn collect(self: Arc<Self>, mut tools: Vec<Tool>) -> Collected {
        tools.sort_by_key(|tool| std::cmp::Reverse(self.expected_duration(tool)));
        let places = Arc::new(Semaphore::new(self.parallel()));
        let mut running = JoinSet::new();
        let mut order: Vec<(String, Vec<_>)> = Vec::new();
        for tool in tools {
            order.push((tool.name.clone(), tool.evidence.clone()));
            // A place is taken before the task is started, which keeps the order.
            let place = tokio::select! {
                place = Arc::clone(&places).acquire_owned() => place.ok(),
                () = self.cancel.cancelled() => None,
            };
            let collector = Arc::clone(&self);
            running.spawn(async move {
                let finished = collector.run(tool).await;
                drop(place);
                finished
            });
        }
        let mut finished: BTreeMap<String, (ToolRun, Readings)> = BTreeMap::new();
        while let Some(joined) = running.join_next().await {
            match joined {
                Ok((run, readings)) => {
                    finished.insert(run.tool.clone(), (run, readings));
                }
                Err(error) => tracing::error!("a tool's task ended abnormally: {error}"),
            }
        }
        let mut collected = Collected {
            evidence: Evidence::default(),
            tools: Vec::new(),
            readings: Vec::new(),
        };
        for (name, kinds) in order {
            let Some((run, readings)) = finished.remove(&name) else {
                let reason = Reason::new(
                    ReasonCode::InternalError,
                    format!("the task that ran {name} panicked"),
                );
                for kind in kinds {
                    collected
                        .evidence
                        .add(kind, &name, Err(Unavailable::Errored(reason.clone())));
                }
                continue;
            };
            if self.keeps_readings {
                collected.readings.push((run.clone(), readings.clone()));
            }
            for (kind, reading) in readings {
                collected.evidence.add(kind, &name, reading.map(Arc::new));
            }
            collected.tools.push(run);
        }
        collected.tools.sort_by_key(|run| run.started_ms);
        collected
    }

    fn parallel(&self) -> usize {
        let is_parallel = self
            .policy
            .stages
            .get(&Stage::Testing)
            .is_none_or(|stage| stage.is_parallel);
        if !is_parallel {
            return 1;
        }
        let processors = || std::thread::available_parallelism().map_or(2, usize::from);
        self.policy.max_parallel.unwrap_or_else(processors).max(1)
    }

    /// What is known from an earlier run comes first; else the tool's weight stands in.
    fn expected_duration(&self, tool: &Tool) -> u64 {
        self.durations
            .get(&tool.name)
            .copied()
            .unwrap_or(tool.weight * 10)
    }

    fn tell(&self, event: Event) {
        event::tell(self.observer.as_ref(), event);
    }

    fn since_begin(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn run(&self, tool: Tool) -> (ToolRun, Readings) {
        if let Some((run, readings)) = self.earlier.of(&tool, !self.starts_commands) {
            return (run, readings);
        }
        let mut run = ToolRun {
            tool: tool.name.clone(),
            version: tool.version.clone(),
            command: String::new(),
            evidence: tool.evidence.iter().map(ToString::to_string).collect(),
            started_ms: self.since_begin(),
            duration_ms: 0,
            attempts: Vec::new(),
            log: None,
            notes: Vec::new(),
        };
        let outdated = self.earlier.outdated(&tool.name);
        run.notes.extend(outdated.map(|why| {
            format!("what an earlier step collected does not count any more: {why} since")
        }));
        let for_all = |unavailable: &Unavailable| -> Readings {
            tool.evidence
                .iter()
                .map(|kind| (*kind, Err(unavailable.clone())))
                .collect()
        };
        let readings = match &tool.action {
            _ if self.cancel.is_cancelled() => {
                let unavailable = interrupted();
                run.notes.push(not_started(&unavailable));
                for_all(&unavailable)
            }
            Action::Unavailable(unavailable) => {
                run.notes.push(not_started(unavailable));
                for_all(unavailable)
            }
            Action::Command(_) if !self.starts_commands => {
                let unavailable = not_collected(&tool.name, outdated);
                run.notes.push(not_started(&unavailable));
                for_all(&unavailable)
            }
            Action::Inside(read) => {
                let read = Arc::clone(read);
                let begin = || tokio::task::spawn_blocking(move || read());
                self.once(&tool, &mut run, begin)
                    .await
                    .unwrap_or_else(|unavailable| for_all(&unavailable))
            }
            Action::Asking(question) => {
                run.notes.push(format!("asked {}", question.what));
                self.once(&tool, &mut run, || tokio::spawn((question.ask)()))
                    .await
                    .unwrap_or_else(|unavailable| for_all(&unavailable))
            }
            Action::Command(command) => {
                self.tell(Event::ToolStarted {
                    tool: tool.name.clone(),
                });
                run.command = command.command.display();
                let mut readings = self.attempts(&tool, command, &mut run).await;
                if let Some(again) = &command.rerun_failed {
                    flaky::rerun(self, &tool, again, &mut readings, &mut run).await;
                }
                readings
            }
        };
        run.duration_ms = self.since_begin().saturating_sub(run.started_ms);
        self.tell(Event::ToolFinished {
            run: Box::new(run.clone()),
            summary: summary(&readings),
        });
        (run, readings)
    }

    /// Lets this program itself do a tool's work, once, and within the same limits as a process. A
    /// thread cannot be ended: one that takes too long is no longer waited for.
    async fn once(
        &self,
        tool: &Tool,
        run: &mut ToolRun,
        begin: impl FnOnce() -> JoinHandle<Readings>,
    ) -> Result<Readings, Unavailable> {
        self.tell(Event::ToolStarted {
            tool: tool.name.clone(),
        });
        let (started_at, begun) = (jiff::Timestamp::now(), Instant::now());
        let given = self.within_limits(tool, begin()).await;
        let trouble = match &given {
            Ok(readings) => attempt::trouble(readings, "", 0),
            Err(unavailable) => {
                let readings = tool.evidence.iter();
                let readings = readings.map(|kind| (*kind, Err(unavailable.clone())));
                attempt::trouble(&readings.collect(), "", 0)
            }
        };
        let (took, waited) = (begun.elapsed(), Duration::ZERO);
        run.attempts.push(attempt_record(
            run,
            started_at,
            took,
            waited,
            None,
            trouble.as_ref(),
        ));
        given
    }

    async fn within_limits(
        &self,
        tool: &Tool,
        work: JoinHandle<Readings>,
    ) -> Result<Readings, Unavailable> {
        let errored = |code, message| Err(Unavailable::Errored(Reason::new(code, message)));
        let limit = self.time_limit(tool);
        tokio::select! {
            done = tokio::time::timeout(limit, work) => match done {
                Ok(Ok(readings)) => Ok(readings),
                Ok(Err(_)) => errored(
                    ReasonCode::InternalError,
                    format!("{} panicked", tool.name),
                ),
                Err(_) => errored(
                    ReasonCode::ToolTimedOut,
                    format!("{} was not done within {} s", tool.name, limit.as_secs_f64()),
                ),
            },
            () = self.cancel.cancelled() => Err(interrupted()),
        }
    }

    /// How long one run of a tool may take.
    fn time_limit(&self, tool: &Tool) -> Duration {
        let stage = self.policy.stages.get(&tool.stage);
        match &tool.limits {
            Some(limits) => limits.timeout,
            None => stage.map_or(Duration::from_secs(600), |stage| stage.timeout),
        }
    }

    /// Tries until there is evidence, or until trying again is no use.
    async fn attempts(&self, tool: &Tool, command: &CommandTool, run: &mut ToolRun) -> Readings {
        let mut delays = self.policy.retries.get(&tool.stage).map(Delays::new);
        let mut delay = Duration::ZERO;
        loop {
            let permit = match self.breakers.try_acquire(&tool.name) {
                Ok(permit) => permit,
                Err(open) => {
                    let reason = Reason::new(ReasonCode::ToolUnavailable, open.to_string());
                    return tool
                        .evidence
                        .iter()
                        .map(|kind| (*kind, Err(Unavailable::Errored(reason.clone()))))
                        .collect();
                }
            };
            let attempt = attempt::run(self, tool, command, run, delay).await;
            let Some((kind, reason)) = &attempt.trouble else {
                permit.succeeded();
                return attempt.readings;
            };
            if self.cancel.is_cancelled() {
                return attempt.readings;
            }
            if attempt.has_errored() {
                permit.failed();
            } else {
                // It did what it is made for: that there was nothing to measure is not its fault.
                permit.succeeded();
            }
            let next = delays
                .as_mut()
                .and_then(Iterator::next)
                .filter(|_| kind.is_transient());
            let Some(next) = next else {
                return attempt.readings;
            };
            delay = next;
            self.tell(Event::ToolRetried {
                tool: tool.name.clone(),
                attempt: u32::try_from(run.attempts.len() + 1).unwrap_or(u32::MAX),
                delay,
                reason: reason.to_string(),
            });
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = self.cancel.cancelled() => return attempt.readings,
            }
        }
    }
}

/// The evidence of something that was not finished.
fn interrupted() -> Unavailable {
    Unavailable::Errored(Reason::new(
        ReasonCode::Interrupted,
        "the run was interrupted before this was measured",
    ))
}

/// What a conclusion says of a command that no earlier step ran, or not for what is there now.
fn not_collected(tool: &str, outdated: Option<&str>) -> Unavailable {
    let (message, remedy) = match outdated {
        None => (
            format!("no earlier step of this job ran {tool}"),
            "add a step with the gate before this one, or take `run` in its place",
        ),
        Some(why) => (
            format!("an earlier step of this job ran {tool}, and {why} since"),
            "put the steps with the gates behind whatever changes files, and let git ignore what steps write",
        ),
    };
    Unavailable::NoData(Reason::new(ReasonCode::NoEvidence, message).remedy(remedy))
}

/// What is said about a tool that had no attempt.
fn not_started(unavailable: &Unavailable) -> String {
    format!("not started: {}", unavailable.reason().message)
}

/// The record of an attempt.
fn attempt_record(
    run: &ToolRun,
    started_at: jiff::Timestamp,
    duration: Duration,
    delay: Duration,
    exit_status: Option<i32>,
    trouble: Option<&(ErrorKind, Reason)>,
) -> Attempt {
    let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    Attempt {
        number: u32::try_from(run.attempts.len() + 1).unwrap_or(u32::MAX),
        started_at: started_at.to_string(),
        duration_ms: milliseconds(duration),
        delay_ms: milliseconds(delay),
        exit_status,
        ended: match trouble {
            None => Ended::WithEvidence,
            Some((kind, reason)) => Ended::WithError {
                kind: *kind,
                reason: reason.clone(),
            },
        },
    }
}
