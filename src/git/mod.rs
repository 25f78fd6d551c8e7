//! What git knows about the workspace, and patches that git applies.
//!
//! The repository need not be friendly: the file-system monitor and the diff programs that its
//! configuration can name are not executed, branch names are data, and variables that point git
//! elsewhere are taken out. Content filters (Git LFS) stay, because without them files look changed
//! that are not.

mod command;
mod identity;
mod patch;

#[cfg(test)]
mod tests;

pub use identity::identity;
pub use patch::{PatchError, patch};
