//! `spec2prod status`: what is deployed where, and what blocks the next level.

use super::{last_report, requests};
use crate::cli::arguments::{OutputFormat, StatusArguments};
use crate::cli::{Output, Surroundings, runtime};
use crate::config;
use crate::publish::write_atomically;
use crate::render::markdown::{self, Links};
use crate::render::{json, terminal};
use crate::workflow::status;
use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

/// The file that says how mature a component is.
const FILE: &str = "MATURITY.md";

/// Runs the subcommand. What blocks is said, and is no error of this command.
pub(in crate::cli) fn run(
    arguments: &StatusArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let named = arguments.component.clone();
    let (runtime, cancel) = (runtime()?, CancellationToken::new());
    let found = runtime.block_on(async {
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
        anyhow::ensure!(
            !requests.is_empty(),
            "no component was found; name one with --component"
        );
        let mut found = Vec::new();
        for request in &requests {
            let report = last_report(request, output);
            let status = status(request, report.as_ref()).await?;
            if arguments.maturity_file {
                let file = request.workspace.join(&status.folder).join(FILE);
                let text = markdown::maturity(&status.component, &Links::default());
                write_atomically(&file, text.as_bytes())
                    .with_context(|| format!("{} cannot be written", file.display()))?;
                output.note(&format!("wrote {}", file.display()));
            }
            found.push(status.component);
        }
        Ok(found)
    })?;
    output.print(&match arguments.format {
        OutputFormat::Json => json::pretty(&found),
        OutputFormat::Text => terminal::status(&found, output.style()),
    });
    Ok(0)
}
