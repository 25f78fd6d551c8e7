//! What a command gives back: lines `name=value` in the file that `SPEC2PROD_OUTPUTS` names.

use std::{collections::BTreeMap, fs::File, io, io::Read as _, path::Path};

/// How much of the file is read, in bytes.
const MOST_BYTES: u64 = 64 * 1024;
/// How many values are taken.
const MOST_VALUES: usize = 100;

/// Values by their names, and what was wrong with the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outputs {
    pub(super) values: BTreeMap<String, String>,
    pub(super) problems: Vec<String>,
}

/// Reads the file that a command may have written. What is wrong with it is said, and the rest is
/// taken.
pub(super) fn read(file: &Path) -> Outputs {
    let mut text = Vec::new();
    let read = File::open(file)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut text))
        .map(|_| ());
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Outputs::default(),
        Err(error) => Outputs {
            problems: vec![format!("its outputs cannot be read: {error}")],
            ..Outputs::default()
        },
        Ok(()) if text.len() as u64 > MOST_BYTES => Outputs {
            problems: vec![format!(
                "its outputs are longer than {MOST_BYTES} bytes and were not taken"
            )],
            ..Outputs::default()
        },
        Ok(()) => parse(&String::from_utf8_lossy(&text)),
    }
}

fn parse(text: &str) -> Outputs {
    let mut outputs = Outputs::default();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match value(line) {
            Ok(_) if outputs.values.len() >= MOST_VALUES => {
                outputs.problems.push(format!(
                    "it gave back more than {MOST_VALUES} outputs; those from line {} on were not taken",
                    number + 1
                ));
                return outputs;
            }
            Ok((name, value)) => {
                outputs.values.insert(name, value);
            }
            Err(problem) => outputs
                .problems
                .push(format!("line {} of its outputs {problem}", number + 1)),
        }
    }
    outputs
}

fn value(line: &str) -> Result<(String, String), String> {
    let (name, value) = line
        .split_once('=')
        .ok_or("is not name=value, and was not taken")?;
    let (name, value) = (name.trim(), value.trim());
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !starts_well || !name.chars().all(is_name) {
        return Err(
            "has a name that is none (letters, digits, `_`, `-`), and was not taken".into(),
        );
    }
    let is_address = value.starts_with("http://") || value.starts_with("https://");
    let is_odd = value.chars().any(|c| c.is_control() || c.is_whitespace());
    if name == "url" && (!is_address || is_odd) {
        return Err("has a url that does not begin with http:// or https://, or has spaces in it, and was not taken".into());
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_and_the_rest_is_taken() {
        let outputs =
            parse("url=https://a.test/?x=1\n\nreplicas = 3\nno value\n2x=1\nurl=ftp://a.test\n");
        let values: Vec<_> = outputs.values.into_iter().collect();
        assert_eq!(
            values,
            [
                ("replicas".to_owned(), "3".to_owned()),
                ("url".to_owned(), "https://a.test/?x=1".to_owned()),
            ]
        );
        insta::assert_snapshot!(outputs.problems.join("\n"), @r"
        line 4 of its outputs is not name=value, and was not taken
        line 5 of its outputs has a name that is none (letters, digits, `_`, `-`), and was not taken
        line 6 of its outputs has a url that does not begin with http:// or https://, or has spaces in it, and was not taken
        ");
    }

    #[test]
    fn there_is_a_limit() {
        let text: String = (0..200).map(|number| format!("v{number}=1\n")).collect();
        let outputs = parse(&text);
        assert_eq!(outputs.values.len(), MOST_VALUES);
        assert_eq!(outputs.problems.len(), 1);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outputs");
        assert_eq!(read(&file), Outputs::default());
        std::fs::write(&file, "x=".to_owned() + &"y".repeat(70_000)).unwrap();
        assert!(read(&file).values.is_empty());
        assert_eq!(read(&file).problems.len(), 1);
    }
}
