//! Text → YAML → schema → typed configuration → checks → policy.

use super::{
    ConfigError, Policy, Problem, checks,
    problem::shown,
    prune::Pruned,
    raw::Config,
    resolve::resolve,
    settings::{Settings, dotted, whole_numbers},
    validate::{Mistake, mistakes},
};
use crate::{
    model::Position,
    yaml::{self, Document, Positions},
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Where the configuration is looked for in the workspace, in this order.
pub const FILE_NAMES: [&str; 2] = ["workflow_config.yaml", "workflow_config.yml"];

/// Loads the workspace's configuration.
///
/// `file` is relative to the workspace and must exist; without it, [`FILE_NAMES`] are looked for,
/// and where there is none, the defaults apply.
///
/// # Errors
///
/// The file cannot be read, is longer than 1 MiB, not UTF-8 text, not YAML, or has keys or values
/// that make no sense: everything that is wrong at once.
pub fn load(workspace: &Path, file: Option<&Path>) -> Result<Policy, ConfigError> {
    if let Some(file) = file {
        let path = workspace.join(file);
        let name = path
            .strip_prefix(workspace)
            .unwrap_or(&path)
            .display()
            .to_string();
        return load_text(&read(&path, &name)?, &name);
    }
    let mut found = FILE_NAMES
        .into_iter()
        .filter(|name| workspace.join(name).symlink_metadata().is_ok());
    let Some(name) = found.next() else {
        return Ok(Policy::default());
    };
    let path = workspace.join(name);
    stay_inside(workspace, &path, name)?;
    let mut policy = load_text(&read(&path, name)?, name)?;
    if let Some(other) = found.next() {
        let message = format!("{other} is not read, because there is {name}");
        policy.warnings.push(Problem::of_file(message));
    }
    Ok(policy)
}

/// The longest configuration that is read, in bytes.
pub const MAX_BYTES: usize = yaml::MAX_BYTES;

/// Loads a configuration from the bytes of its file, such as a commit has it. `file` is its name in
/// messages and in the places of rules.
///
/// # Errors
///
/// As for [`load`].
pub fn load_bytes(bytes: Vec<u8>, file: &str) -> Result<Policy, ConfigError> {
    load_text(&text_of(bytes, file)?, file)
}

/// Loads a configuration from its text. `file` is its name in messages and in the places of rules.
///
/// # Errors
///
/// As for [`load`].
pub fn load_text(text: &str, file: &str) -> Result<Policy, ConfigError> {
    let lines: Vec<&str> = text.lines().collect();
    let document = match yaml::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let at = Position {
                line: error.line,
                column: error.column,
            };
            let problem = Problem::at(at, &lines, String::new(), error.message);
            return Err(ConfigError::new(file, vec![problem]));
        }
    };
    let Document {
        value: written,
        positions,
    } = document;
    let mut value = without_empty_blocks(written, &Config::written_defaults());
    whole_numbers(&mut value);
    let place = |mistake: Mistake| {
        let pointer = written_part(&mistake.pointer, &positions);
        let is_block = value
            .pointer(pointer)
            .is_some_and(|part| part.is_object() || part.is_array());
        let is_key = mistake.is_key || (is_block && pointer != mistake.pointer);
        let at = if is_key {
            positions.key_at(pointer)
        } else {
            None
        };
        let at = at.or_else(|| positions.value_at(pointer));
        let at = at.unwrap_or(Position { line: 1, column: 1 });
        let key = dotted(pointer, &positions);
        Problem::at(at, &lines, key, mistake.message).suggest(mistake.suggestion)
    };
    let wrong = mistakes(&value, &positions);
    let rest = Pruned::of(&value, &wrong, &positions);
    let refused = |wrong: Vec<Mistake>| {
        Err(ConfigError::new(
            file,
            wrong.into_iter().map(place).collect(),
        ))
    };
    let config = match Config::with_defaults(rest.value()) {
        Ok(config) => config,
        Err(error) if wrong.is_empty() => {
            let message = format!(
                "the configuration cannot be read: {}",
                shown(&error.to_string())
            );
            return Err(ConfigError::new(file, vec![Problem::of_file(message)]));
        }
        // What is left without the mistakes is no configuration.
        Err(_) => return refused(wrong),
    };
    let values = serde_json::to_value(&config).unwrap_or_default();
    let settings = Settings::new(Some(shown(file)), values, positions.clone());
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let findings = checks::check(&config, &settings, &value, today);
    let further = rest.told_of_the_whole(findings.mistakes, &wrong);
    if !(wrong.is_empty() && further.is_empty()) {
        return refused(wrong.into_iter().chain(further).collect());
    }
    let mut policy = resolve(&config, settings);
    policy.warnings = findings.warnings.into_iter().map(place).collect();
    Ok(policy)
}

/// The part of a pointer that the file has: one text can stand for a list of one, and a key that is
/// missing is told at its block.
fn written_part<'a>(pointer: &'a str, positions: &Positions) -> &'a str {
    let mut part = pointer;
    while positions.value_at(part).is_none()
        && let Some((block, _)) = part.rsplit_once('/')
    {
        part = block;
    }
    part
}

impl Default for Policy {
    /// What applies without a configuration file.
    fn default() -> Self {
        let config = Config::default();
        let values = serde_json::to_value(&config).unwrap_or_default();
        resolve(&config, Settings::new(None, values, Positions::default()))
    }
}

/// A block with nothing below it sets nothing: its keys may all be comments.
fn without_empty_blocks(value: Value, defaults: &Value) -> Value {
    let Value::Object(blocks) = value else {
        let is_empty = value.is_null() && defaults.is_object();
        return if is_empty {
            Value::Object(Map::new())
        } else {
            value
        };
    };
    let kept = blocks
        .into_iter()
        .filter_map(|(key, value)| match defaults.get(&key) {
            Some(Value::Object(_)) if value.is_null() => None,
            Some(defaults) => {
                let value = without_empty_blocks(value, defaults);
                Some((key, value))
            }
            None => Some((key, value)),
        });
    Value::Object(kept.collect())
}

/// A pull request could link the configuration to any file of the machine, and the messages would
/// show its lines.
fn stay_inside(workspace: &Path, path: &Path, name: &str) -> Result<(), ConfigError> {
    let failed = |message: String| ConfigError::new(name, vec![Problem::of_file(message)]);
    let real = |path: &Path| {
        path.canonicalize()
            .map_err(|error| failed(cannot_read(&error)))
    };
    if real(path)?.starts_with(real(workspace)?) {
        Ok(())
    } else {
        Err(failed(
            "is a link that leads outside of the workspace".to_owned(),
        ))
    }
}

fn cannot_read(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::NotFound {
        "the configuration file does not exist".to_owned()
    } else {
        format!("the configuration file cannot be read: {error}")
    }
}

fn read(path: &Path, name: &str) -> Result<String, ConfigError> {
    let failed = |problem: Problem| ConfigError::new(name, vec![problem]);
    let of_file = |message: String| failed(Problem::of_file(message));
    let metadata = path
        .metadata()
        .map_err(|error| of_file(cannot_read(&error)))?;
    if !metadata.is_file() {
        return Err(of_file("is not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| {
            let limit = u64::try_from(MAX_BYTES + 1).unwrap_or(u64::MAX);
            file.take(limit).read_to_end(&mut bytes)
        })
        .map_err(|error| of_file(cannot_read(&error)))?;
    text_of(bytes, name)
}

fn text_of(bytes: Vec<u8>, name: &str) -> Result<String, ConfigError> {
    let failed = |problem: Problem| ConfigError::new(name, vec![problem]);
    let of_file = |message: String| failed(Problem::of_file(message));
    if bytes.len() > MAX_BYTES {
        return Err(of_file(
            "is longer than 1 MiB, which is the most that is read".to_owned(),
        ));
    }
    if bytes.contains(&0) {
        return Err(of_file("is not text: it has NUL bytes".to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes());
        let lines: Vec<&str> = text.lines().collect();
        let before = &error.as_bytes()[..valid];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |index| index + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        let at = Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        };
        let problem = Problem::at(at, &lines, String::new(), "the text is not UTF-8 here");
        failed(problem.suggest(Some("save the file as UTF-8".to_owned())))
    })
}
