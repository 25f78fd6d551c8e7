//! Which commands give which evidence, and in which environment they run.
//!
//! A toolchain describes tools; it never runs one to judge anything and never decides what the
//! evidence means. Adding a toolchain is one file and one line in [`for_component`].

mod baseline;
mod command;
mod own_files;
mod python;
mod suite;
mod tool;

use crate::config::{Policy, SuitePolicy, ToolchainPolicy};
use crate::model::{Component, EvidenceKind, Reason, Specification};
use crate::process::Processes;
use crate::recovery::RetryPolicy;
use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    time::Duration,
};
use tokio_util::sync::CancellationToken;

pub use baseline::with_baseline;
pub use suite::{SuiteOrder, suite_tool};
pub use tool::{
    Action, Asked, Asking, CommandTool, Printed, Readings, Rerun, Tool, ToolLimits, with_log,
};

/// What a toolchain is told when it is to prepare its tools.
#[derive(Clone)]
pub struct Preparation {
    /// The repository's root, absolute.
    pub workspace: PathBuf,
    /// The component.
    pub component: Arc<Component>,
    /// Its specification, where one could be read.
    pub specification: Option<Arc<Specification>>,
    /// Files that git tracks although its ignore rules name them, relative to the workspace: sources
    /// like any other.
    pub tracked_but_ignored: BTreeSet<String>,
    /// The run's own folder for reports and logs, absolute.
    pub run_folder: PathBuf,
    /// The folder that is kept between runs, absolute.
    pub cache_folder: PathBuf,
    /// The kinds of evidence that are needed.
    pub needed: BTreeSet<EvidenceKind>,
    /// Suites of tests against an environment, which are no part of the component's own tests.
    pub suites: Vec<SuitePolicy>,
    /// Whether missing tools may be installed into the cache folder.
    pub may_install: bool,
    /// How long one installation step may take.
    pub install_timeout: Duration,
    /// How installation steps are tried again.
    pub install_retry: RetryPolicy,
    /// The door to child processes.
    pub processes: Arc<Processes>,
    /// Ends everything.
    pub cancel: CancellationToken,
}

/// What a toolchain found or made.
pub struct Prepared {
    /// The tools, in no particular order.
    pub tools: Vec<Tool>,
    /// Where the tools come from, in a few words: `virtual environment .venv`.
    pub environment: String,
    /// The versions of the tools, by name.
    pub versions: BTreeMap<String, String>,
    /// What is missing or went wrong. The evidence of the tools concerned says so too.
    pub problems: Vec<Reason>,
    /// What is not as it was asked for, such as an environment that cannot be used.
    pub warnings: Vec<String>,
    /// Remarks, such as what was installed.
    pub notes: Vec<String>,
    /// Commands that mend lint and format findings in place, in order.
    pub fixes: Vec<Fix>,
}

/// A command that mends findings in place.
#[derive(Debug, Clone)]
pub struct Fix {
    /// The tool's name.
    pub tool: String,
    /// What to run.
    pub command: crate::process::CommandLine,
}

/// What a language's tools are and how they are run.
pub trait Toolchain: Send + Sync {
    /// Finds the tools, or installs them where that is allowed. Never fails as a whole: what is
    /// missing is said by the tools concerned.
    fn prepare<'a>(
        &'a self,
        preparation: &'a Preparation,
    ) -> Pin<Box<dyn Future<Output = Prepared> + Send + 'a>>;

    /// The tool that runs a suite by the component's own test tool. What is missing is said by the
    /// tool.
    fn suite<'a>(
        &'a self,
        preparation: &'a Preparation,
        order: &'a SuiteOrder,
    ) -> Pin<Box<dyn Future<Output = Tool> + Send + 'a>>;
}

/// The toolchain of a component, by its name in the policy.
#[must_use]
pub fn for_component(policy: &Policy, component: &Component) -> Option<Box<dyn Toolchain>> {
    match policy.toolchains.get(&component.toolchain) {
        Some(ToolchainPolicy::Python(python)) => {
            Some(Box::new(python::Python::new(python.clone())))
        }
        Some(ToolchainPolicy::Command(commands)) => {
            Some(Box::new(command::Commands::new(commands.clone())))
        }
        None if component.toolchain == "python" => {
            Some(Box::new(python::Python::new(Default::default())))
        }
        None => None,
    }
}
