//! `spec2prod run`: components through the stages, up to a target.

use super::arguments::{OutputFormat, RunArguments};
use super::deployment::{Showing, both as both_watchers};
use super::posting::Poster;
use super::progress::{Manner, Progress};
use super::recorder::Recorder;
use super::signals::Signals;
use super::told;
use super::{Output, Surroundings, deployment, job, logging, rules, runtime, statement, worse};
use crate::config::{self, Policy};
use crate::model::{ComponentName, Reason, ReasonCode, Report, Summary};
use crate::publish::{Destinations, Job, problem, publish, write_again};
use crate::render::{json, terminal};
use crate::summary::{Expectation, Found, summarize};
use crate::workflow::{
    CircuitBreakers, DeploymentRequest, Event, Observer, Request, promote, run_workflow,
};
use std::{path::Path, sync::Arc};

/// Runs the subcommand; gives the worst exit status of all components.
pub(super) fn run(
    arguments: &RunArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    judge(arguments, surroundings, output, &Work::Run)
}

/// What is done with each component.
pub(super) enum Work {
    /// Every stage, with the component's tools.
    Run,
    /// The same, with what earlier steps of the job collected.
    Conclude,
    /// The deployment stage of the target, with the evidence of this report.
    Promote(Box<Report>),
}

/// `spec2prod conclude`: the same verdict from what earlier steps of the job collected.
pub(super) fn conclude(
    arguments: &RunArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let is_possible = arguments
        .component
        .first()
        .is_some_and(|name| job::sharing(surroundings, name, true).is_some());
    anyhow::ensure!(
        is_possible,
        "conclude joins what earlier steps of a job of GitHub Actions collected, and this is no such \
         job (GITHUB_ACTIONS and RUNNER_TEMP say so); use `spec2prod run`"
    );
    judge(arguments, surroundings, output, &Work::Conclude)
}

/// Does this work with each component, shows it, and gives the worst exit status.
pub(super) fn judge(
    arguments: &RunArguments,
    surroundings: &Surroundings,
    output: &Output,
    work: &Work,
) -> anyhow::Result<u8> {
    let mut names: Vec<ComponentName> = Vec::new();
    for name in &arguments.component {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    anyhow::ensure!(
        names.len() == 1 || (arguments.output.is_none() && arguments.spec.is_none()),
        "--output and --spec belong to one component, but {} were named",
        names.len()
    );
    let workspace = arguments.workspace.resolved()?;
    let runtime = runtime()?;
    let (event, event_problem) = rules::event(surroundings)?;
    let (policy, origin) = runtime.block_on(rules::rules(
        surroundings,
        &workspace,
        arguments.workspace.config.as_deref(),
        arguments.policy_from.as_deref(),
        event.as_ref(),
    ))?;
    let policy = Arc::new(policy);
    // A name that does not exist is said before the first of several components takes its time.
    for name in &names {
        config::component(&policy, &workspace, name, arguments.spec.as_deref())?;
    }
    let destinations = names
        .iter()
        .map(|name| Destinations::new(&workspace, name.as_str(), arguments.output.as_deref()))
        .collect::<Result<Vec<_>, _>>()?;
    let job = job::of_event(event, surroundings, &workspace, &policy.github.surfaces)?;
    let job = job.map(|job| Job {
        artifact: Some(job::artifact_name(&names, &job, surroundings)),
        ..job
    });
    let logging_problem = logging::start(&workspace, &policy.logging);
    let status = runtime.block_on(async {
        let signals = Signals::listen();
        let breakers = Arc::new(CircuitBreakers::new(policy.circuit_breaker.clone()));
        let per_gate = policy.github.has_check_per_gate;
        let mut poster = Poster::start(job.as_ref(), surroundings, &names, per_gate);
        let showing = Showing::start(job.as_ref(), surroundings, &policy, &names);
        let mut reports = Vec::new();
        let mut status = 0;
        for (name, to) in names.iter().zip(&destinations) {
            let request = Request {
                spec: arguments.spec.clone(),
                policy: Some(Arc::clone(&policy)),
                policy_origin: origin.as_ref().map(|origin| origin.for_component(name)),
                is_ci: surroundings.is_ci,
                breakers: Some(Arc::clone(&breakers)),
                sharing: matches!(work, Work::Conclude)
                    .then(|| job::sharing(surroundings, name, true))
                    .flatten(),
                deployment: DeploymentRequest {
                    watcher: showing.watcher(name),
                    ..deployment::request(name, arguments, job.as_ref(), &policy, surroundings)
                },
                cancel: signals.cancel.clone(),
                ..Request::new(
                    &workspace,
                    name.clone(),
                    arguments.target,
                    surroundings.environment.clone(),
                )
            };
            let manner = Manner::of(arguments.format, surroundings, output);
            let progress = Progress::new(manner, &workspace);
            let mut report = match one(request, work, &policy, progress, &signals).await {
                Ok(report) => report,
                Err(error) => {
                    let left = names.get(reports.len()..).unwrap_or_default();
                    let why = Reason::new(ReasonCode::InternalError, told(&error));
                    poster.give_up(left, &why).await;
                    for (sink, message) in showing.finish().await {
                        output.note(&format!("warning: {sink}: {message}"));
                    }
                    return Err(error);
                }
            };
            if let Some(job) = &job {
                report.run.attempt = job.event.run.attempt;
                report.source.head = Some(job.event.head_sha.clone());
            }
            for (sink, message) in [("logging", &logging_problem), ("GitHub", &event_problem)] {
                if let Some(message) = message {
                    problem(&mut report, sink, message.clone());
                }
            }
            let is_written = publish(&mut report, &policy, to);
            status = worse(status, report.exit_status);
            if arguments.format == OutputFormat::Text {
                let file = is_written.then(|| shown(&to.report, &workspace));
                output.print(&terminal::result(&report, file.as_deref(), output.style()));
            }
            if let Some(job) = &job {
                output.commands(&job.commands(&report));
                job.summarize(&mut report);
            }
            poster.complete(&report).await;
            reports.push(report);
            if signals.exit_status().is_some() {
                let left = names.get(reports.len()..).unwrap_or_default();
                let why = Reason::new(ReasonCode::Interrupted, "the run was interrupted");
                poster.give_up(left, &why).await;
                break;
            }
        }
        if let Some(job) = &job {
            let files: Vec<&Path> = destinations.iter().map(|to| to.report.as_path()).collect();
            let outputs = job::outputs(&reports, &files, &workspace, job);
            let mut problems: Vec<(&str, String)> = job
                .set_outputs(&outputs)
                .err()
                .map(|message| ("outputs of the step", message))
                .into_iter()
                .collect();
            poster
                .comment(&comment_key(&names), &together(&reports))
                .await;
            problems.extend(poster.into_problems().await);
            problems.extend(showing.finish().await);
            tell(job, &mut reports, &destinations, &problems, output);
        }
        if arguments.format == OutputFormat::Text && names.len() > 1 {
            output.print(&terminal::summary(&together(&reports), output.style()));
            for name in names.get(reports.len()..).unwrap_or_default() {
                output.print(&format!(
                    "! {name} was not judged: the run was interrupted\n"
                ));
            }
        }
        let hotfix = arguments.deploy.hotfix.as_deref();
        for (report, to) in reports.iter().zip(&destinations) {
            if let Err(error) = statement::write(report, &policy, job.as_ref(), to, hotfix) {
                output.note(&format!("warning: promotion statement: {}", told(&error)));
            }
        }
        if arguments.format == OutputFormat::Json {
            output.print(&match reports.as_slice() {
                [report] if names.len() == 1 => json::report(report),
                reports => json::pretty(&reports),
            });
        }
        // A component that nobody came to is not a passed one.
        match signals.exit_status() {
            Some(interrupted) if reports.len() < names.len() => Ok(interrupted),
            _ => Ok(status),
        }
    });
    // An analysis that was given up may still be at work on its thread.
    runtime.shutdown_background();
    status
}

/// What tells the comments of several jobs apart: each job has one for its components, and
/// `summarize` one for all.
fn comment_key(names: &[ComponentName]) -> String {
    let names: Vec<&str> = names.iter().map(ComponentName::as_str).collect();
    names.join("+")
}

/// The reports of this command as one result.
fn together(reports: &[Report]) -> Summary {
    let found = Found {
        reports: reports.to_vec(),
        problems: Vec::new(),
    };
    summarize(found, &Expectation::default())
}

/// Says in the reports, the log and the job's summary what could not be shown on GitHub.
fn tell(
    job: &Job,
    reports: &mut [Report],
    destinations: &[Destinations],
    problems: &[(&str, String)],
    output: &Output,
) {
    for (sink, message) in problems {
        output.note(&format!("warning: {sink}: {message}"));
        job.add_note(message);
        for report in reports.iter_mut() {
            problem(report, sink, message.clone());
        }
    }
    if !problems.is_empty() {
        for (report, to) in reports.iter_mut().zip(destinations) {
            write_again(report, to);
        }
    }
}

/// One component: runs it, shows it, records it in its session.
async fn one(
    mut request: Request,
    work: &Work,
    policy: &Policy,
    progress: Arc<Progress>,
    signals: &Signals,
) -> anyhow::Result<Report> {
    let recorder = Recorder::new(&policy.context, &request);
    request.observer = Some(both(progress.observer(), recorder.observer()));
    let shown = request.deployment.watcher.take();
    request.deployment.watcher = Some(both_watchers(progress.watcher(), shown));
    let outcome = match work {
        Work::Run | Work::Conclude => run_workflow(&request).await,
        Work::Promote(evidence) => promote(&request, evidence).await,
    };
    progress.finish();
    let mut report = outcome?;
    report.exit_status = signals.status_of(&report.verdict, report.exit_status);
    let (session, problems) = recorder.finish();
    report.context_session_id = session;
    for message in problems {
        problem(&mut report, "context session", message);
    }
    Ok(report)
}

fn both(first: Observer, second: Observer) -> Observer {
    Arc::new(move |event: Event| {
        first(event.clone());
        second(event);
    })
}

/// A path for people: relative to the workspace where it lies in it.
fn shown(path: &Path, workspace: &Path) -> String {
    path.strip_prefix(workspace)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}
