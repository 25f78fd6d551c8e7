//! The arguments of what deploys, takes back, holds and looks.

use super::{OutputFormat, WorkspaceArguments};
use crate::model::{ComponentName, EnvironmentName, Target, Version, is_full_hash};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How a run deploys, where it comes to that.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct DeployArguments {
    /// The digest of the artifact that was built from the commit, such as sha256:…
    #[arg(long, value_name = "DIGEST", value_parser = digest)]
    pub(in crate::cli) artifact_digest: Option<String>,
    /// Skip the days in staging, for this reason; it is recorded and shown
    #[arg(long, value_name = "REASON", value_parser = reason)]
    pub(in crate::cli) hotfix: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PromoteArguments {
    /// The component
    #[arg(long, short, value_name = "NAME")]
    pub(in crate::cli) component: ComponentName,
    /// Where to: staging or production
    #[arg(long, visible_alias = "target", value_name = "ENVIRONMENT", value_parser = environment)]
    pub(in crate::cli) to: EnvironmentName,
    /// The report with the evidence [default: workflow_report_NAME.json]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) report: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) deploy: DeployArguments,
    /// Where to write the report [default: workflow_report_NAME.json]
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Judge by the rules of this commit
    #[arg(long, value_name = "REF")]
    pub(in crate::cli) policy_from: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

/// One component in one environment.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct PlaceArguments {
    /// The component
    #[arg(long, short, value_name = "NAME")]
    pub(in crate::cli) component: ComponentName,
    /// The environment: staging or production
    #[arg(long, short, visible_alias = "target", value_parser = environment)]
    pub(in crate::cli) environment: EnvironmentName,
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RollbackArguments {
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArguments,
    /// Go back and return, to show that a rollback works
    #[arg(long, conflicts_with = "reason")]
    pub(in crate::cli) drill: bool,
    /// Why; the version that is taken back is held for this reason
    #[arg(long, value_name = "TEXT", value_parser = reason, required_unless_present = "drill")]
    pub(in crate::cli) reason: Option<String>,
    /// The version to go back to: the full hash of its commit [default: the last healthy one]
    #[arg(long, value_name = "COMMIT", value_parser = commit, conflicts_with = "drill")]
    pub(in crate::cli) to: Option<Version>,
}

/// A word about a version.
#[derive(Debug, Args)]
pub(in crate::cli) struct WordArguments {
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArguments,
    /// The version: the full hash of its commit
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    pub(in crate::cli) version: Version,
    /// The digest of its artifact, where it has one
    #[arg(long, value_name = "DIGEST", value_parser = digest)]
    pub(in crate::cli) artifact_digest: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub(in crate::cli) reason: String,
}

/// What a word does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Word {
    /// The version must not be deployed there.
    Hold,
    /// It may be deployed again.
    Release,
    /// Somebody agrees to its deployment.
    Approve,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct StatusArguments {
    /// The component [default: every one]
    #[arg(long, short, value_name = "NAME")]
    pub(in crate::cli) component: Option<ComponentName>,
    /// Write MATURITY.md of each component into its folder
    #[arg(long)]
    pub(in crate::cli) maturity_file: bool,
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ProbeArguments {
    /// The component [default: every one that has an environment]
    #[arg(long, short, value_name = "NAME")]
    pub(in crate::cli) component: Option<ComponentName>,
    /// The environment [default: every one]
    #[arg(long, short, value_parser = environment)]
    pub(in crate::cli) environment: Option<EnvironmentName>,
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyArguments {
    /// The statement, a DSSE envelope or a Sigstore bundle that has it
    #[arg(value_name = "STATEMENT")]
    pub(in crate::cli) statement: PathBuf,
    /// The report that it is about
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) report: PathBuf,
    /// The component that must be meant
    #[arg(long, short, value_name = "NAME")]
    pub(in crate::cli) component: Option<ComponentName>,
    /// The SHA-256 of the policy that must have been obeyed, as a statement names it
    #[arg(long, value_name = "SHA256")]
    pub(in crate::cli) policy: Option<String>,
    /// The commit that must be meant
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    pub(in crate::cli) commit: Option<Version>,
    /// The digest of the artifact that must be meant
    #[arg(long, value_name = "DIGEST", value_parser = digest)]
    pub(in crate::cli) artifact_digest: Option<String>,
    /// The environment that it must allow: staging or production
    #[arg(long, short, value_parser = environment)]
    pub(in crate::cli) environment: Option<EnvironmentName>,
    /// How to print the result
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: OutputFormat,
}

fn environment(text: &str) -> Result<EnvironmentName, String> {
    match text.parse::<Target>() {
        Ok(Target::Staging) => Ok(EnvironmentName::Staging),
        Ok(Target::Production) => Ok(EnvironmentName::Production),
        _ => Err(format!("expected staging or production, found {text:?}")),
    }
}

/// `sha256:` and 64 hexadecimal digits, or `sha512:` and 128, as container registries write it.
fn digest(text: &str) -> Result<String, String> {
    let text = text.trim();
    let length = match text.split_once(':') {
        Some(("sha256", _)) => 64,
        Some(("sha512", _)) => 128,
        _ => 0,
    };
    let hexadecimal = text.split_once(':').map_or("", |(_, digits)| digits);
    let is_digest = length > 0
        && hexadecimal.len() == length
        && hexadecimal.bytes().all(|byte| byte.is_ascii_hexdigit());
    match is_digest {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("expected sha256: and 64 hexadecimal digits".to_owned()),
    }
}

fn commit(text: &str) -> Result<Version, String> {
    let text = text.trim();
    match is_full_hash(text) {
        true => Ok(Version::of_commit(text.to_ascii_lowercase())),
        false => Err("expected the full hash of a commit, 40 hexadecimal digits".to_owned()),
    }
}

fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.is_empty() || text.chars().count() > 1000 {
        true => Err("expected a reason of 1 to 1,000 characters".to_owned()),
        false => Ok(text.to_owned()),
    }
}
