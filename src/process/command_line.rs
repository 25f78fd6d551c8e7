//! What to run, and how a person would type it.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

/// A program with its arguments, its folder and its changes to the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The program: a name that is looked up in the child's `PATH`, or a path with a slash, which
    /// is taken from the working directory.
    pub program: String,
    /// The arguments, each as it reaches the program.
    pub args: Vec<String>,
    /// The folder that the program runs in.
    pub working_directory: PathBuf,
    /// Variables that are added to the environment, or replace those of the same name.
    pub env: BTreeMap<String, String>,
    /// Variables that are taken out of the environment before `env` is added.
    pub env_removed: Vec<String>,
}

impl CommandLine {
    /// A program without arguments.
    #[must_use]
    pub fn new(program: impl Into<String>, working_directory: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            working_directory: working_directory.into(),
            env: BTreeMap::new(),
            env_removed: Vec::new(),
        }
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.args.push(argument.into());
        self
    }

    /// Adds several arguments.
    #[must_use]
    pub fn args<I>(mut self, arguments: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.args.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Takes a variable out of the environment.
    #[must_use]
    pub fn env_remove(mut self, name: impl Into<String>) -> Self {
        self.env_removed.push(name.into());
        self
    }

    /// The command as a person would type it in a POSIX shell, in the working directory: changes
    /// to the environment first, each word quoted where the shell would take it apart, control
    /// characters escaped.
    #[must_use]
    pub fn display(&self) -> String {
        let mut words = Vec::new();
        if !self.env_removed.is_empty() {
            words.push("env".to_owned());
            for name in &self.env_removed {
                words.push(format!("-u {}", quoted(name)));
            }
        }
        for (name, value) in &self.env {
            words.push(format!("{name}={}", quoted(value)));
        }
        words.push(quoted(&self.program));
        words.extend(self.args.iter().map(|argument| quoted(argument)));
        words.join(" ")
    }
}

/// One word in the quotes that it needs.
///
/// `$'…'` for control characters is in POSIX since 2024:
/// <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_04>.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if word.chars().any(is_invisible) {
        escaped(word)
    } else if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn escaped(word: &str) -> String {
    let mut text = String::from("$'");
    for c in word.chars() {
        match c {
            '\n' => text.push_str(r"\n"),
            '\r' => text.push_str(r"\r"),
            '\t' => text.push_str(r"\t"),
            '\'' | '\\' => text.extend(['\\', c]),
            _ if is_invisible(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a string does not fail.
                    let _ = write!(text, "\\{byte:03o}");
                }
            }
            _ => text.push(c),
        }
    }
    text.push('\'');
    text
}

/// Characters that change what a terminal shows without being seen: controls, zero-width and
/// bidirectional formatting.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo(argument: &str) -> String {
        CommandLine::new("echo", ".").arg(argument).display()
    }

    #[test]
    fn a_plain_command_stays_as_it_is() {
        let command = CommandLine::new("python3", "/work")
            .args(["-m", "pytest", "--junitxml=out/junit.xml"])
            .arg("tests/test_a.py::test_b");
        insta::assert_snapshot!(
            command.display(),
            @"python3 -m pytest --junitxml=out/junit.xml tests/test_a.py::test_b"
        );
    }

    #[test]
    fn the_environment_comes_first() {
        let command = CommandLine::new("ruff", "/work")
            .arg("check")
            .env("NO_COLOR", "1")
            .env("GREETING", "good morning")
            .env_remove("PYTHONPATH");
        insta::assert_snapshot!(
            command.display(),
            @"env -u PYTHONPATH GREETING='good morning' NO_COLOR=1 ruff check"
        );
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        insta::assert_snapshot!(echo(""), @"echo ''");
        insta::assert_snapshot!(echo("not slow and $HOME"), @"echo 'not slow and $HOME'");
        insta::assert_snapshot!(echo("it's"), @r"echo 'it'\''s'");
        insta::assert_snapshot!(echo("~/x"), @"echo '~/x'");
        insta::assert_snapshot!(echo("a;b"), @"echo 'a;b'");
        insta::assert_snapshot!(echo("größe"), @"echo 'größe'");
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        insta::assert_snapshot!(echo("a\n'b'\\\u{1b}[31m"), @r"echo $'a\n\'b\'\\\033[31m'");
        insta::assert_snapshot!(echo("x\u{202e}y"), @r"echo $'x\342\200\256y'");
    }

    #[test]
    #[cfg(unix)]
    #[expect(
        clippy::disallowed_methods,
        reason = "a real shell reads what was quoted"
    )]
    fn a_shell_reads_every_word_back() {
        for word in [
            "", "a b", "it's", "$(id)", "`id`", "a\\b", "*", "~", "größe", "-n", "a=b", "#x",
        ] {
            let line = CommandLine::new("printf", ".").args(["%s", word]).display();
            let output = std::process::Command::new("sh")
                .args(["-c", &line])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word, "{line}");
        }
        let word = "a\n'b'\\\u{1b}[31m\u{202e}";
        let line = CommandLine::new("printf", ".").args(["%s", word]).display();
        let output = std::process::Command::new("bash")
            .args(["-c", &line])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), word, "{line}");
    }
}
