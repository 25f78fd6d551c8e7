//! What is posted to GitHub: check runs and the one comment. Whatever goes wrong here is said, and
//! changes nothing else.

use super::Job;
use crate::github::api::{
    ApiError, Author, CheckOutput, CheckRun, CheckRunKey, Client, Completion, Conclusion, Marker,
    Opening, StickyComment, complete, open, upsert,
};
use crate::model::{Annotation, GateRecord, Reason, Report, Summary, Surface, Verdict};
use crate::render::{markdown, plain};
use jiff::Timestamp;
use std::{collections::BTreeSet, time::Duration};

/// The name of the check run over all components, which rules of a branch can ask for.
pub const CHECK_NAME: &str = "spec2prod";
/// What stands for all components where otherwise a component's name does: in the key of the one
/// comment, and in the id of the check run.
pub const ALL: &str = "all";
/// How many annotations a check run has at most. Fifty go with a request, and writes keep a second
/// between them.
const MAX_ANNOTATIONS: usize = 150;
/// How long a check run may take to be completed after a run was interrupted: a runner waits some
/// seconds before it kills what it cancelled
/// (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation>).
const AFTER_INTERRUPTION: Duration = Duration::from_secs(5);

/// Access to GitHub for one job, and what went wrong with it so far.
pub struct Posting {
    job: Job,
    client: Client,
    opened: Vec<Opened>,
    /// Lines that are missing in the job's `permissions:`.
    missing: BTreeSet<&'static str>,
    problems: Vec<(&'static str, String)>,
}

/// A check run that is shown as in progress, or could not be.
struct Opened {
    key: CheckRunKey,
    started_at: Timestamp,
    run: Option<CheckRun>,
}

/// What a completed check run shows.
struct Shown {
    conclusion: Conclusion,
    title: String,
    summary: String,
    annotations: Vec<Annotation>,
}

impl Posting {
    /// Whether a job shows anything by the API.
    #[must_use]
    pub fn is_wanted(job: &Job) -> bool {
        let wants_comment = job.shows(Surface::Comment) && job.event.pull_request.is_some();
        job.shows(Surface::Checks) || wants_comment
    }

    /// Posting for a job, by this client.
    #[must_use]
    pub fn new(job: &Job, client: Client) -> Self {
        Self {
            job: job.clone(),
            client,
            opened: Vec::new(),
            missing: BTreeSet::new(),
            problems: Vec::new(),
        }
    }

    /// Shows a component as being judged.
    pub async fn open(&mut self, component: &str) {
        if !self.posts_checks() {
            return;
        }
        let key = self.key(&component_check(component), component);
        let started_at = Timestamp::now();
        let opening = Opening {
            started_at,
            details_url: Some(self.job.event.run_url()),
            output: None,
        };
        let run = match open(&self.client, &self.job.event.repository, &key, &opening).await {
            Ok(run) => Some(run),
            Err(error) => {
                self.note("check run", &error);
                None
            }
        };
        self.opened.push(Opened {
            key,
            started_at,
            run,
        });
    }

    /// Completes a component's check run with its report.
    pub async fn complete(&mut self, report: &Report, has_check_per_gate: bool) {
        if !self.posts_checks() {
            return;
        }
        if report.verdict.is_interrupted() {
            self.client = self.client.with_fresh_time(AFTER_INTERRUPTION);
        }
        let mut annotations = self.job.annotations(report);
        annotations.retain(|annotation| annotation.file.is_some());
        let left_out = annotations.len().saturating_sub(MAX_ANNOTATIONS);
        annotations.truncate(MAX_ANNOTATIONS);
        let mut summary = markdown::check_summary(report, &self.job.links());
        if left_out > 0 {
            let note = format!(
                "\n{left_out} findings are not shown at their lines; the report has all of them.\n"
            );
            if summary.chars().count() + note.chars().count() <= markdown::MAX_CHECK_SUMMARY {
                summary.push_str(&note);
            }
        }
        let component = report.component_name.as_str();
        let shown = Shown {
            conclusion: conclusion_of_run(&report.verdict),
            title: format!("{}: {}", report.target_stage, headline(&report.verdict)),
            summary,
            annotations,
        };
        let key = self.key(&component_check(component), component);
        self.post(key, shown).await;
        if has_check_per_gate {
            for stage in report.stages() {
                for gate in stage.quality_gates.values() {
                    self.gate(component, gate).await;
                }
            }
        }
    }

    /// Completes the check run of a component that was not judged.
    pub async fn give_up(&mut self, component: &str, why: &Reason) {
        let verdict = Verdict::Errored(why.clone());
        if verdict.is_interrupted() {
            self.client = self.client.with_fresh_time(AFTER_INTERRUPTION);
        }
        let shown = Shown {
            conclusion: conclusion_of_run(&verdict),
            title: "was not judged".to_owned(),
            summary: markdown::code_block(&why.message),
            annotations: Vec::new(),
        };
        let key = self.key(&component_check(component), component);
        self.post(key, shown).await;
    }

    async fn gate(&mut self, component: &str, gate: &GateRecord) {
        let shown = Shown {
            conclusion: match (&gate.verdict, gate.blocks()) {
                (Verdict::Skipped(_), _) => Conclusion::Skipped,
                (_, true) => conclusion(&gate.verdict),
                (verdict, false) if verdict.is_pass() => Conclusion::Success,
                _ => Conclusion::Neutral,
            },
            title: headline(&gate.verdict),
            summary: markdown::gate_summary(gate, &self.job.links()),
            annotations: Vec::new(),
        };
        let name = format!("{} / {}", component_check(component), gate.gate_name);
        let key = self.key(&name, &format!("{component}/{}", gate.gate_name));
        self.post(key, shown).await;
    }

    /// Posts the check run over all components, which is there even when nothing was judged.
    pub async fn conclude(&mut self, summary: &Summary) {
        let shown = Shown {
            conclusion: conclusion_of_run(&summary.verdict),
            title: summary.title(),
            summary: markdown::check_summary_of_all(summary, &self.job.links()),
            annotations: Vec::new(),
        };
        let key = self.key(CHECK_NAME, ALL);
        self.post(key, shown).await;
    }

    /// Completes a check run, which may have been opened.
    async fn post(&mut self, key: CheckRunKey, shown: Shown) {
        if !self.posts_checks() {
            return;
        }
        let opened = self.opened.iter().position(|opened| opened.key == key);
        let opened = opened.map(|index| self.opened.swap_remove(index));
        let now = Timestamp::now();
        let completion = Completion {
            conclusion: shown.conclusion,
            started_at: opened.as_ref().map_or(now, |opened| opened.started_at),
            completed_at: now,
            details_url: Some(self.job.event.run_url()),
            output: CheckOutput {
                title: shown.title,
                summary: shown.summary,
                text: None,
            },
            annotations: shown.annotations,
        };
        let run = opened.and_then(|opened| opened.run);
        let repository = &self.job.event.repository;
        let posted = complete(&self.client, repository, &key, run.as_ref(), &completion).await;
        if let Err(error) = posted {
            self.note("check run", &error);
        }
    }

    /// Whether check runs are wanted, and the token was not found to lack the right.
    fn posts_checks(&self) -> bool {
        self.job.shows(Surface::Checks) && !self.missing.contains("checks: write")
    }

    /// Makes the pull request have the one comment of this `key`.
    pub async fn comment(&mut self, key: &str, summary: &Summary) {
        let Some(pull_request) = &self.job.event.pull_request else {
            return;
        };
        if !self.job.shows(Surface::Comment) {
            return;
        }
        let bodies = markdown::comments(summary, &self.job.links());
        let marker = Marker {
            key: key.to_owned(),
            run_id: self.job.event.run.id,
            attempt: u32::try_from(self.job.event.run.attempt).unwrap_or(u32::MAX),
            commit: self.job.event.head_sha.clone(),
        };
        let comment = StickyComment {
            pull_request: pull_request.number,
            marker: &marker,
            // Of another token it is found out when it writes.
            author: Author::GithubActions,
            bodies: &bodies,
            // That there was nothing to judge is news only to who was told something else before.
            creates_if_absent: !summary.has_nothing(),
        };
        match upsert(&self.client, &self.job.event.repository, comment).await {
            Ok(upserted) => {
                for error in &upserted.problems {
                    self.note("comment", error);
                }
            }
            Err(error) => self.note("comment", &error),
        }
    }

    fn key(&self, name: &str, id: &str) -> CheckRunKey {
        let run = &self.job.event.run;
        CheckRunKey {
            name: name.to_owned(),
            head_sha: self.job.event.head_sha.clone(),
            // A run that is started again makes a check run of its own, and the newest counts.
            external_id: format!("{}.{}.{id}", run.id, run.attempt),
        }
    }

    fn note(&mut self, sink: &'static str, error: &ApiError) {
        match error.missing_permission() {
            Some(permission) => {
                self.missing.insert(permission);
            }
            None => {
                // What keeps everything from being shown is said once.
                let sink = match error {
                    ApiError::Settings(_) => "GitHub",
                    _ => sink,
                };
                let problem = (sink, error.to_string());
                if !self.problems.contains(&problem) {
                    self.problems.push(problem);
                }
            }
        }
    }

    /// What went wrong: where, and what to do. Missing permissions are said once, all together.
    #[must_use]
    pub fn into_problems(self) -> Vec<(&'static str, String)> {
        let mut problems = self.problems;
        if !self.missing.is_empty() {
            let lines: Vec<&str> = self.missing.into_iter().collect();
            problems.push((
                "GitHub",
                format!(
                    "the token may not post everything, so the result is in the job summary and the \
                     annotations; for check runs and the comment give the job `permissions:` with \
                     `{}` (a pull request from a fork or of Dependabot never has them)",
                    lines.join("`, `")
                ),
            ));
        }
        problems
    }
}

/// The name of a component's check run.
fn component_check(component: &str) -> String {
    format!("{CHECK_NAME}: {component}")
}

/// The conclusion of a component or of all: like that of a gate, but a run that was skipped judged
/// nothing, and GitHub lets `skipped` pass.
fn conclusion_of_run(verdict: &Verdict) -> Conclusion {
    match verdict {
        Verdict::Skipped(_) => Conclusion::Failure,
        verdict => conclusion(verdict),
    }
}

/// The one place where a verdict becomes a conclusion. What could not be judged blocks like what
/// failed: GitHub lets `neutral` and `skipped` pass.
fn conclusion(verdict: &Verdict) -> Conclusion {
    match verdict {
        Verdict::Passed | Verdict::Warned => Conclusion::Success,
        Verdict::Failed => Conclusion::Failure,
        Verdict::Skipped(_) => Conclusion::Skipped,
        verdict if verdict.is_interrupted() => Conclusion::Cancelled,
        Verdict::NoData(_) | Verdict::Errored(_) => Conclusion::Failure,
    }
}

fn headline(verdict: &Verdict) -> String {
    match verdict.reason() {
        Some(reason) => plain(&format!("{verdict}: {}", reason.message)),
        None => verdict.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ReasonCode;

    #[test]
    fn only_what_passed_is_a_success() {
        let reason = |code| Reason::new(code, "x");
        for (verdict, expected) in [
            (Verdict::Passed, Conclusion::Success),
            (Verdict::Warned, Conclusion::Success),
            (Verdict::Failed, Conclusion::Failure),
            (
                Verdict::NoData(reason(ReasonCode::ReportMissing)),
                Conclusion::Failure,
            ),
            (
                Verdict::Errored(reason(ReasonCode::ToolMissing)),
                Conclusion::Failure,
            ),
            (
                Verdict::Errored(reason(ReasonCode::Interrupted)),
                Conclusion::Cancelled,
            ),
            (
                Verdict::Skipped(reason(ReasonCode::NoSource)),
                Conclusion::Skipped,
            ),
        ] {
            assert_eq!(conclusion(&verdict), expected, "{verdict}");
        }
    }

    #[test]
    fn a_run_that_was_skipped_is_no_success() {
        let skipped = Verdict::Skipped(Reason::new(ReasonCode::StageDisabled, "x"));
        assert_eq!(conclusion_of_run(&skipped), Conclusion::Failure);
        assert_eq!(conclusion_of_run(&Verdict::Passed), Conclusion::Success);
    }
}
