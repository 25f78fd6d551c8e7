//! The arguments of every subcommand.

mod deployment;

pub(in crate::cli) use deployment::{
    DeployArguments, ProbeArguments, PromoteArguments, RollbackArguments, StatusArguments,
    VerifyArguments, Word, WordArguments,
};

use crate::impact::MAX_JOBS;
use crate::model::{ComponentName, Target};
use anyhow::Context as _;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Takes a component from its specification to production.
#[derive(Debug, Parser)]
#[command(name = "spec2prod", version, max_term_width = 100)]
pub(in crate::cli) struct Arguments {
    #[command(subcommand)]
    pub(in crate::cli) command: Command,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Take components through the stages, up to a target
    Run(RunArguments),
    /// Say which components a change concerns, as the jobs of a matrix
    Plan(PlanArguments),
    /// Deploy what a report has the evidence for
    Promote(PromoteArguments),
    /// Take a version back, or show that it can be done
    Rollback(RollbackArguments),
    /// Keep a version from being deployed
    Hold(WordArguments),
    /// Let a held version be deployed again
    Release(WordArguments),
    /// Agree to the deployment of a version
    Approve(WordArguments),
    /// Say what is deployed where, and what blocks the next level
    Status(StatusArguments),
    /// Look at the health of environments, and record it
    Probe(ProbeArguments),
    /// Check a promotion statement against its report
    Verify(VerifyArguments),
    /// Judge gates, without stages or deployments
    Gates(GatesArguments),
    /// Give one verdict from the gates that earlier steps of this job judged
    Conclude(RunArguments),
    /// Merge the reports of many jobs into one verdict, one comment and one dashboard
    Summarize(SummarizeArguments),
    /// Show what a run without rights found, such as a fork's
    Publish(PublishArguments),
    /// Write a configuration, a specification and a workflow where they are missing
    Init(InitArguments),
    /// Show what a tool's report says, as the gates read it
    Inspect(InspectArguments),
    /// Check or show a specification
    Spec(SpecArguments),
    /// Check or show the configuration, or print its schema
    Config(ConfigArguments),
    /// List or show the sessions that runs leave for the next person or agent
    Context(ContextArguments),
    /// Explain a gate, or a code of a report
    Explain(ExplainArguments),
    /// Show which tools are there for a component, and in which versions
    Doctor(DoctorArguments),
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum OutputFormat {
    /// For people.
    Text,
    /// One JSON document on standard output, and nothing else there.
    Json,
}

/// Which repository and which rules.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct WorkspaceArguments {
    /// The repository's root
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(in crate::cli) workspace: PathBuf,
    /// The configuration file [default: workflow_config.yaml, where it is there]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
}

impl WorkspaceArguments {
    /// The repository's root, absolute and without symbolic links.
    pub(in crate::cli) fn resolved(&self) -> anyhow::Result<PathBuf> {
        std::fs::canonicalize(&self.workspace)
            .with_context(|| format!("the workspace {} cannot be used", self.workspace.display()))
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RunArguments {
    /// The component; several, by commas or several times, are judged one after another
    #[arg(
        long,
        short,
        value_name = "NAME",
        required = true,
        value_delimiter = ','
    )]
    pub(in crate::cli) component: Vec<ComponentName>,
    /// How far to take it: dev, staging or production
    #[arg(long, short, default_value = "dev")]
    pub(in crate::cli) target: Target,
    /// Its specification [default: specs/NAME.md]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) spec: Option<PathBuf>,
    /// Where to write the report [default: workflow_report_NAME.json]
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Judge by the rules of this commit, such as the base of a pull request
    #[arg(long, value_name = "REF")]
    pub(in crate::cli) policy_from: Option<String>,
    /// Judge the criteria of the deployments, and deploy nothing
    #[arg(long)]
    pub(in crate::cli) no_deploy: bool,
    #[command(flatten)]
    pub(in crate::cli) deploy: DeployArguments,
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PlanArguments {
    /// What to compare with [default: the default branch; in CI nothing, which plans everything]
    #[arg(long, value_name = "REF")]
    pub(in crate::cli) base: Option<String>,
    /// The most jobs of the matrix
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = max_jobs)]
    pub(in crate::cli) max_jobs: usize,
    /// Plan all components, whatever changed
    #[arg(long, conflicts_with = "component")]
    pub(in crate::cli) all: bool,
    /// Plan this component, whatever changed; several by commas or several times
    #[arg(long, short, value_name = "NAME", value_delimiter = ',')]
    pub(in crate::cli) component: Vec<ComponentName>,
    /// How far to take the components; passed on to the jobs
    #[arg(long, short)]
    pub(in crate::cli) target: Option<Target>,
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

/// A number of jobs that a matrix can have.
fn max_jobs(text: &str) -> Result<usize, String> {
    let number = text.parse().ok();
    let number = number.filter(|number| (1..=MAX_JOBS).contains(number));
    number.ok_or_else(|| format!("a matrix has 1 to {MAX_JOBS} jobs"))
}

#[derive(Debug, Args)]
pub(in crate::cli) struct GatesArguments {
    /// The gates; those of the target's level when none is named
    #[arg(value_name = "GATE")]
    pub(in crate::cli) gates: Vec<String>,
    /// The component; needed when there are several
    #[arg(long, short, value_name = "NAME")]
    pub(in crate::cli) component: Option<ComponentName>,
    /// The level whose thresholds apply: dev, staging or production
    #[arg(long, short, default_value = "dev")]
    pub(in crate::cli) target: Target,
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SummarizeArguments {
    /// The folders with the reports: the downloaded artifacts
    #[arg(value_name = "DIR", required = true)]
    pub(in crate::cli) folders: Vec<PathBuf>,
    /// A component that must have a report, as `plan` named it; several times for several. `-` says
    /// that there was nothing to judge
    #[arg(long, short, value_name = "NAME", allow_hyphen_values = true)]
    pub(in crate::cli) component: Vec<String>,
    /// A folder with reports of the base, to say what has changed since; without them nothing is said
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) base_reports: Option<PathBuf>,
    /// How the jobs before this one ended: the value of `${{ toJSON(needs) }}`
    #[arg(long, value_name = "JSON")]
    pub(in crate::cli) needs: Option<String>,
    /// The commit that every report must be about [default: in GitHub Actions that of the event]
    #[arg(long, value_name = "SHA")]
    pub(in crate::cli) commit: Option<String>,
    /// Where to write the summary as JSON
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PublishArguments {
    /// The folders with the reports: the downloaded artifacts
    #[arg(value_name = "DIR", required = true)]
    pub(in crate::cli) folders: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct InitArguments {
    /// The repository's root
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(in crate::cli) workspace: PathBuf,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct InspectArguments {
    /// The reports
    #[arg(value_name = "FILE", required = true)]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SpecArguments {
    #[command(subcommand)]
    pub(in crate::cli) command: SpecCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SpecCommand {
    /// Say what is missing, doubtful or in conflict
    Check {
        /// The specification
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The component it is for [default: the one it names, else the file's name]
        #[arg(long, short, value_name = "NAME")]
        component: Option<ComponentName>,
        /// What it must be good enough for [default: the target it states, else dev]
        #[arg(long, short)]
        target: Option<Target>,
        #[command(flatten)]
        workspace: WorkspaceArguments,
        /// How to print the result
        #[arg(long, default_value = "text")]
        format: OutputFormat,
    },
    /// Show what was understood
    Show {
        /// The specification
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How to print the result
        #[arg(long, default_value = "text")]
        format: OutputFormat,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ConfigArguments {
    #[command(subcommand)]
    pub(in crate::cli) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ConfigCommand {
    /// Say everything that is wrong, and which keys are not yet in effect
    Check {
        #[command(flatten)]
        workspace: WorkspaceArguments,
    },
    /// Show every value in effect, and where it was set
    Show {
        /// With this component's overrides
        #[arg(long, short, value_name = "NAME")]
        component: Option<ComponentName>,
        #[command(flatten)]
        workspace: WorkspaceArguments,
    },
    /// Print a JSON Schema
    Schema {
        /// Of what
        #[arg(long, default_value = "configuration")]
        of: SchemaOf,
    },
}

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SchemaOf {
    /// `workflow_config.yaml`
    Configuration,
    /// `workflow_report_NAME.json`
    Report,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ContextArguments {
    #[command(subcommand)]
    pub(in crate::cli) command: ContextCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ContextCommand {
    /// List the sessions
    List {
        #[command(flatten)]
        workspace: WorkspaceArguments,
        /// How to print the result
        #[arg(long, default_value = "text")]
        format: OutputFormat,
    },
    /// Show one session
    Show {
        /// The session's id
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        workspace: WorkspaceArguments,
        /// How to print the result
        #[arg(long, default_value = "text")]
        format: OutputFormat,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainArguments {
    /// A gate such as `test_coverage`, a code such as `tool_missing`, or a rule such as
    /// `spec/duplicate-id`; everything there is when absent
    #[arg(value_name = "GATE|CODE")]
    pub(in crate::cli) what: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct DoctorArguments {
    /// The component [default: every one]
    #[arg(long, short, value_name = "NAME")]
    pub(in crate::cli) component: Option<ComponentName>,
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}
