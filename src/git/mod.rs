//! What git knows about the workspace and its history, patches that git applies, and files on a
//! branch that is never checked out.
//!
//! The repository need not be friendly: the file-system monitor and the diff programs that its
//! configuration can name are not executed, branch names are data, and variables that point git
//! elsewhere are taken out. Content filters (Git LFS) stay, because without them files look changed
//! that are not.

mod branch;
mod changes;
mod command;
mod identity;
mod patch;
mod reference;
mod same;
mod stored;

#[cfg(test)]
mod tests;

pub use branch::{Branch, BranchError, Pushed};
pub use changes::{Changes, ChangesError, changes, local_files};
pub use command::GitError;
pub use identity::identity;
pub use patch::{PatchError, patch};
pub use reference::{commit_of, usual_base};
pub use same::is_same_but_for;
pub use stored::{
    StoredFileError, file_of_commit, files_of_commit, tracked_but_ignored, tracked_files,
};
