//! Sessions on disk, and what the workflow writes into them.

mod deployment;
mod message;
mod session;
