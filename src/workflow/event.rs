//! What happens during a run, as it happens, for whoever watches.

use crate::model::{
    ComponentName, SourceIdentity, Specification, Stage, StageRecord, Target, ToolRun, Verdict,
};
use std::{sync::Arc, time::Duration};

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The run began.
    Started {
        /// The component.
        component: ComponentName,
        /// How far it should be taken.
        target: Target,
        /// The run's id.
        run_id: String,
    },
    /// The specification was read.
    SpecificationRead(Arc<Specification>),
    /// It is known what is judged.
    SourceIdentified(SourceIdentity),
    /// The tools are looked for, and installed where they are missing.
    Preparing,
    /// A tool was started.
    ToolStarted {
        /// Its name.
        tool: String,
    },
    /// A tool is tried again.
    ToolRetried {
        /// Its name.
        tool: String,
        /// The number of the coming attempt, counted from 1.
        attempt: u32,
        /// How long is waited before it.
        delay: Duration,
        /// Why.
        reason: String,
    },
    /// A tool has ended for good.
    ToolFinished {
        /// What happened.
        run: Box<ToolRun>,
        /// What it gave, in a few words: `22 passed`.
        summary: String,
    },
    /// Files were mended, so everything is measured again.
    Fixed {
        /// How many files were changed.
        files: usize,
    },
    /// A stage begins to be judged.
    StageStarted(Stage),
    /// A stage was judged.
    StageJudged(Box<StageRecord>),
}

/// Watches a run. Called from several threads.
pub type Observer = Arc<dyn Fn(Event) + Send + Sync>;

/// Writes what happened into the log and tells whoever watches.
pub(super) fn tell(observer: Option<&Observer>, event: Event) {
    event.log();
    if let Some(observer) = observer {
        observer(event);
    }
}

impl Event {
    fn log(&self) {
        match self {
            Self::Started {
                component,
                target,
                run_id,
            } => tracing::info!("run {run_id} begins: {component} for {target}"),
            Self::SpecificationRead(specification) => {
                tracing::info!("the specification is {}", specification.file);
            }
            Self::SourceIdentified(source) => match &source.commit {
                Some(commit) if source.has_local_changes => {
                    tracing::info!("what is judged is commit {commit} with local changes");
                }
                Some(commit) => tracing::info!("what is judged is commit {commit}"),
                None => tracing::info!("what is judged is no commit"),
            },
            Self::Preparing => tracing::debug!("the tools are looked for"),
            Self::ToolStarted { tool } => tracing::debug!("{tool} starts"),
            Self::ToolRetried {
                tool,
                attempt,
                delay,
                reason,
            } => tracing::warn!(
                "{tool}: {reason}; attempt {attempt} begins in {} s",
                delay.as_secs_f64()
            ),
            Self::ToolFinished { run, summary } => {
                if !run.command.is_empty() {
                    tracing::debug!("{} was started as {}", run.tool, run.command);
                }
                tracing::info!("{} ended after {} ms: {summary}", run.tool, run.duration_ms);
            }
            Self::Fixed { files } => tracing::info!("files that were mended: {files}"),
            Self::StageStarted(stage) => tracing::debug!("stage {stage} begins"),
            Self::StageJudged(record) => log_stage(record),
        }
    }
}

fn log_stage(record: &StageRecord) {
    for (id, gate) in &record.quality_gates {
        log_verdict(&format!("gate {id}"), &gate.verdict, &gate.errors);
    }
    for criterion in &record.criteria {
        if !record.quality_gates.contains_key(&criterion.name) {
            log_verdict(
                &format!("criterion {}", criterion.name),
                &criterion.verdict,
                &[],
            );
        }
    }
    log_verdict(
        &format!("stage {}", record.stage_name),
        &record.verdict,
        &record.errors,
    );
}

/// What passes or was not asked is information, what does not pass deserves a look.
fn log_verdict(what: &str, verdict: &Verdict, errors: &[String]) {
    let reason = verdict.reason().map(|reason| reason.message.clone());
    // The errors say the reason too, with what to do.
    let why: Vec<&String> = match errors {
        [] => reason.iter().collect(),
        errors => errors.iter().collect(),
    };
    let why = why.iter().fold(String::new(), |text, reason| {
        let separator = if text.is_empty() { ": " } else { "; " };
        text + separator + reason
    });
    if verdict.is_pass() || matches!(verdict, Verdict::Skipped(_)) {
        tracing::info!("{what} {verdict}{why}");
    } else {
        tracing::warn!("{what} {verdict}{why}");
    }
}
