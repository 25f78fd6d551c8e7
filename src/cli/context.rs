//! `spec2prod context`: the sessions that runs leave for the next person or agent.

use super::Output;
use super::arguments::{ContextArguments, ContextCommand, OutputFormat, WorkspaceArguments};
use crate::config;
use crate::context::{self, SessionSummary};
use crate::render::{json, plain};
use std::path::PathBuf;

/// Runs the subcommand.
pub(super) fn run(arguments: &ContextArguments, output: &Output) -> anyhow::Result<u8> {
    match &arguments.command {
        ContextCommand::List { workspace, format } => {
            let list = context::list(&folder(workspace)?)?;
            for problem in &list.unreadable {
                output.note(&format!("warning: {problem}"));
            }
            output.print(&match format {
                OutputFormat::Json => json::pretty(&list.sessions),
                OutputFormat::Text => lines(&list.sessions),
            });
        }
        ContextCommand::Show {
            id,
            workspace,
            format,
        } => {
            let session = context::load(&folder(workspace)?, id)?;
            output.print(&match format {
                OutputFormat::Json => session.to_json(),
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

fn lines(sessions: &[SessionSummary]) -> String {
    if sessions.is_empty() {
        return "no sessions yet".to_owned();
    }
    let line = |session: &SessionSummary| {
        let budget = session
            .max_tokens
            .map_or_else(String::new, |max| format!(" of {max}"));
        let warning = if session.is_over_budget {
            "  over its budget"
        } else {
            ""
        };
        let last = session.last_message_at.as_deref().unwrap_or("never");
        format!(
            "{}  {} messages, {}{budget} tokens, last at {}{warning}\n",
            session.id,
            session.messages,
            session.current_tokens,
            plain(last)
        )
    };
    sessions.iter().map(line).collect()
}
