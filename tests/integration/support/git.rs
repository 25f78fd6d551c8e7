//! The repository as git keeps it.

use super::Repository;
use std::process::Command;

impl Repository {
    /// Runs git in the repository; gives what it printed.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.invalid"])
            .args([
                "-c",
                "commit.gpgSign=false",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(arguments)
            .current_dir(self.path())
            .env("HOME", self.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "git {arguments:?}: {printed}{said}"
        );
        printed
    }

    /// Commits everything as it is now; gives the hash.
    #[track_caller]
    pub(crate) fn commit_all(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", "next"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Deletes a file.
    pub(crate) fn delete(&self, path: &str) {
        std::fs::remove_file(self.path().join(path)).unwrap();
    }
}
