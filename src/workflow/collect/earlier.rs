//! What earlier steps of the same job collected, so that no tool runs twice in a job.
//!
//! Each step is a process of its own; they share one file. It lies in the runner's temporary folder,
//! which is emptied before and after every job, so it never outlives what it is about.

use crate::model::{ToolRun, Unavailable};
use crate::toolchains::{Readings, Tool};
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
pub(crate) struct Earlier(BTreeMap<String, Remembered>);

/// One tool's run and what it gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Remembered {
    run: ToolRun,
    readings: Readings,
}

/// What was measured, and by which configuration: another one may start other commands under the same
/// names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subject {
    /// The commit.
    pub(crate) commit: Option<String>,
    /// A hash of the whole policy.
    pub(crate) policy: String,
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
        match document(&file(sharing)) {
            Ok(document) if document.subject == *subject => Self(
                document
                    .tools
                    .into_iter()
                    .map(|one| (one.run.tool.clone(), one))
                    .collect(),
            ),
            Ok(_) => {
                tracing::warn!(
                    "what earlier steps collected is about another commit or configuration"
                );
                Self::default()
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(error) => {
                tracing::warn!(%error, "what earlier steps collected cannot be read");
                Self::default()
            }
        }
    }

    /// What this tool gave, when it was asked for the same.
    pub(crate) fn of(&self, tool: &Tool) -> Option<(ToolRun, Readings)> {
        let one = self.0.get(&tool.name)?;
        let asked = tool.evidence.iter().map(ToString::to_string);
        let is_interrupted = one
            .readings
            .iter()
            .any(|(_, reading)| reading.as_ref().is_err_and(Unavailable::is_interrupted));
        (one.run.evidence.iter().eq(asked.collect::<Vec<_>>().iter()) && !is_interrupted)
            .then(|| (one.run.clone(), one.readings.clone()))
    }

    /// Adds what this step collected, and writes everything for the next.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub(crate) fn write(
        mut self,
        sharing: &Sharing,
        subject: Subject,
        collected: impl IntoIterator<Item = (ToolRun, Readings)>,
    ) -> io::Result<()> {
        for (run, readings) in collected {
            self.0
                .insert(run.tool.clone(), Remembered { run, readings });
        }
        let document = Document {
            subject,
            tools: self.0.into_values().collect(),
        };
        fs::create_dir_all(&sharing.folder)?;
        let mut temporary = tempfile::NamedTempFile::new_in(&sharing.folder)?;
        temporary.write_all(&serde_json::to_vec(&document)?)?;
        temporary.persist(file(sharing))?;
        Ok(())
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
