//! `spec2prod context`: the sessions that runs leave for the next person or agent.

use super::Output;
use super::arguments::{ContextArguments, ContextCommand, OutputFormat, WorkspaceArguments};
use crate::config;
use crate::context::{self, Session};
use crate::render::json;
use std::path::PathBuf;

/// Runs the subcommand.
pub(super) fn run(arguments: &ContextArguments, output: &Output) -> anyhow::Result<u8> {
    match &arguments.command {
        ContextCommand::List { workspace, format } => {
            let sessions = context::list(&folder(workspace)?)?;
            output.print(&match format {
                OutputFormat::Json => json::pretty(&sessions),
                OutputFormat::Text => context::show_list(&sessions),
            });
        }
        ContextCommand::Show {
            id,
            workspace,
            format,
        } => {
            let session = Session::load(&folder(workspace)?, id)?;
            output.print(&match format {
                OutputFormat::Json => json::pretty(session.document()),
                OutputFormat::Text => context::show(&session),
            });
        }
    }
    Ok(0)
}

fn folder(workspace: &WorkspaceArguments) -> anyhow::Result<PathBuf> {
    let root = workspace.resolved()?;
    let policy = config::load(&root, workspace.config.as_deref())?;
    Ok(root.join(policy.context.sessions_dir))
}
