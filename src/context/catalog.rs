//! What sessions there are, and what each holds in a line.

use super::{ContextError, SessionDocument, session::session_path};
use serde::Serialize;
use std::{fs, io, path::Path};

/// What one session holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionSummary {
    /// The session's id.
    pub id: String,
    /// How many messages it has.
    pub messages: usize,
    /// The size of all messages, in tokens.
    pub current_tokens: u64,
    /// The size that it should keep to, in tokens, where the file states one.
    pub max_tokens: Option<u64>,
    /// Whether the messages are larger than that.
    pub is_over_budget: bool,
    /// The time of the last message, as the file says it.
    pub last_message_at: Option<String>,
}

impl SessionSummary {
    /// The summary of a session.
    #[must_use]
    pub fn of(document: &SessionDocument) -> Self {
        let current_tokens = document.current_tokens();
        let max_tokens = document.max_tokens();
        let last = document.messages().last();
        Self {
            id: document.id().to_owned(),
            messages: document.messages().count(),
            current_tokens,
            max_tokens,
            is_over_budget: max_tokens.is_some_and(|max| current_tokens > max),
            last_message_at: last
                .map(|message| message.timestamp.to_owned())
                .filter(|time| !time.is_empty()),
        }
    }
}

/// The sessions of a folder.
#[derive(Debug, Default)]
pub struct SessionList {
    /// The sessions by the time of their last message, newest first. A time without an offset is
    /// read as UTC; sessions without one stand last.
    pub sessions: Vec<SessionSummary>,
    /// Files that look like sessions and cannot be read.
    pub unreadable: Vec<ContextError>,
}

/// The sessions of the folder `dir`; none when the folder is missing.
///
/// # Errors
/// When the folder cannot be read. A session that cannot be read does not hide the others.
pub fn list(dir: &Path) -> Result<SessionList, ContextError> {
    let reading = |source| ContextError::Io {
        doing: "reading the folder of the sessions",
        path: dir.to_owned(),
        source,
    };
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(SessionList::default()),
        entries => entries.map_err(reading)?,
    };
    let mut list = SessionList::default();
    for entry in entries {
        let name = entry.map_err(reading)?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".json")) else {
            continue;
        };
        match load(dir, id) {
            Ok(document) => list.sessions.push(SessionSummary::of(&document)),
            // It was removed meanwhile.
            Err(ContextError::NotFound { .. }) => {}
            Err(error) => list.unreadable.push(error),
        }
    }
    list.sessions
        .sort_by_cached_key(|session| (std::cmp::Reverse(instant(session)), session.id.clone()));
    list.unreadable.sort_by_cached_key(ToString::to_string);
    Ok(list)
}

/// Reads one session.
///
/// # Errors
/// When the id could leave the folder, when there is no such session, or when its file cannot be
/// read, is no session, or is larger than 16 MiB.
pub fn load(dir: &Path, id: &str) -> Result<SessionDocument, ContextError> {
    let path = session_path(dir, id)?;
    SessionDocument::read(&path, id)?.ok_or_else(|| ContextError::NotFound {
        id: id.to_owned(),
        dir: dir.to_owned(),
    })
}

fn instant(session: &SessionSummary) -> Option<jiff::Timestamp> {
    let text = session.last_message_at.as_deref()?;
    text.parse().ok().or_else(|| {
        let without_offset: jiff::civil::DateTime = text.parse().ok()?;
        let zoned = without_offset.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    })
}
