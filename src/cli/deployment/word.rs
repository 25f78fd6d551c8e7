//! `spec2prod hold`, `release` and `approve`: a word about a version, in the ledger.

use super::request_for;
use crate::cli::arguments::{OutputFormat, Word, WordArguments};
use crate::cli::{Output, Surroundings, runtime};
use crate::ledger::{Approval, Event};
use crate::model::Version;
use crate::render::json;
use crate::workflow::say;
use anyhow::Context as _;
use serde_json::json;
use tokio_util::sync::CancellationToken;

/// Runs the subcommand.
pub(in crate::cli) fn run(
    word: Word,
    arguments: &WordArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let place = &arguments.place;
    let version = Version {
        digest: arguments.artifact_digest.clone(),
        ..arguments.version.clone()
    };
    let reason = arguments.reason.clone();
    let (runtime, cancel) = (runtime()?, CancellationToken::new());
    let by = runtime.block_on(async {
        let (request, _) = request_for(
            &place.workspace,
            &place.component,
            surroundings,
            output,
            &cancel,
        )
        .await?;
        let event = match word {
            Word::Hold => Event::Held {
                version: version.clone(),
                reason,
            },
            Word::Release => Event::Released {
                version: version.clone(),
                reason,
            },
            Word::Approve => Event::Approved(Approval {
                version: version.clone(),
                approver: request
                    .deployment
                    .actor
                    .clone()
                    .context("it is not known who agrees; GITHUB_ACTOR or USER must say it")?,
                reason,
            }),
        };
        say(&request, place.environment, event).await?;
        anyhow::Ok(request.deployment.actor)
    })?;
    let by = by.unwrap_or_else(|| "somebody".to_owned());
    let done = match word {
        Word::Hold => "is held: no stage deploys it until it is released",
        Word::Release => "is released: it may be deployed again",
        Word::Approve => "is approved",
    };
    match place.format {
        OutputFormat::Json => output.print(&json::pretty(&json!({
            "component": place.component,
            "environment": place.environment,
            "version": version,
            "reason": arguments.reason,
            "by": by,
        }))),
        OutputFormat::Text => output.say(&format!(
            "{} in {}: {version} {done} ({by}: {})",
            place.component,
            place.environment,
            arguments.reason.replace('\n', " ")
        )),
    }
    Ok(0)
}
