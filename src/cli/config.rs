//! `spec2prod config`: checks or shows the configuration, or prints a schema.

use super::Output;
use super::arguments::{ConfigArguments, ConfigCommand, SchemaOf};
use crate::config;
use crate::render::json;

/// Runs the subcommand.
pub(super) fn run(arguments: &ConfigArguments, output: &Output) -> anyhow::Result<u8> {
    match &arguments.command {
        ConfigCommand::Check { workspace } => {
            let policy = config::load(&workspace.resolved()?, workspace.config.as_deref())?;
            output.print(&config::check(&policy));
        }
        ConfigCommand::Show {
            component,
            workspace,
        } => {
            let policy = config::load(&workspace.resolved()?, workspace.config.as_deref())?;
            let policy = match component {
                Some(component) => policy.for_component(component.as_str()),
                None => policy,
            };
            output.print(&config::show(&policy));
        }
        ConfigCommand::Schema { of } => {
            let schema = match of {
                SchemaOf::Configuration => config::SCHEMA,
                SchemaOf::Report => json::REPORT_SCHEMA,
            };
            output.print(&json::laid_out(schema)?);
        }
    }
    Ok(0)
}
