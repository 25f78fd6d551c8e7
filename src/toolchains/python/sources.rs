//! The component's own Python files, and which of them a tool looked at.

use super::super::{Preparation, own_files::OwnFiles};
use crate::model::{Reason, ReasonCode, SourceFacts, Unavailable};
use crate::source_code::python;
use std::{collections::HashSet, sync::Arc};

/// The component's own Python files, without its tests: what every tool should look at.
#[derive(Clone)]
pub(super) struct SourceFiles {
    /// Relative to the workspace.
    files: Arc<[String]>,
    /// Where they are, for people.
    place: Arc<str>,
    /// Reads all of them.
    facts: Arc<dyn Fn() -> Option<SourceFacts> + Send + Sync>,
}

impl SourceFiles {
    /// Those that are there. Where they cannot be listed, the analysis of the sources says why.
    pub(super) fn find(preparation: &Preparation, own: &OwnFiles) -> Self {
        let path = &preparation.component.path;
        let tracked = &preparation.tracked_but_ignored;
        let files = python::files(&preparation.workspace, path, tracked).unwrap_or_default();
        let (workspace, path) = (preparation.workspace.clone(), path.clone());
        let tracked = tracked.clone();
        Self {
            facts: Arc::new(move || python::facts(&workspace, &path, &tracked).ok()),
            files: files.into_iter().filter(|file| own.have(file)).collect(),
            place: own.sources().into(),
        }
    }

    /// All of them, relative to the workspace.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// Those that are not Python, with why.
    pub(super) fn unparsable(&self) -> impl Iterator<Item = (String, String)> {
        let errors = (self.facts)().map(|facts| facts.parse_errors);
        let errors = errors.into_iter().flatten();
        errors.filter_map(|error| Some((error.file?, error.message)))
    }

    /// Those that a tool did not look at.
    pub(super) fn unseen<'a>(&'a self, seen: &'a HashSet<String>) -> impl Iterator<Item = &'a str> {
        let files = self.files.iter().filter(|file| !seen.contains(*file));
        files.map(String::as_str)
    }

    /// Says how many a tool did not look at, where it looked at some. `settings` is where one can
    /// see why.
    ///
    /// # Errors
    ///
    /// When it looked at none: what it found elsewhere says nothing about the component.
    pub(super) fn compare(
        &self,
        tool: &str,
        seen: &HashSet<String>,
        settings: &str,
    ) -> Result<Option<String>, Unavailable> {
        let unseen: Vec<&str> = self.unseen(seen).collect();
        let (Some(first), all) = (unseen.first(), self.files.len()) else {
            return Ok(None);
        };
        let files = if all == 1 { "file" } else { "files" };
        if unseen.len() < all {
            return Ok(Some(format!(
                "{tool} did not look at {} of {all} source {files}, the first is {first}; see {settings}",
                unseen.len()
            )));
        }
        let message = format!(
            "{tool} looked at none of the {all} source {files} in {}",
            self.place
        );
        let reason = Reason::new(ReasonCode::ReportEmpty, message);
        Err(Unavailable::NoData(reason.remedy(format!(
            "look for what leaves them out in {settings}"
        ))))
    }
}
