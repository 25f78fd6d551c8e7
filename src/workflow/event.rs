//! What happens during a run, as it happens, for whoever watches.

use crate::model::{ComponentName, Specification, Stage, StageRecord, Target, ToolRun};
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
