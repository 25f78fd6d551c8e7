//! The session that the next person or agent picks up: what the runs of a day decided, in the
//! format of the ancestor's context manager, with exact token counts.
//!
//! Nothing here decides or publishes anything: a session that cannot be read or written is left
//! as it is, and the run goes on without it.

mod tokens;

pub use tokens::count_tokens;
