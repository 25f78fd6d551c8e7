//! One report for each component, and one verdict over them.

use super::read::Found;
use crate::model::{ComponentName, Reason, ReasonCode, Report, Summary, SummaryProblem, Verdict};
use std::{borrow::Borrow, collections::BTreeMap};

/// What should be there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expectation {
    /// The components that were to be judged; `None` where nobody said. An empty list says that
    /// there was nothing to do.
    pub components: Option<Vec<ComponentName>>,
    /// The commit that the reports must be about.
    pub commit: Option<String>,
    /// The results of the jobs that this one waited for.
    pub jobs: Vec<JobResult>,
}

/// How a job ended, by GitHub's word: `success`, `failure`, `cancelled` or `skipped`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobResult {
    /// The job's id.
    pub job: String,
    /// The word.
    pub result: String,
}

/// Reads what the expression `toJSON(needs)` gives
/// (<https://docs.github.com/actions/reference/workflows-and-actions/contexts#needs-context>).
///
/// # Errors
///
/// When it is no JSON object of jobs with a `result`.
pub fn job_results(json: &str) -> Result<Vec<JobResult>, String> {
    let value: serde_json::Value =
        serde_json::from_slice(json.as_bytes()).map_err(|error| format!("is no JSON: {error}"))?;
    let jobs = value
        .as_object()
        .ok_or("is no JSON object; pass ${{ toJSON(needs) }}")?;
    jobs.iter()
        .map(|(job, about)| {
            let result = about.get("result").and_then(serde_json::Value::as_str);
            Ok(JobResult {
                job: job.clone(),
                result: result
                    .ok_or_else(|| format!("has no `result` for the job {job:?}"))?
                    .to_owned(),
            })
        })
        .collect()
}

/// Merges what was found. Of several reports for one component that of the latest attempt counts.
#[must_use]
pub fn summarize(found: Found, expectation: &Expectation) -> Summary {
    let Found {
        reports,
        mut problems,
    } = found;
    let mut about_the_commit = Vec::new();
    for report in reports {
        if let Some(commit) = &expectation.commit
            && judged_commit(&report) != Some(commit)
        {
            problems.push(SummaryProblem {
                subject: report.component_name.to_string(),
                message: format!(
                    "its report is about the commit {}, expected {commit}",
                    judged_commit(&report).unwrap_or("that nobody named")
                ),
            });
        } else {
            about_the_commit.push(report);
        }
    }
    let latest = latest(about_the_commit);
    problems.extend(missing(&latest, expectation));
    problems.extend(ended_badly(&latest, expectation));
    let reports: Vec<Report> = latest.into_values().collect();
    let verdict = verdict(&reports, &problems, expectation);
    let exit_status = match verdict.exit_status() {
        // Not this command was interrupted, but one whose report it read.
        130 => 3,
        status => status,
    };
    let mut commits: Vec<&str> = reports.iter().filter_map(judged_commit).collect();
    commits.dedup();
    let commit = match commits.as_slice() {
        [only] => Some((*only).to_owned()),
        _ => expectation.commit.clone(),
    };
    Summary {
        verdict,
        exit_status,
        commit,
        problems,
        changes: Vec::new(),
        reports,
    }
}

/// The reports by component; of several for one component that of the latest attempt.
pub(super) fn latest<R: Borrow<Report>>(
    reports: impl IntoIterator<Item = R>,
) -> BTreeMap<ComponentName, R> {
    let order = |report: &Report| (report.run.attempt, report.run.started_at.clone());
    let mut latest: BTreeMap<ComponentName, R> = BTreeMap::new();
    for report in reports {
        let name = &report.borrow().component_name;
        let is_older = latest
            .get(name)
            .is_some_and(|there| order(there.borrow()) >= order(report.borrow()));
        if !is_older {
            latest.insert(name.clone(), report);
        }
    }
    latest
}

/// The commit at which a report's verdict is shown.
fn judged_commit(report: &Report) -> Option<&str> {
    let source = &report.source;
    source.head.as_deref().or(source.commit.as_deref())
}

fn missing(
    reports: &BTreeMap<ComponentName, Report>,
    expectation: &Expectation,
) -> Vec<SummaryProblem> {
    let Some(expected) = &expectation.components else {
        return Vec::new();
    };
    let mut names: Vec<&ComponentName> = expected
        .iter()
        .filter(|name| !reports.contains_key(*name))
        .collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| SummaryProblem {
            subject: name.to_string(),
            message: "has no report: its job was cancelled, ended before it judged anything, or \
                      did not upload its artifact; look at that job's log and run it again"
                .to_owned(),
        })
        .collect()
}

/// Jobs that were cancelled, and jobs that failed although no report says why.
fn ended_badly(
    reports: &BTreeMap<ComponentName, Report>,
    expectation: &Expectation,
) -> Vec<SummaryProblem> {
    let is_explained = reports.values().any(|report| !report.verdict.is_pass());
    expectation
        .jobs
        .iter()
        .filter_map(|JobResult { job, result }| {
            let message = match result.as_str() {
                "success" => return None,
                // With nothing to judge the job of the components is skipped.
                "skipped" if expectation.components.as_deref() == Some(&[]) => return None,
                "failure" if is_explained => return None,
                "failure" => "the job failed, and no report says why; look at its log",
                "cancelled" => "the job was cancelled, so it is not known what it would have found",
                "skipped" => "the job was skipped, so it judged nothing",
                _ => "the job ended in a way that is not known here",
            };
            Some(SummaryProblem {
                subject: job.clone(),
                message: message.to_owned(),
            })
        })
        .collect()
}

fn verdict(reports: &[Report], problems: &[SummaryProblem], expectation: &Expectation) -> Verdict {
    if reports
        .iter()
        .any(|report| report.verdict == Verdict::Failed)
    {
        return Verdict::Failed;
    }
    if let Some(problem) = problems.first() {
        return Verdict::Errored(Reason::new(
            ReasonCode::ReportMissing,
            format!("{}: {}", problem.subject, problem.message),
        ));
    }
    // What was skipped is no pass, however harmless it is among the gates of a run.
    let order = |report: &&Report| (!report.verdict.is_pass(), report.verdict.rank());
    let worst = reports.iter().max_by_key(order);
    match (worst, &expectation.components) {
        (Some(worst), _) => worst.verdict.clone(),
        (None, Some(expected)) if expected.is_empty() => Verdict::Passed,
        (None, _) => Verdict::NoData(
            Reason::new(
                ReasonCode::ReportMissing,
                "there is no report, and nobody said that there was nothing to judge".to_owned(),
            )
            .remedy("name the folder with the downloaded artifacts, and the planned components"),
        ),
    }
}
