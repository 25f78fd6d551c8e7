//! What a tool printed as a group in a log of GitHub Actions.
//!
//! A group can be folded
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions#grouping-log-lines>),
//! so that everything is there and the log stays short. The tool's own lines are text: none of them
//! is a command to the runner, whatever the tool prints.

use crate::model::ToolRun;
use crate::render::{plain, without_command};
use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

/// How much of a tool's output is shown, in bytes. The rest is in the tool's log file.
const MOST: u64 = 256 * 1024;

/// The group of a tool run: its heading, its command and what it printed.
pub(super) fn of_tool(heading: &str, run: &ToolRun, workspace: &Path, log: &str) -> String {
    let mut group = format!("::group::{}\n", data(heading.trim()));
    let mut add = |line: &str| {
        group.push_str(&without_command(&plain(line)));
        group.push('\n');
    };
    add(&format!("$ {}", run.command));
    match printed(&workspace.join(log)) {
        Ok((text, is_cut)) => {
            // A tool that draws a bar of its progress writes over its own line.
            let text = text.replace("\r\n", "\n");
            text.trim_end().split(['\n', '\r']).for_each(&mut add);
            if is_cut {
                add(&format!("… the rest is in {log}"));
            }
        }
        Err(error) => add(&format!("{log} cannot be read: {error}")),
    }
    group.push_str("::endgroup::");
    group
}

/// The beginning of a file, and whether there is more of it.
fn printed(file: &Path) -> io::Result<(String, bool)> {
    let file = File::open(file)?;
    let is_cut = file.metadata()?.len() > MOST;
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes)?;
    Ok((String::from_utf8_lossy(&bytes).into_owned(), is_cut))
}

/// Text as the data of a command: on one line, with the percent sign escaped, since the runner
/// decodes it.
fn data(text: &str) -> String {
    plain(text).replace('%', "%25")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(command: &str) -> ToolRun {
        ToolRun {
            tool: "check".to_owned(),
            version: None,
            command: command.to_owned(),
            evidence: Vec::new(),
            started_ms: 0,
            duration_ms: 0,
            attempts: Vec::new(),
            log: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn nothing_that_a_tool_prints_is_a_command() {
        let folder = tempfile::tempdir().unwrap();
        let hostile = "::error::no\n  ::endgroup::\n\u{a0}::set-env::x\n\u{1b}[0m::add-mask::a\n\
                       \r::debug::\nsay ##[group]x\nfine :: text\r::stop-commands::x\n";
        std::fs::write(folder.path().join("a.log"), hostile).unwrap();
        let group = of_tool(
            "check 10%0A::error::",
            &run("sh -c '\n::warning::x'"),
            folder.path(),
            "a.log",
        );
        // A space that does not break is not to be seen in a snapshot.
        insta::assert_snapshot!(group.replace('\u{a0}', "~"), @"
        ::group::check 10%250A::error::
        $ sh -c ' ::warning::x'
        : :error::no
          : :endgroup::
        ~: :set-env::x
        : :add-mask::a

        : :debug::
        say ## [group]x
        fine :: text
        : :stop-commands::x
        ::endgroup::
        ");
    }

    #[test]
    fn a_long_output_is_cut_and_a_missing_one_is_said() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.log"), "line\n".repeat(100_000)).unwrap();
        let group = of_tool("check", &run("a"), folder.path(), "a.log");
        assert!(group.len() < 300_000);
        assert!(group.ends_with("… the rest is in a.log\n::endgroup::"));
        let group = of_tool("check", &run("a"), folder.path(), "b.log");
        assert!(group.contains("b.log cannot be read"), "{group}");
    }
}
