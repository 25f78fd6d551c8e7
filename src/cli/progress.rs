//! What is shown on standard error while a run goes on: a line for each tool, with elapsed time.

use crate::render::plain;
use crate::workflow::{Event, Observer};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Shows a run as it happens.
pub(super) struct Progress {
    bars: MultiProgress,
    running: Mutex<HashMap<String, ProgressBar>>,
    is_interactive: bool,
}

impl Progress {
    /// Lines that change in place at a terminal, plain lines elsewhere.
    pub(super) fn new(is_interactive: bool) -> Arc<Self> {
        Arc::new(Self {
            bars: MultiProgress::new(),
            running: Mutex::new(HashMap::new()),
            is_interactive,
        })
    }

    /// The observer that shows events here.
    pub(super) fn observer(self: &Arc<Self>) -> Observer {
        let progress = Arc::clone(self);
        Arc::new(move |event| progress.show(&event))
    }

    fn show(&self, event: &Event) {
        match event {
            Event::Started {
                component, target, ..
            } => self.line(&format!("{component} → {target}")),
            Event::Preparing => self.begin("dependency check"),
            Event::ToolStarted { tool } => {
                self.end("dependency check");
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
                self.end("dependency check");
                self.end(&run.tool);
                let seconds = Duration::from_millis(run.duration_ms).as_secs_f64();
                self.line(&format!(
                    "  {:<18} {seconds:>6.1} s  {}",
                    run.tool,
                    plain(summary)
                ));
            }
            Event::Fixed { files } => self.line(&format!(
                "  auto-fix changed {files} files; measuring again"
            )),
            Event::SpecificationRead(_) | Event::StageStarted(_) | Event::StageJudged(_) => {}
        }
    }

    fn begin(&self, name: &str) {
        if !self.is_interactive {
            return;
        }
        let bar = self.bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("  {msg:18} {elapsed:>7}  {spinner}") {
            bar.set_style(style);
        }
        bar.set_message(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(name.to_owned(), bar);
    }

    fn end(&self, name: &str) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = running.remove(name) {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        if self.is_interactive {
            if let Err(error) = self.bars.println(text) {
                tracing::debug!("progress could not be shown: {error}");
            }
        } else {
            super::output::line_to_stderr(text);
        }
    }
}
