//! Posting to GitHub beside a run: check runs are opened while tools already work.

use super::told;
use super::{Surroundings, api};
use crate::model::{ComponentName, Reason, Report, Summary};
use crate::publish::{Job, Posting};
use tokio::task::JoinHandle;

/// How many components of many get a check run of their own, those that do not pass first. Writes keep
/// a second between them, and GitHub takes 80 a minute from all jobs of a repository
/// (<https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api>); all components are
/// in the comment and in the check run over them.
const MAX_COMPONENT_CHECKS: usize = 25;

/// What is posted for the components of one command.
pub(super) struct Poster {
    posting: State,
    has_check_per_gate: bool,
    problems: Vec<(&'static str, String)>,
}

/// Opening the check runs takes as long as GitHub takes, and nothing waits for it.
enum State {
    Off,
    Opening(JoinHandle<Posting>),
    Ready(Box<Posting>),
}

impl Poster {
    /// Begins to show the components as being judged. To be called within a tokio runtime.
    pub(super) fn start(
        job: Option<&Job>,
        surroundings: &Surroundings,
        components: &[ComponentName],
        has_check_per_gate: bool,
    ) -> Self {
        let mut poster = Self {
            posting: State::Off,
            has_check_per_gate,
            problems: Vec::new(),
        };
        let Some(job) = job.filter(|job| Posting::is_wanted(job)) else {
            return poster;
        };
        match api::client(surroundings, &job.event) {
            Ok(client) => {
                let mut posting = Posting::new(job, client);
                let components: Vec<String> = components.iter().map(ToString::to_string).collect();
                poster.posting = State::Opening(tokio::spawn(async move {
                    for component in components {
                        posting.open(&component).await;
                    }
                    posting
                }));
            }
            Err(error) => poster.problems.push(("GitHub", told(&error))),
        }
        poster
    }

    async fn ready(&mut self) -> Option<&mut Posting> {
        if let State::Opening(task) = &mut self.posting {
            self.posting = match task.await {
                Ok(posting) => State::Ready(Box::new(posting)),
                Err(error) => {
                    let message = format!("opening the check runs ended abnormally: {error}");
                    self.problems.push(("check run", message));
                    State::Off
                }
            };
        }
        match &mut self.posting {
            State::Ready(posting) => Some(posting),
            _ => None,
        }
    }

    /// Posts a component's result.
    pub(super) async fn complete(&mut self, report: &Report) {
        let has_check_per_gate = self.has_check_per_gate;
        if let Some(posting) = self.ready().await {
            posting.complete(report, has_check_per_gate).await;
        }
    }

    /// Posts the results of the first of many components, the worst first.
    pub(super) async fn complete_worst(&mut self, summary: &Summary) {
        for report in with_check(summary) {
            self.complete(report).await;
        }
    }

    /// Posts that components were not judged.
    pub(super) async fn give_up(&mut self, components: &[ComponentName], why: &Reason) {
        if let Some(posting) = self.ready().await {
            for component in components {
                posting.give_up(component.as_str(), why).await;
            }
        }
    }

    /// Posts the check run over all components.
    pub(super) async fn conclude(&mut self, summary: &Summary) {
        if let Some(posting) = self.ready().await {
            posting.conclude(summary).await;
        }
    }

    /// Posts the comment of this key.
    pub(super) async fn comment(&mut self, key: &str, summary: &Summary) {
        if let Some(posting) = self.ready().await {
            posting.comment(key, summary).await;
        }
    }

    /// What went wrong.
    pub(super) async fn into_problems(mut self) -> Vec<(&'static str, String)> {
        self.ready().await;
        let mut problems = self.problems;
        if let State::Ready(posting) = self.posting {
            problems.extend(posting.into_problems());
        }
        problems
    }
}

/// Those of many that get a check run of their own.
fn with_check(summary: &Summary) -> Vec<&Report> {
    let mut reports = summary.worst_first();
    reports.truncate(MAX_COMPONENT_CHECKS);
    reports
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;
    use crate::summary::{Expectation, Found, summarize};

    #[test]
    fn a_flood_of_reports_makes_few_check_runs_and_the_worst_are_among_them() {
        let mut reports = vec![samples::green(); 40];
        reports.push(samples::red());
        let found = Found {
            reports: Vec::new(),
            problems: Vec::new(),
        };
        let mut summary = summarize(found, &Expectation::default());
        summary.reports = reports;
        let chosen = with_check(&summary);
        assert_eq!(chosen.len(), MAX_COMPONENT_CHECKS);
        assert_eq!(chosen[0].verdict, samples::red().verdict);
    }
}
