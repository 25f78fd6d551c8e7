//! spec2prod takes a component of a repository from its specification to production.
//!
//! The map of the crate, in the order in which data flows through it:
//!
//! | module | what it is about |
//! |---|---|
//! | [`config`] | the configuration file → the policy that a run obeys |
//! | [`spec`] | the component's Markdown specification → typed data and findings |
//! | [`toolchains`] | which command gives which evidence, in which environment |
//! | [`process`] | the only door to child processes |
//! | [`git`] | what git knows about the workspace and its history; patches |
//! | [`formats`] | reports of tools → typed evidence |
//! | [`source_code`] | what the sources say about themselves |
//! | [`yaml`] | the only door to YAML |
//! | [`http`] | the only door to HTTP, and the way to GitHub's API |
//! | [`prometheus`] | questions to a Prometheus server |
//! | [`ledger`] | what was deployed where, and what follows from it |
//! | [`recovery`] | trying again, and knowing when not to |
//! | [`gates`] | evidence and limits → verdicts |
//! | [`base_policy`] | the rules as another commit has them |
//! | [`impact`] | changed files → the components that they concern |
//! | [`planning`] | which components a change concerns, as the jobs of a matrix |
//! | [`promotion`] | whether a version may go on, beside what the gates say |
//! | [`deploy`] | a version → an environment, its health, and back |
//! | [`workflow`] | the stages, in order → the report |
//! | [`context`] | the session that the next person or agent picks up |
//! | [`history`] | metrics of earlier runs |
//! | [`render`] | the report → text and HTML |
//! | [`telemetry`] | the log |
//! | [`summary`] | many reports → one verdict |
//! | [`github`] | what GitHub says about the run, and the ways in which results are shown there |
//! | [`publish`] | the report and the dashboard → files and GitHub; no problem there changes a verdict |
//! | [`cli`] | the command line |
//!
//! [`model`] has the words that they share.
//!
//! # Examples
//!
//! One component through the stages. Nothing is published: what the report says is the caller's.
//!
//! ```no_run
//! use spec2prod::{model::Target, process::Environment, run_workflow, workflow::Request};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let component = "example_component".parse()?;
//!     let environment = Environment::scrubbed(std::env::vars());
//!     let request = Request::new(".", component, Target::Staging, environment);
//!     let report = run_workflow(&request).await?;
//!     for stage in report.stages() {
//!         println!("{}: {}", stage.stage_name, stage.verdict);
//!     }
//!     std::process::exit(report.exit_status.into());
//! }
//! ```
//!
//! Two gates alone, in the configuration of another folder:
//!
//! ```no_run
//! use spec2prod::{model::Target, process::Environment, run_quality_gates, workflow::Request};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let component = "billing".parse()?;
//!     let environment = Environment::scrubbed(std::env::vars());
//!     let request = Request::new("/srv/shop", component, Target::Dev, environment);
//!     let gates = ["linting".to_owned(), "test_coverage".to_owned()];
//!     let results = run_quality_gates(&request, &gates).await?;
//!     for gate in results.gates.iter().filter(|gate| gate.blocks()) {
//!         println!("{}: {}", gate.gate_name, gate.errors.join("; "));
//!     }
//!     Ok(())
//! }
//! ```

pub mod base_policy;
pub mod config;
pub mod context;
pub mod deploy;
mod file_lock;
pub mod formats;
pub mod gates;
pub mod git;
pub mod github;
pub mod history;
pub mod http;
pub mod impact;
mod inside;
pub mod ledger;
pub mod model;
pub mod planning;
pub mod process;
pub mod prometheus;
pub mod promotion;
pub mod publish;
pub mod recovery;
pub mod render;
pub mod source_code;
pub mod spec;
pub mod summary;
pub mod telemetry;
pub mod toolchains;
pub mod workflow;
pub mod yaml;

pub mod cli;

pub use workflow::{run_quality_gates, run_workflow};
