//! The session that the next person or agent picks up: what the runs of a day decided, in the
//! format of the ancestor's context manager, with exact token counts.
//!
//! Nothing here decides or publishes anything: a session that cannot be read or written is left
//! as it is, and the run goes on without it.

mod catalog;
mod document;
mod error;
mod message;
mod session;
mod show;
mod text;
mod tokens;

#[cfg(test)]
mod tests;

pub use catalog::{SessionList, SessionSummary, list, load};
pub use document::{SessionDocument, StoredMessage};
pub use error::ContextError;
pub use message::{RunFacts, SessionMessage, opening_message, stage_message};
pub use session::{Role, Session, session_id};
pub use show::show;
pub use tokens::count_tokens;
