//! `spec2prod probe`: looks at the health of environments once, and records what was seen.

use super::requests;
use crate::cli::arguments::{OutputFormat, ProbeArguments};
use crate::cli::{Output, Surroundings, runtime, worse};
use crate::config;
use crate::render::json;
use crate::workflow::probe;
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
    let looks = runtime.block_on(async {
        let requests = requests(
            &arguments.workspace,
            |policy, root| match named {
                Some(name) => vec![name],
                None => config::components(policy, root),
            },
            surroundings,
            &cancel,
        )
        .await?;
        let mut looks = Vec::new();
        for request in &requests {
            looks.extend(probe(request, arguments.environment).await?);
        }
        anyhow::Ok(looks)
    })?;
    anyhow::ensure!(
        !looks.is_empty(),
        "there is no environment to look at; configure one under `environments`"
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
    output.print(&match arguments.format {
        OutputFormat::Json => json::pretty(&looks),
        OutputFormat::Text => looks
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
    });
    Ok(status)
}
