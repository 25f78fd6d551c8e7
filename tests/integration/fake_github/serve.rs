//! The fake as a process, for `scripts/e2e-action`.

use crate::support::github::FakeGithub;
use std::{fs, time::Duration};

/// The longest that it serves when nobody ends it.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// Writes the fake's address to the file that `FAKE_GITHUB_ADDRESS` names, and serves until somebody
/// sends `POST /__stop`.
#[test]
#[ignore = "serves scripts/e2e-action, which starts it"]
fn serve() {
    let github = FakeGithub::start();
    let file = std::env::var("FAKE_GITHUB_ADDRESS").unwrap();
    // Renamed, so that nobody reads half of an address.
    let part = format!("{file}.part");
    fs::write(&part, github.url()).unwrap();
    fs::rename(&part, &file).unwrap();
    github.serve(LONGEST);
}
