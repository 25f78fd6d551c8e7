//! A file → a specification. Refuses what cannot be one before it is read.

use super::parse::Parsed;
use crate::model::Specification;
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The largest file that is read, in bytes. Specifications are written by hand; one of this size
/// would have a thousand pages.
pub const MAX_SPEC_BYTES: u64 = 1024 * 1024;

/// Why a file is not a specification.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// There is no such file.
    #[error("specification {} does not exist; write it, or name another file", file.display())]
    Missing {
        /// The file as it was given.
        file: PathBuf,
    },
    /// The path leads to a folder, socket or the like.
    #[error("specification {} is {what}; expected a Markdown file", file.display())]
    NotAFile {
        /// The file as it was given.
        file: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The file cannot be opened or read.
    #[error("specification {} cannot be read", file.display())]
    Unreadable {
        /// The file as it was given.
        file: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file is larger than [`MAX_SPEC_BYTES`].
    #[error("specification {} has {bytes} bytes; at most {MAX_SPEC_BYTES} are read, so split it or move attachments into other files", file.display())]
    TooLarge {
        /// The file as it was given.
        file: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The file has no text.
    #[error("specification {} is empty; expected at least a title, an overview and a requirement", file.display())]
    Empty {
        /// The file as it was given.
        file: PathBuf,
    },
    /// The file has a NUL byte, which no text has.
    #[error("specification {} is binary: byte {offset} is NUL; expected Markdown text", file.display())]
    Binary {
        /// The file as it was given.
        file: PathBuf,
        /// The byte, counted from 0.
        offset: usize,
    },
    /// The file is not UTF-8.
    #[error("specification {} is not UTF-8 at byte {offset}, line {line}; save it with that encoding", file.display())]
    NotUtf8 {
        /// The file as it was given.
        file: PathBuf,
        /// The first wrong byte, counted from 0.
        offset: usize,
        /// Its line, counted from 1.
        line: usize,
    },
    /// The YAML at the beginning is wrong.
    #[error("front matter of specification {}: {problem}", file.display())]
    FrontMatter {
        /// The file as it was given.
        file: PathBuf,
        /// What is wrong, with line and column of the file.
        problem: crate::yaml::YamlError,
    },
    /// Lists or quotes are nested too deep.
    #[error("specification {} has lists or quotes nested more than 50 levels deep at line {line}; flatten them", file.display())]
    TooDeep {
        /// The file as it was given.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
}

/// Reads the specification in a file, given relative to the workspace or absolute.
///
/// # Errors
///
/// The file is missing, is not a file, cannot be read, is larger than [`MAX_SPEC_BYTES`], empty,
/// binary or not UTF-8, or has front matter that is not YAML or absurd nesting.
pub fn read(workspace: &Path, file: &Path) -> Result<Specification, SpecError> {
    let bytes = read_bytes(&workspace.join(file), file)?;
    let owned = || file.to_owned();
    if let Some(offset) = bytes.iter().position(|&byte| byte == 0) {
        return Err(SpecError::Binary {
            file: owned(),
            offset,
        });
    }
    let text = str::from_utf8(&bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let lines = bytes[..offset].iter().filter(|&&byte| byte == b'\n');
        SpecError::NotUtf8 {
            file: owned(),
            offset,
            line: lines.count() + 1,
        }
    })?;
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(SpecError::Empty { file: owned() });
    }
    let parsed = Parsed::new(text, &shown(workspace, file));
    if let Some(problem) = parsed.front_matter {
        return Err(SpecError::FrontMatter {
            file: owned(),
            problem,
        });
    }
    if let Some(line) = parsed.too_deep {
        return Err(SpecError::TooDeep {
            file: owned(),
            line,
        });
    }
    Ok(parsed.specification)
}

/// Reads at most one byte more than is allowed, because a file can grow after it was measured.
fn read_bytes(path: &Path, file: &Path) -> Result<Vec<u8>, SpecError> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => SpecError::Missing {
            file: file.to_owned(),
        },
        _ => SpecError::Unreadable {
            file: file.to_owned(),
            source,
        },
    };
    // Opening a pipe would wait for its other end, so the kind of file is asked for first.
    let facts = fs::metadata(path).map_err(unreadable)?;
    if !facts.is_file() {
        let what = if facts.is_dir() {
            "a folder"
        } else {
            "not a regular file"
        };
        return Err(SpecError::NotAFile {
            file: file.to_owned(),
            what,
        });
    }
    let mut bytes = Vec::new();
    if facts.len() <= MAX_SPEC_BYTES {
        let opened = File::open(path).map_err(unreadable)?;
        let mut limited = opened.take(MAX_SPEC_BYTES + 1);
        limited.read_to_end(&mut bytes).map_err(unreadable)?;
    }
    let length = facts.len().max(bytes.len() as u64);
    if length > MAX_SPEC_BYTES {
        return Err(SpecError::TooLarge {
            file: file.to_owned(),
            bytes: length,
        });
    }
    Ok(bytes)
}

/// The path relative to the workspace where it lies inside, with `/` as separator.
fn shown(workspace: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(workspace).unwrap_or(file);
    relative.to_string_lossy().replace('\\', "/")
}
