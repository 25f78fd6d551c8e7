//! `spec2prod run`: components through the stages, up to a target.

use super::arguments::{OutputFormat, RunArguments};
use super::progress::{Manner, Progress};
use super::recorder::Recorder;
use super::signals::Signals;
use super::{Output, Surroundings, job, runtime, worse};
use crate::base_policy;
use crate::config::{self, LogLevel, Logging, Policy};
use crate::model::{ComponentName, PolicyOrigin, Report};
use crate::process::Processes;
use crate::publish::{Destinations, Job, problem, publish};
use crate::render::{json, terminal};
use crate::telemetry::{self, LogFormat, LogSettings};
use crate::workflow::{CircuitBreakers, Event, Observer, Request, run_workflow};
use std::{path::Path, sync::Arc};
use tokio_util::sync::CancellationToken;

/// Runs the subcommand; gives the worst exit status of all components.
pub(super) fn run(
    arguments: &RunArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    judge(arguments, surroundings, output, false)
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
    judge(arguments, surroundings, output, true)
}

fn judge(
    arguments: &RunArguments,
    surroundings: &Surroundings,
    output: &Output,
    is_conclusion: bool,
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
    let (policy, origin) = runtime.block_on(rules(arguments, surroundings, &workspace))?;
    let policy = Arc::new(policy);
    // A name that does not exist is said before the first of several components takes its time.
    for name in &names {
        config::component(&policy, &workspace, name, arguments.spec.as_deref())?;
    }
    let destinations = names
        .iter()
        .map(|name| Destinations::new(&workspace, name.as_str(), arguments.output.as_deref()))
        .collect::<Result<Vec<_>, _>>()?;
    let found = job::find(surroundings, &workspace, &policy.github.surfaces)?;
    let job = found.job.map(|job| Job {
        artifact: Some(job::artifact_name(&names, &job, surroundings)),
        ..job
    });
    let logging_problem = start_logging(&workspace, &policy.logging);
    let status = runtime.block_on(async {
        let signals = Signals::listen();
        let breakers = Arc::new(CircuitBreakers::new(policy.circuit_breaker.clone()));
        let mut reports = Vec::new();
        let mut status = 0;
        for (name, to) in names.iter().zip(&destinations) {
            let request = Request {
                spec: arguments.spec.clone(),
                policy: Some(Arc::clone(&policy)),
                policy_origin: origin.as_ref().map(|origin| origin.for_component(name)),
                is_ci: surroundings.is_ci,
                breakers: Some(Arc::clone(&breakers)),
                sharing: is_conclusion
                    .then(|| job::sharing(surroundings, name, true))
                    .flatten(),
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
            let mut report = one(request, &policy, progress, &signals).await?;
            if let Some(job) = &job {
                report.run.attempt = job.event.run.attempt;
                report.source.head = Some(job.event.head_sha.clone());
            }
            if let Some(message) = &logging_problem {
                problem(&mut report, "logging", message.clone());
            }
            if let Some(message) = &found.problem {
                problem(&mut report, "GitHub", message.clone());
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
            reports.push(report);
            if signals.exit_status().is_some() {
                break;
            }
        }
        if arguments.format == OutputFormat::Json {
            output.print(&match reports.as_slice() {
                [report] if names.len() == 1 => json::report(report),
                reports => json::pretty(&reports),
            });
        }
        if let Some(job) = &job {
            let files: Vec<&Path> = destinations.iter().map(|to| to.report.as_path()).collect();
            if let Err(message) = job.set_outputs(&job::outputs(&reports, &files, &workspace, job))
            {
                tracing::warn!("outputs of the step: {message}");
                output.note(&format!("warning: the outputs of the step: {message}"));
            }
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

/// What the run obeys, and where that comes from where it is another commit. The configuration of
/// the workspace must be valid all the same: others will be judged by it.
async fn rules(
    arguments: &RunArguments,
    surroundings: &Surroundings,
    workspace: &Path,
) -> anyhow::Result<(Policy, Option<PolicyOrigin>)> {
    let config = arguments.workspace.config.as_deref();
    let own = config::load(workspace, config)?;
    let Some(reference) = &arguments.policy_from else {
        return Ok((own, None));
    };
    let processes = Processes::new(surroundings.environment.clone());
    let cancel = CancellationToken::new();
    let (policy, origin) =
        base_policy::judged_by(&processes, workspace, reference, config, &own, &cancel).await?;
    Ok((policy, Some(origin)))
}

/// One component: runs it, shows it, records it in its session.
async fn one(
    mut request: Request,
    policy: &Policy,
    progress: Arc<Progress>,
    signals: &Signals,
) -> anyhow::Result<Report> {
    let recorder = Recorder::new(&policy.context, &request);
    request.observer = Some(both(progress.observer(), recorder.observer()));
    let outcome = run_workflow(&request).await;
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

/// Starts the log; what went wrong does not stop the run.
fn start_logging(workspace: &Path, logging: &Logging) -> Option<String> {
    let format = match LogFormat::parse(&logging.format) {
        Ok(format) => format,
        Err(error) => return Some(error.to_string()),
    };
    let settings = LogSettings {
        level: match logging.level {
            LogLevel::Debug => tracing::Level::DEBUG,
            LogLevel::Info => tracing::Level::INFO,
            LogLevel::Warning => tracing::Level::WARN,
            LogLevel::Error | LogLevel::Critical => tracing::Level::ERROR,
        },
        format,
        file: logging.file.as_ref().map(|file| workspace.join(file)),
        console: logging.console,
    };
    telemetry::init(&settings)
        .err()
        .map(|error| error.to_string())
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
