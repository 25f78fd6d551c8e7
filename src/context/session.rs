//! A context session: opened or continued, added to, and saved without losing what another run
//! added meanwhile.

use super::{ContextError, SessionDocument, SessionSummary, count_tokens};
use crate::file_lock::{lock_exclusively, open_lock_file};
use crate::model::ComponentName;
use serde_json::{Map, Value, json};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// The longest session id: the longest component name and what [`session_id`] adds fit.
pub(super) const MAX_ID_LENGTH: usize = 150;

/// The id of the session that the runs of one component on one day (in UTC) share.
#[must_use]
pub fn session_id(component: &ComponentName, date: jiff::civil::Date) -> String {
    format!("{component}-workflow-{date}")
}

/// Who speaks in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What holds for the whole session: the specification.
    System,
    /// A person or the workflow.
    User,
    /// An AI agent.
    Assistant,
}

impl Role {
    /// The word in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// A session that can be added to.
///
/// Nothing is dropped when the messages pass `max_tokens`; [`SessionSummary::is_over_budget`] says
/// so.
#[derive(Debug)]
pub struct Session {
    dir: PathBuf,
    id: String,
    max_tokens: u64,
    document: SessionDocument,
    /// Of the file that `document` was read from or written to.
    stamp: Option<Stamp>,
    unsaved: Vec<Value>,
}

/// By what a file is known to be the one that was read. Whoever adds to a session makes its file
/// longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    length: u64,
}

impl Stamp {
    /// `None` where there is no file, or the system does not tell.
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok()?,
            length: metadata.len(),
        })
    }
}

impl Session {
    /// Continues the session `id` of the folder `dir`, or begins it when it is not there. Nothing
    /// is written before [`save`](Self::save).
    ///
    /// # Errors
    /// When the id could leave the folder, or when the file is there but cannot be read, is no
    /// session, or is larger than 16 MiB. The file is left as it is.
    pub fn open(dir: &Path, id: &str, max_tokens: u64) -> Result<Self, ContextError> {
        let path = session_path(dir, id)?;
        let stamp = Stamp::of(&path);
        let document = SessionDocument::read(&path, id)?
            .unwrap_or_else(|| SessionDocument::empty(id, max_tokens));
        Ok(Self {
            dir: dir.to_owned(),
            id: id.to_owned(),
            max_tokens,
            document,
            stamp,
            unsaved: Vec::new(),
        })
    }

    /// The session's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Adds a message with the present time and its exact size in tokens. `importance` goes from 0
    /// to 1.
    ///
    /// # Errors
    /// When the importance is out of range.
    pub fn add(
        &mut self,
        role: Role,
        content: &str,
        importance: f64,
        metadata: Map<String, Value>,
    ) -> Result<(), ContextError> {
        if !(0.0..=1.0).contains(&importance) {
            return Err(ContextError::InvalidImportance(importance));
        }
        // The offset is written as `+00:00`, which every version of Python reads.
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00");
        self.unsaved.push(json!({
            "role": role.as_str(),
            "content": content,
            "timestamp": now.to_string(),
            "metadata": metadata,
            "tokens": count_tokens(content),
            "importance": importance,
        }));
        Ok(())
    }

    /// Whether a message with this role and content is there, so that a run need not repeat what
    /// an earlier one said.
    #[must_use]
    pub fn has_message(&self, role: Role, content: &str) -> bool {
        let is_unsaved =
            |message: &Value| message["role"] == role.as_str() && message["content"] == content;
        self.unsaved.iter().any(is_unsaved)
            || self
                .document
                .messages()
                .any(|message| message.role == role.as_str() && message.content == content)
    }

    /// Appends the messages that were added since the last save to the file as it is by now. Without
    /// any, nothing is written.
    ///
    /// The file is read again where it has changed, and replaced in one step, while this run holds
    /// the session's lock, so runs at the same time lose none of their messages. May wait up to five seconds for the lock.
    ///
    /// # Errors
    /// When the folder, the lock or the file cannot be used, when the file is no session any more,
    /// or when it would grow beyond 16 MiB. The file is then as it was, and the messages can be
    /// saved later.
    pub fn save(&mut self) -> Result<(), ContextError> {
        if self.unsaved.is_empty() {
            return Ok(());
        }
        let path = session_path(&self.dir, &self.id)?;
        let _lock = self.lock()?;
        let stamp = Stamp::of(&path);
        let mut document = if stamp.is_some() && stamp == self.stamp {
            self.document.clone()
        } else {
            SessionDocument::read(&path, &self.id)?
                .unwrap_or_else(|| SessionDocument::empty(&self.id, self.max_tokens))
        };
        document.append(&self.unsaved, self.max_tokens);
        document.write(&path)?;
        self.document = document;
        self.stamp = Stamp::of(&path);
        self.unsaved.clear();
        Ok(())
    }

    /// Makes sure that what was saved is still there after the machine loses its power. A save
    /// alone outlives only the process; waiting for the disk after each stage would cost more than
    /// everything else that a save does.
    ///
    /// # Errors
    /// When the system cannot do so. Without a file there is nothing to do.
    pub fn sync(&self) -> Result<(), ContextError> {
        let path = session_path(&self.dir, &self.id)?;
        match File::open(&path).and_then(|file| file.sync_all()) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(ContextError::Io {
                doing: "writing the session",
                path,
                source,
            }),
            _ => Ok(()),
        }
    }

    /// What the session holds, with the messages that are not saved yet.
    #[must_use]
    pub fn summary(&self) -> SessionSummary {
        SessionSummary::of(&self.with_unsaved())
    }

    fn with_unsaved(&self) -> SessionDocument {
        let mut document = self.document.clone();
        document.append(&self.unsaved, self.max_tokens);
        document
    }

    fn lock(&self) -> Result<File, ContextError> {
        let io_error = |doing, path: &Path| {
            let path = path.to_owned();
            move |source: io::Error| ContextError::Io {
                doing,
                path,
                source,
            }
        };
        fs::create_dir_all(&self.dir)
            .map_err(io_error("making the folder of the sessions", &self.dir))?;
        let path = self.dir.join(format!("{}.lock", self.id));
        open_lock_file(&path)
            .and_then(|file| lock_exclusively(&file).map(|()| file))
            .map_err(io_error("locking the session by", &path))
    }
}

/// The file of a session. The id may come from the command line.
pub(super) fn session_path(dir: &Path, id: &str) -> Result<PathBuf, ContextError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_valid = id.len() <= MAX_ID_LENGTH
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.chars().all(allowed)
        && !id.contains("..");
    if is_valid {
        Ok(dir.join(format!("{id}.json")))
    } else {
        Err(ContextError::InvalidId(id.chars().take(60).collect()))
    }
}
