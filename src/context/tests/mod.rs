//! Sessions on disk, and what the workflow writes into them.

mod message;
mod session;
