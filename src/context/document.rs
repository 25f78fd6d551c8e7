//! The file of a session: JSON in the ancestor's format, checked when read, replaced as a whole
//! when written.
//!
//! Whatever else stands in the file is kept: it is held as JSON, not as a structure of our own.

use super::{ContextError, count_tokens};
use serde_json::{Map, Value, json};
use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

/// The largest file that is read or written, in bytes.
pub(super) const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What a session file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionDocument {
    /// The whole file. That `messages` is an array of objects with a text `role` and `content`,
    /// and `session_id` a text, was checked.
    root: Map<String, Value>,
}

/// One message of a session, as far as its file says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoredMessage<'a> {
    /// Who speaks: `system`, `user`, `assistant`.
    pub role: &'a str,
    /// The text.
    pub content: &'a str,
    /// When it was added, ISO 8601 with or without offset; empty when the file does not say.
    pub timestamp: &'a str,
    /// Its size as the file states it, else counted.
    pub tokens: u64,
    /// Its weight, 0 to 1, where the file states one.
    pub importance: Option<f64>,
    /// What belongs to it.
    pub metadata: Option<&'a Map<String, Value>>,
}

impl SessionDocument {
    /// A session without messages.
    pub(super) fn empty(id: &str, max_tokens: u64) -> Self {
        let mut root = Map::new();
        root.insert("session_id".to_owned(), json!(id));
        root.insert("messages".to_owned(), json!([]));
        root.insert("max_tokens".to_owned(), json!(max_tokens));
        root.insert("current_tokens".to_owned(), json!(0));
        root.insert("metadata".to_owned(), json!({}));
        Self { root }
    }

    /// Reads a session; `None` when there is no such file.
    pub(super) fn read(path: &Path, id: &str) -> Result<Option<Self>, ContextError> {
        let reading = |source| ContextError::Io {
            doing: "reading the session",
            path: path.to_owned(),
            source,
        };
        let not_a_session = |problem: String| ContextError::NotASession {
            path: path.to_owned(),
            problem,
        };
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(reading(error)),
            // Opening a pipe would wait for somebody to write into it.
            Ok(metadata) if !metadata.is_file() => {
                return Err(not_a_session("expected a regular file".to_owned()));
            }
            Ok(metadata) => refuse_large(path, metadata.len())?,
        }
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
            .map_err(reading)?;
        refuse_large(path, bytes.len() as u64)?;
        let root: Value = serde_json::from_slice(&bytes)
            .map_err(|error| not_a_session(format!("invalid JSON: {error}")))?;
        Self::checked(root, id).map(Some).map_err(not_a_session)
    }

    fn checked(root: Value, id: &str) -> Result<Self, String> {
        let Value::Object(root) = root else {
            return Err("expected a JSON object".to_owned());
        };
        match root.get("session_id") {
            Some(Value::String(found)) if found == id => {}
            Some(found) => return Err(format!("`session_id` is {found}, expected {id:?}")),
            None => return Err("`session_id` is missing".to_owned()),
        }
        let Some(Value::Array(messages)) = root.get("messages") else {
            return Err("`messages` is missing or not an array".to_owned());
        };
        for (index, message) in messages.iter().enumerate() {
            for field in ["role", "content"] {
                if !message.get(field).is_some_and(Value::is_string) {
                    return Err(format!(
                        "`messages[{index}].{field}` is missing or not a text"
                    ));
                }
            }
        }
        Ok(Self { root })
    }

    /// Adds messages and brings the counts up to date.
    pub(super) fn append(&mut self, added: &[Value], max_tokens: u64) {
        if let Some(Value::Array(messages)) = self.root.get_mut("messages") {
            messages.extend_from_slice(added);
        }
        let current = self.current_tokens();
        self.root.insert("max_tokens".to_owned(), json!(max_tokens));
        self.root
            .insert("current_tokens".to_owned(), json!(current));
    }

    /// Replaces the file by this document: a reader sees the old one or the new one, never a part.
    /// Only for the holder of the session's lock.
    pub(super) fn write(&self, path: &Path) -> Result<(), ContextError> {
        let text = self.to_json();
        refuse_large(path, text.len() as u64)?;
        let temporary = path.with_extension("json.tmp");
        let replace = || {
            // A leftover of a run that was ended, or a link that somebody put there.
            match fs::remove_file(&temporary) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = File::create_new(&temporary)?;
            file.write_all(text.as_bytes())?;
            fs::rename(&temporary, path)
        };
        replace().map_err(|source| ContextError::Io {
            doing: "writing the session",
            path: path.to_owned(),
            source,
        })
    }

    /// The document as Python's `json.dump(…, indent=2)` writes it, so that continuing a file of
    /// the ancestor changes nothing but what was added, and nothing in it can steer a terminal.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.root).unwrap_or_default();
        if text.bytes().all(|byte| byte < 0x7f) {
            text.push('\n');
            return text;
        }
        let mut ascii = String::with_capacity(text.len() + 1);
        for character in text.chars() {
            // Outside strings JSON is ASCII, so every other character can be escaped.
            if character.is_ascii() && character != '\u{7f}' {
                ascii.push(character);
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a `String` cannot fail.
                    let _ = write!(ascii, "\\u{unit:04x}");
                }
            }
        }
        ascii.push('\n');
        ascii
    }

    /// The id of the session.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("session_id")
    }

    /// The size that the session should keep to, in tokens, where the file states one.
    #[must_use]
    pub fn max_tokens(&self) -> Option<u64> {
        self.root.get("max_tokens")?.as_u64()
    }

    /// The size of all messages, in tokens.
    #[must_use]
    pub fn current_tokens(&self) -> u64 {
        self.messages()
            .fold(0, |sum, message| sum.saturating_add(message.tokens))
    }

    /// The messages, oldest first.
    pub fn messages(&self) -> impl Iterator<Item = StoredMessage<'_>> {
        self.root
            .get("messages")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|message| {
                let text = |field| message.get(field).and_then(Value::as_str);
                let content = text("content").unwrap_or_default();
                let tokens = message.get("tokens").and_then(Value::as_u64);
                StoredMessage {
                    role: text("role").unwrap_or_default(),
                    content,
                    timestamp: text("timestamp").unwrap_or_default(),
                    tokens: tokens.unwrap_or_else(|| count_tokens(content)),
                    importance: message.get("importance").and_then(Value::as_f64),
                    metadata: message.get("metadata").and_then(Value::as_object),
                }
            })
    }

    fn text(&self, field: &str) -> &str {
        self.root
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

fn refuse_large(path: &Path, bytes: u64) -> Result<(), ContextError> {
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    Err(ContextError::TooLarge {
        path: path.to_owned(),
        bytes,
        limit: MAX_BYTES,
    })
}
