//! The action: how it installs the program, which arguments it gives it, and that what `action.yml`,
//! the workflows and the document say is the same.

mod arguments;
mod description;
mod install;
mod outputs;
mod refused;
mod runner;
mod server;
mod workflows;
