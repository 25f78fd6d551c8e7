//! The only door to standard output and standard error.

use crate::render::{plain, terminal::Style, without_command};
use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::OnceLock,
};

/// Where the program speaks.
pub(super) struct Output {
    has_color: bool,
    width: usize,
    is_error_terminal: bool,
    /// Why a result did not get to the reader.
    failure: OnceLock<io::Error>,
}

impl Output {
    /// Looks at the terminal.
    pub(super) fn new(no_color: bool) -> Self {
        let is_terminal = io::stdout().is_terminal();
        Self {
            has_color: is_terminal && !no_color,
            width: if is_terminal { console_width() } else { 120 },
            is_error_terminal: io::stderr().is_terminal(),
            failure: OnceLock::new(),
        }
    }

    /// How results are written for people.
    pub(super) const fn style(&self) -> Style {
        Style {
            color: self.has_color,
            width: self.width,
        }
    }

    /// Whether progress can be shown in place.
    pub(super) const fn is_interactive(&self) -> bool {
        self.is_error_terminal
    }

    /// Writes a result. A closed pipe is the reader's choice, not an error; anything else is
    /// [remembered](Self::failure).
    pub(super) fn print(&self, text: &str) {
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| {
            if text.ends_with('\n') {
                Ok(())
            } else {
                out.write_all(b"\n")
            }
        });
        match written.and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                tracing::debug!("standard output is closed");
            }
            Err(error) => {
                // The first failure says it; the others follow from it.
                let _ = self.failure.set(error);
            }
            Ok(()) => {}
        }
    }

    /// Why a result could not be written.
    pub(super) fn failure(&self) -> Option<&io::Error> {
        self.failure.get()
    }

    /// Writes lines that may have words of strangers: nothing in them steers a terminal or the runner
    /// of GitHub Actions.
    pub(super) fn say(&self, text: &str) {
        self.print(&harmless(text));
    }

    /// Writes an error for a person.
    pub(super) fn error(&self, message: &str) {
        let text = if message.starts_with("error") {
            message.to_owned()
        } else {
            format!("error: {message}")
        };
        self.note(&text);
    }

    /// Writes a remark for a person, beside the result.
    pub(super) fn note(&self, message: &str) {
        line_to_stderr(message.trim_end());
    }

    /// Hands ready workflow commands to the runner of GitHub Actions, which reads them from either
    /// stream.
    pub(super) fn commands(&self, commands: &str) {
        if !commands.is_empty() {
            raw_to_stderr(commands.trim_end());
        }
    }
}

/// The lines of a text without what would steer a terminal or the runner of GitHub Actions.
fn harmless(text: &str) -> String {
    let lines = text.lines().map(|line| without_command(&plain(line)));
    lines.collect::<Vec<_>>().join("\n")
}

/// Writes lines to standard error, for whoever is no [`Output`]. Nothing in them steers a terminal or
/// the runner of GitHub Actions.
pub(super) fn line_to_stderr(text: &str) {
    raw_to_stderr(&harmless(text));
}

/// Writes lines to standard error that may be commands to a runner of GitHub Actions: not for text
/// of strangers.
pub(super) fn raw_to_stderr(text: &str) {
    // Nobody can be told that nobody listens.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// The width of the terminal, within what is readable.
fn console_width() -> usize {
    let size = console::Term::stdout().size_checked();
    size.map_or(100, |(_, columns)| usize::from(columns))
        .clamp(60, 140)
}

/// A line that does not go beyond the terminal on standard error.
pub(super) fn cut_to_terminal(line: &str) -> String {
    let size = console::Term::stderr().size_checked();
    let width = size.map_or(usize::MAX, |(_, columns)| usize::from(columns));
    line.chars().take(width).collect()
}
