//! What is shown on standard error while a run goes on: a line for each tool, with elapsed time.

use super::arguments::OutputFormat;
use super::output::{cut_to_terminal, line_to_stderr, raw_to_stderr};
use super::{Output, Surroundings, log_group};
use crate::deploy::{DeploymentEvent, Watcher};
use crate::model::{Deployment, ToolRun};
use crate::render::{plain, terminal};
use crate::workflow::{Event, Observer};
use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// What is shown while the tools are looked for and, where they are missing, installed.
const PREPARING: &str = "dependency check";

/// How a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Lines that change in place, at a terminal.
    InPlace,
    /// A line for each tool that ended.
    Lines,
    /// In a log of GitHub Actions: a group for each tool, with what it printed.
    Groups,
}

impl Manner {
    /// The manner that suits the place where the program runs.
    pub(super) fn of(format: OutputFormat, surroundings: &Surroundings, output: &Output) -> Self {
        if surroundings.is_github_actions && format == OutputFormat::Text {
            Self::Groups
        } else if output.is_interactive() {
            Self::InPlace
        } else {
            Self::Lines
        }
    }
}

/// Shows a run as it happens.
pub(super) struct Progress {
    bars: MultiProgress,
    running: Mutex<HashMap<String, ProgressBar>>,
    manner: Manner,
    /// Where the tools' log files lie.
    workspace: PathBuf,
}

impl Progress {
    /// Nothing is shown yet.
    pub(super) fn new(manner: Manner, workspace: &Path) -> Arc<Self> {
        Arc::new(Self {
            bars: MultiProgress::new(),
            running: Mutex::new(HashMap::new()),
            manner,
            workspace: workspace.to_path_buf(),
        })
    }

    /// The observer that shows events here.
    pub(super) fn observer(self: &Arc<Self>) -> Observer {
        let progress = Arc::clone(self);
        Arc::new(move |event| progress.show(&event))
    }

    /// What shows deployments here.
    pub(super) fn watcher(self: &Arc<Self>) -> Watcher {
        let progress = Arc::clone(self);
        let deployments: Mutex<HashMap<String, Deployment>> = Mutex::default();
        Arc::new(move |event| {
            let mut deployments = deployments.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(line) = shown(&event, &mut deployments) {
                progress.line(&format!("  {line}"));
            }
        })
    }

    /// Takes away what is still shown as running, and leaves room for the result.
    pub(super) fn finish(&self) {
        for (_, bar) in self.running().drain() {
            bar.finish_and_clear();
        }
        if self.manner == Manner::InPlace {
            self.line("");
        }
    }

    fn show(&self, event: &Event) {
        match event {
            Event::Started {
                component, target, ..
            } => self.line(&format!("{component} → {target}")),
            Event::Preparing => {
                self.begin(PREPARING);
                if self.manner != Manner::InPlace {
                    self.line(&format!("  {PREPARING}"));
                }
            }
            Event::ToolStarted { tool } => {
                self.end(PREPARING);
                self.begin(tool);
            }
            Event::ToolRetried {
                tool,
                attempt,
                delay,
                reason,
            } => self.line(&format!(
                "  {tool}: attempt {attempt} in {:.1} s: {}",
                delay.as_secs_f64(),
                plain(reason)
            )),
            Event::ToolFinished { run, summary } => {
                self.end(PREPARING);
                self.end(&run.tool);
                self.finished(run, summary);
            }
            Event::Fixed { files } => self.line(&format!(
                "  auto-fix changed {files} files; measuring again"
            )),
            Event::SpecificationRead(_)
            | Event::SourceIdentified(_)
            | Event::StageStarted(_)
            | Event::StageJudged(_) => {}
        }
    }

    fn finished(&self, run: &ToolRun, summary: &str) {
        let seconds = Duration::from_millis(run.duration_ms).as_secs_f64();
        let line = format!("  {:<18} {seconds:>6.1} s  {}", run.tool, plain(summary));
        match (&run.log, self.manner) {
            (Some(log), Manner::Groups) => {
                raw_to_stderr(&log_group::of_tool(&line, run, &self.workspace, log))
            }
            _ => self.line(&line),
        }
    }

    fn begin(&self, name: &str) {
        if self.manner != Manner::InPlace {
            return;
        }
        let bar = self.bars.add(ProgressBar::new_spinner());
        // As wide as the line that takes its place when the tool has ended.
        if let Ok(style) = ProgressStyle::with_template("  {msg:18} {took}  {spinner}") {
            let took = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                // A line that is cut short is shown again in a moment.
                let _ = write!(out, "{:>6.1} s", state.elapsed().as_secs_f64());
            };
            bar.set_style(style.with_key("took", took));
        }
        bar.set_message(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        self.running().insert(name.to_owned(), bar);
    }

    fn end(&self, name: &str) {
        if let Some(bar) = self.running().remove(name) {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        if self.manner != Manner::InPlace {
            line_to_stderr(text);
        } else if let Err(error) = self.bars.println(cut_to_terminal(text)) {
            tracing::debug!("progress could not be shown: {error}");
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<String, ProgressBar>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The line for something that happened during a deployment.
fn shown(event: &DeploymentEvent, begun: &mut HashMap<String, Deployment>) -> Option<String> {
    Some(match event {
        DeploymentEvent::Started(deployment) => {
            begun.insert(deployment.id.clone(), deployment.as_ref().clone());
            terminal::deployment_started(deployment)
        }
        DeploymentEvent::PhaseStarted {
            deployment,
            phase,
            is_rollback,
        } => terminal::phase_started(begun.get(deployment)?, *phase, *is_rollback),
        DeploymentEvent::PhaseEnded { deployment, record } => {
            terminal::phase_ended(begun.get(deployment)?, record)
        }
        DeploymentEvent::Ended(deployment) => terminal::deployment_ended(deployment),
    })
}
