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
//! | [`formats`] | reports of tools → typed evidence |
//! | [`source_code`] | what the sources say about themselves |
//! | [`yaml`] | the only door to YAML |
//! | [`recovery`] | trying again, and knowing when not to |
//! | [`gates`] | evidence and limits → verdicts |
//! | [`workflow`] | the stages, in order → the report |
//! | [`context`] | the session that the next person or agent picks up |
//! | [`history`] | metrics of earlier runs |
//! | [`render`] | the report → text and HTML |
//! | [`cli`] | the command line |
//!
//! [`model`] has the words that they share.

pub mod config;
pub mod context;
pub mod formats;
pub mod gates;
pub mod history;
pub mod model;
pub mod process;
pub mod recovery;
pub mod render;
pub mod source_code;
pub mod spec;
pub mod toolchains;
pub mod workflow;
pub mod yaml;

pub mod cli;
