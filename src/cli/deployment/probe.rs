//! `spec2prod probe`: looks at the health of environments once, and records what was seen.

use super::{last_report, requests};
use crate::cli::arguments::{OutputFormat, ProbeArguments};
use crate::cli::{Output, Surroundings, runtime, worse};
use crate::config;
use crate::render::json;
use crate::workflow::{WorkflowError, probe};
use tokio_util::sync::CancellationToken;

/// Runs the subcommand: 0 when everything is up, 1 when something is down, 3 when something could not
/// be looked at.
pub(in crate::cli) fn run(
    arguments: &ProbeArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let named = arguments.component.clone();
    let (runtime, cancel) = (runtime()?, CancellationToken::new());
    let (looks, failed) = runtime.block_on(async {
        let (requests, _) = requests(
            &arguments.workspace,
            |policy, root| match named {
                Some(name) => vec![name],
                None => config::components(policy, root),
            },
            surroundings,
            output,
            &cancel,
        )
        .await?;
        let is_named = arguments.component.is_some();
        let (mut looks, mut failed) = (Vec::new(), Vec::new());
        for request in &requests {
            let report = last_report(request, output);
            match probe(request, arguments.environment, report.as_ref()).await {
                Ok(found) => looks.extend(found),
                // Of all components those are meant that have such an environment.
                Err(WorkflowError::NoEnvironment { .. }) if !is_named => {}
                Err(error) => failed.push(format!("{}: {error}", request.component)),
            }
        }
        anyhow::Ok((looks, failed))
    })?;
    anyhow::ensure!(
        !looks.is_empty() || !failed.is_empty(),
        "there is nothing to look at: no environment that is configured under `environments` has a \
         deployment in its record; deploy, or name the environment with --environment"
    );
    let status = looks.iter().fold(0, |status, look| {
        let own = match look.is_up {
            Some(true) => 0,
            Some(false) => 1,
            None => 3,
        };
        let own = if look.demotion.is_some() { 1 } else { own };
        worse(status, own)
    });
    for problem in &failed {
        output.error(problem);
    }
    let status = if failed.is_empty() {
        status
    } else {
        worse(status, 3)
    };
    match arguments.format {
        OutputFormat::Json => output.print(&json::pretty(&looks)),
        OutputFormat::Text => {
            for look in &looks {
                output.say(&look.to_string());
            }
        }
    }
    Ok(status)
}
