//! The first line of the one comment, which nobody sees: whose it is and which run wrote it.

use super::address::encoded;

/// What a comment of ours says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// What tells several comments of one pull request apart, such as the workflow's name.
    pub key: String,
    /// `GITHUB_RUN_ID`.
    pub run_id: u64,
    /// `GITHUB_RUN_ATTEMPT`.
    pub attempt: u32,
    /// The commit that was judged.
    pub commit: String,
}

const BEGIN: &str = "<!-- spec2prod:";
const END: &str = " -->";

impl Marker {
    /// The line. Key and commit are encoded, so that they can end neither the comment nor a field.
    pub(super) fn line(&self) -> String {
        format!(
            "{BEGIN}{} run={} attempt={} commit={}{END}",
            encoded(&self.key),
            self.run_id,
            self.attempt,
            encoded(&self.commit)
        )
    }

    pub(super) const fn written_by(&self) -> WrittenBy {
        WrittenBy {
            run_id: self.run_id,
            attempt: self.attempt,
        }
    }

    /// Who wrote the comment, and the rest of its body; `None` when it is not of this key.
    pub(super) fn read<'a>(&self, body: &'a str) -> Option<(WrittenBy, &'a str)> {
        let rest = body
            .trim_start_matches('\u{feff}')
            .trim_start()
            .strip_prefix(BEGIN)?;
        let (line, text) = rest.split_once(END)?;
        let mut words = line.split(' ');
        if words.next()? != encoded(&self.key) || line.contains('\n') {
            return None;
        }
        // Fields that are missing or wrong make it the oldest: it is ours and may be overwritten.
        let mut written_by = WrittenBy::default();
        for word in words {
            match word.split_once('=') {
                Some(("run", id)) => written_by.run_id = id.parse().unwrap_or_default(),
                Some(("attempt", number)) => {
                    written_by.attempt = number.parse().unwrap_or_default();
                }
                _ => {}
            }
        }
        Some((written_by, text.trim_start_matches(['\r', '\n'])))
    }
}

/// The run that wrote a comment. Later ones are greater: GitHub's run ids grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WrittenBy {
    run_id: u64,
    attempt: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(key: &str) -> Marker {
        Marker {
            key: key.to_owned(),
            run_id: 12,
            attempt: 2,
            commit: "abc123".to_owned(),
        }
    }

    #[test]
    fn a_marker_reads_what_it_wrote() {
        let marker = marker("ci --> <b>");
        let line = marker.line();
        assert_eq!(
            line,
            "<!-- spec2prod:ci%20--%3E%20%3Cb%3E run=12 attempt=2 commit=abc123 -->"
        );
        let body = format!("{line}\r\n## All green");
        let (written_by, text) = marker.read(&body).unwrap();
        assert_eq!(written_by, marker.written_by());
        assert_eq!(text, "## All green");
    }

    #[test]
    fn only_the_beginning_and_the_same_key_count() {
        let marker = marker("ci");
        for body in [
            "",
            "look: <!-- spec2prod:ci run=1 attempt=1 commit=a -->",
            "> <!-- spec2prod:ci run=1 attempt=1 commit=a -->",
            "<!-- spec2prod:ci2 run=1 attempt=1 commit=a -->",
            "<!-- spec2prod:ci run=1 attempt=1 commit=a",
            "<!-- spec2prod:ci\nrun=1 -->",
            "<!-- spec2prod:",
        ] {
            assert_eq!(marker.read(body), None, "{body}");
        }
    }

    #[test]
    fn a_damaged_marker_is_the_oldest() {
        let marker = marker("ci");
        let (damaged, _) = marker.read("<!-- spec2prod:ci run=x attempt -->").unwrap();
        assert_eq!(damaged, WrittenBy::default());
        assert!(damaged < marker.written_by());
    }

    #[test]
    fn runs_are_ordered_by_id_and_attempt() {
        let by = |run_id, attempt| WrittenBy { run_id, attempt };
        assert!(by(9, 5) < by(10, 1));
        assert!(by(10, 1) < by(10, 2));
    }
}
