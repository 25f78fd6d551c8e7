//! The command line: one file a subcommand. Builds a request, calls the core, renders, publishes.

mod api;
mod arguments;
mod config;
mod context;
mod deployment;
pub mod deployment_posting;
mod doctor;
mod environment;
mod explain;
pub mod forge;
mod gates;
mod init;
mod inspect;
mod job;
mod log_group;
mod logging;
mod output;
mod plan;
mod posting;
mod progress;
mod promote;
mod publish;
mod recorder;
mod rules;
mod run;
mod signals;
mod spec;
mod statement;
mod summarize;

use anyhow::Context as _;
use arguments::{Arguments, Command, Word};
use clap::Parser as _;
use environment::Surroundings;
use output::Output;
use tokio::runtime::Runtime;

/// Exit status for wrong usage and bad configuration.
const USAGE: u8 = 2;

/// Exit status for a result that could not be had.
const NOT_JUDGED: u8 = 3;

/// Runs the program; gives its exit status.
///
/// 0 passed, 1 blocked by a gate or criterion, 2 usage or configuration, 3 could not be judged,
/// 130 and 143 interrupted.
#[must_use]
pub fn run() -> u8 {
    let surroundings = Surroundings::read();
    let output = Output::new(surroundings.no_color);
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            if error.use_stderr() {
                output.note(&error.render().to_string());
                return USAGE;
            }
            let help = error.render();
            output.print(&if output.style().color {
                help.ansi().to_string()
            } else {
                help.to_string()
            });
            return with_output(0, &output);
        }
    };
    let outcome = match arguments.command {
        Command::Run(arguments) => run::run(&arguments, &surroundings, &output),
        Command::Promote(arguments) => promote::run(&arguments, &surroundings, &output),
        Command::Rollback(arguments) => {
            deployment::rollback::run(&arguments, &surroundings, &output)
        }
        Command::Hold(arguments) => {
            deployment::word::run(Word::Hold, &arguments, &surroundings, &output)
        }
        Command::Release(arguments) => {
            deployment::word::run(Word::Release, &arguments, &surroundings, &output)
        }
        Command::Approve(arguments) => {
            deployment::word::run(Word::Approve, &arguments, &surroundings, &output)
        }
        Command::Status(arguments) => deployment::status::run(&arguments, &surroundings, &output),
        Command::Probe(arguments) => deployment::probe::run(&arguments, &surroundings, &output),
        Command::Verify(arguments) => deployment::verify::run(&arguments, &output),
        Command::Plan(arguments) => plan::run(&arguments, &surroundings, &output),
        Command::Gates(arguments) => gates::run(&arguments, &surroundings, &output),
        Command::Conclude(arguments) => run::conclude(&arguments, &surroundings, &output),
        Command::Summarize(arguments) => summarize::run(&arguments, &surroundings, &output),
        Command::Init(arguments) => init::run(&arguments, &output),
        Command::Publish(arguments) => publish::run(&arguments, &surroundings, &output),
        Command::Inspect(arguments) => inspect::run(&arguments, &output),
        Command::Spec(arguments) => spec::run(&arguments, &output),
        Command::Config(arguments) => config::run(&arguments, &output),
        Command::Context(arguments) => context::run(&arguments, &output),
        Command::Explain(arguments) => explain::run(&arguments, &output),
        Command::Doctor(arguments) => doctor::run(&arguments, &surroundings, &output),
    };
    let status = outcome.unwrap_or_else(|error| {
        output.error(&told(&error));
        USAGE
    });
    with_output(status, &output)
}

/// The exit status, once it is known whether the result got to the reader: a result that nobody can
/// read is none.
fn with_output(status: u8, output: &Output) -> u8 {
    let Some(error) = output.failure() else {
        return status;
    };
    output.error(&format!(
        "the result cannot be written to standard output: {error}; see that there is room where it goes, and run it again"
    ));
    worse(status, NOT_JUDGED)
}

/// An error with its causes, each said once: many errors name their cause themselves.
fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

/// What waits for the tools and reads their reports. One thread beside the one that waits for the result
/// is enough on any machine: the work is done by the tools.
fn runtime() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("the runtime could not be started")
}

/// The worse of two exit statuses: interrupted, then blocked, then not judged, then passed.
fn worse(first: u8, second: u8) -> u8 {
    let rank = |status: u8| match status {
        0 => 0,
        3 => 1,
        1 => 2,
        _ => 3,
    };
    if rank(second) > rank(first) {
        second
    } else {
        first
    }
}
