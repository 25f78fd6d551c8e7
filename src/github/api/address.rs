//! Addresses of the API, put together from text that nobody vouches for.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::{fmt, str::FromStr};

/// Everything but the unreserved characters
/// (<https://www.rfc-editor.org/rfc/rfc3986#section-2.3>).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A repository: `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository {
    owner: String,
    name: String,
}

/// The text names no repository.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} names no repository; expected owner/name of ASCII letters, digits, `-`, `_` and `.`, such as GITHUB_REPOSITORY has it"
)]
pub struct InvalidRepository(String);

impl Repository {
    /// The account that the repository belongs to.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Its name without the owner.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address of something in the repository; `rest` is encoded already.
    pub(super) fn path(&self, rest: fmt::Arguments<'_>) -> String {
        format!("/repos/{}/{}/{rest}", self.owner, self.name)
    }
}

impl FromStr for Repository {
    type Err = InvalidRepository;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // What consists of dots would climb in the address.
        let is_part = |part: &str| {
            part.chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
                && part.chars().any(|c| c != '.')
        };
        match text.split_once('/') {
            Some((owner, name)) if is_part(owner) && is_part(name) => Ok(Self {
                owner: owner.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(InvalidRepository(text.chars().take(200).collect())),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// Text as one segment of a path, or as a value of a query; `/` is encoded too.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The path of a file, segment by segment; `None` when it could climb out or is empty.
pub(super) fn encoded_path(path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split('/').collect();
    let is_plain = |segment: &&str| !matches!(*segment, "" | "." | "..");
    segments.iter().all(is_plain).then(|| {
        let encoded: Vec<String> = segments.iter().map(|segment| encoded(segment)).collect();
        encoded.join("/")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_owner_and_name() {
        let repository: Repository = "octo-org/my.repo_1".parse().unwrap();
        assert_eq!(repository.owner(), "octo-org");
        assert_eq!(repository.name(), "my.repo_1");
        assert_eq!(
            repository.path(format_args!("pulls/{}", 7)),
            "/repos/octo-org/my.repo_1/pulls/7"
        );
    }

    #[test]
    fn what_could_lead_elsewhere_is_no_repository() {
        for text in [
            "", "a", "a/", "/b", "a/b/c", "../x", "a/..", "a/b?x", "a b/c", "a/b%2f",
        ] {
            assert!(text.parse::<Repository>().is_err(), "{text}");
        }
    }

    #[test]
    fn text_from_outside_is_encoded() {
        assert_eq!(encoded("a/b c?d=e&é#"), "a%2Fb%20c%3Fd%3De%26%C3%A9%23");
        assert_eq!(encoded("v1.0-rc_2~x"), "v1.0-rc_2~x");
        assert_eq!(
            encoded_path("dir/my file.yaml").as_deref(),
            Some("dir/my%20file.yaml")
        );
        for path in ["", "/etc/passwd", "a//b", "../a", "a/./b", "a/.."] {
            assert_eq!(encoded_path(path), None, "{path}");
        }
    }
}
