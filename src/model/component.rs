//! A named unit of a repository.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, path::PathBuf, str::FromStr};

/// The name of a component: 1 to 100 ASCII letters, digits, `_`, `-` or `.`, starting with a
/// letter or digit, without `..`.
///
/// The name becomes part of file names and of command lines, so anything that could leave the
/// workspace or be read as an option or a shell word is refused at the door.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub struct ComponentName(String);

/// Why a text is not a component name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "component name {shown} {problem}; a name has 1 to 100 letters, digits, `_`, `-` or `.` and starts with a letter or digit"
)]
pub struct InvalidComponentName {
    shown: String,
    problem: &'static str,
}

impl ComponentName {
    /// The longest name, in characters.
    pub const MAX_LENGTH: usize = 100;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ComponentName {
    type Err = InvalidComponentName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let problem = if text.is_empty() {
            "is empty"
        } else if text.chars().count() > Self::MAX_LENGTH {
            "is too long"
        } else if text.contains(['/', '\\']) {
            "is a path"
        } else if !text.chars().all(allowed) {
            "has a character that is not allowed"
        } else if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            "does not start with a letter or digit"
        } else if text.contains("..") || text.ends_with('.') {
            "has misplaced dots"
        } else {
            return Ok(Self(text.to_owned()));
        };
        let mut shown: String = text.chars().take(40).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        Err(InvalidComponentName {
            shown: format!("{shown:?}"),
            problem,
        })
    }
}

impl fmt::Display for ComponentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for ComponentName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ComponentName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Where a component's parts are. All paths are relative to the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// The component's name.
    pub name: ComponentName,
    /// Folder (or single file) of its sources.
    pub path: PathBuf,
    /// Folders and files of its tests; empty when none were found.
    pub tests: Vec<PathBuf>,
    /// Its specification; `None` when there is none.
    pub spec: Option<PathBuf>,
    /// The name of the toolchain that judges it.
    pub toolchain: String,
}
