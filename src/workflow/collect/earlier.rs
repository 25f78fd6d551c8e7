//! What earlier steps of the same job collected, so that no tool runs twice in a job.
//!
//! Each step is a process of its own; they share one file. It lies in the runner's temporary folder,
//! which is emptied before and after every job, so it never outlives what it is about.

use super::Subject;
use crate::model::{ToolRun, Unavailable};
use crate::toolchains::{Action, Readings, Tool};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// How the steps of a job share what they collect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    /// The folder of the component in the runner's temporary folder.
    pub folder: PathBuf,
    /// Whether this step only judges what the others collected, and starts no command itself.
    pub is_conclusion: bool,
}

/// What the steps before this one collected, by tool.
#[derive(Debug, Clone, Default)]
pub(crate) struct Earlier {
    tools: BTreeMap<String, Remembered>,
    /// Why nothing of it counts any more.
    outdated: Option<String>,
}

/// One tool's run and what it gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Remembered {
    run: ToolRun,
    readings: Readings,
}

#[derive(Serialize, Deserialize)]
struct Document {
    subject: Subject,
    tools: Vec<Remembered>,
}

impl Earlier {
    /// Reads what was collected for this subject. Anything that cannot be read counts as nothing: the
    /// tools then run, or are missed.
    pub(crate) fn read(sharing: &Sharing, subject: &Subject) -> Self {
        let document = match document(&file(sharing)) {
            Ok(document) => document,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "what earlier steps collected cannot be read");
                }
                return Self::default();
            }
        };
        let outdated = document.subject.difference(subject);
        if let Some(why) = &outdated {
            tracing::warn!("what earlier steps collected does not count any more: {why} since");
        }
        let tools = document.tools.into_iter();
        Self {
            tools: tools.map(|one| (one.run.tool.clone(), one)).collect(),
            outdated,
        }
    }

    /// What this tool gave, when it was asked for the same and measured it. What failed is tried
    /// again, except by a conclusion, which starts no command and says why it failed.
    pub(crate) fn of(&self, tool: &Tool, is_conclusion: bool) -> Option<(ToolRun, Readings)> {
        let one = self.tools.get(&tool.name)?;
        let is_command = matches!(tool.action, Action::Command(_));
        let asked: Vec<String> = tool.evidence.iter().map(ToString::to_string).collect();
        let is_same = one.run.evidence == asked
            && (!is_command || one.run.version == tool.version)
            && self.outdated.is_none();
        let counts = one.is_measured() || (is_command && is_conclusion && !one.is_interrupted());
        (is_same && counts).then(|| (one.run.clone(), one.readings.clone()))
    }

    /// Why what this tool gave earlier does not count any more.
    pub(crate) fn outdated(&self, tool: &str) -> Option<&str> {
        let is_known = self.tools.contains_key(tool);
        self.outdated.as_deref().filter(|_| is_known)
    }

    /// Adds what this step collected, and writes everything for the next. The subject is that of now:
    /// what the tools themselves wrote meanwhile is no change.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub(crate) fn write(
        &self,
        sharing: &Sharing,
        subject: Subject,
        collected: impl IntoIterator<Item = (ToolRun, Readings)>,
    ) -> io::Result<()> {
        let mut tools = match self.outdated {
            Some(_) => BTreeMap::new(),
            None => self.tools.clone(),
        };
        for (run, readings) in collected {
            tools.insert(run.tool.clone(), Remembered { run, readings });
        }
        let document = Document {
            subject,
            tools: tools.into_values().collect(),
        };
        fs::create_dir_all(&sharing.folder)?;
        let mut temporary = tempfile::NamedTempFile::new_in(&sharing.folder)?;
        temporary.write_all(&serde_json::to_vec(&document)?)?;
        temporary.persist(file(sharing))?;
        Ok(())
    }
}

impl Remembered {
    /// Whether there is evidence, and nothing went wrong besides.
    fn is_measured(&self) -> bool {
        let mut readings = self.readings.iter().map(|(_, reading)| reading);
        let has_errored = readings
            .clone()
            .any(|reading| matches!(reading, Err(Unavailable::Errored(_))));
        !has_errored && readings.any(Result::is_ok)
    }

    fn is_interrupted(&self) -> bool {
        let mut readings = self.readings.iter();
        readings.any(|(_, reading)| reading.as_ref().is_err_and(Unavailable::is_interrupted))
    }
}

fn file(sharing: &Sharing) -> PathBuf {
    sharing.folder.join("evidence.json")
}

fn document(file: &Path) -> io::Result<Document> {
    let length = fs::metadata(file)?.len();
    if length > MAX_BYTES {
        return Err(io::Error::other(format!("it has {length} bytes")));
    }
    Ok(serde_json::from_slice(&fs::read(file)?)?)
}
