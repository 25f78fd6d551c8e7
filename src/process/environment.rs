//! What children inherit.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

/// The environment that every child starts with, without the secrets of the run.
///
/// Its debug form shows names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

/// Names that no tool needs. The tokens act on the repository or the workflow run; the files are
/// workflow commands (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#environment-files>),
/// through which a tool could change the steps after this one.
const WITHHELD: &[&str] = &[
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GITHUB_OUTPUT",
    "GITHUB_ENV",
    "GITHUB_PATH",
    "GITHUB_STATE",
    "GITHUB_STEP_SUMMARY",
];

/// Beginnings of names that no tool needs: personal tokens, the runner's own services (artifacts,
/// cache, OpenID Connect), and settings of spec2prod itself.
const WITHHELD_PREFIXES: &[&str] = &[
    "GITHUB_PAT",
    "GH_PAT",
    "ACTIONS_RUNTIME_",
    "ACTIONS_ID_TOKEN_REQUEST_",
    "ACTIONS_RESULTS_",
    "ACTIONS_CACHE_",
    "SPEC2PROD_",
];

/// What the name of an action's input has when its value is a secret.
const SECRET_INPUT_WORDS: &[&str] = &["TOKEN", "SECRET", "PASSWORD", "KEY", "CREDENTIAL"];

impl Environment {
    /// The variables without those that tools must not see: tokens of GitHub and its runner, secret
    /// inputs of the action, the files of workflow commands, and everything named `SPEC2PROD_*`.
    ///
    /// A tool that does need one of them gets it through [`super::CommandLine::env`].
    #[must_use]
    pub fn scrubbed<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<String>,
    {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .filter(|(name, _)| !is_withheld(name))
                .collect(),
        )
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A program by its name, as found on the `PATH`; by its path, where it is one, relative to
    /// `folder`. `None` when nothing executable is there.
    #[must_use]
    pub fn find_program(&self, name: &str, folder: &Path) -> Option<PathBuf> {
        if Path::new(name).components().count() > 1 {
            return Some(folder.join(name)).filter(|path| is_executable(path));
        }
        std::env::split_paths(self.get("PATH")?)
            .map(|entry| entry.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
            .find(|path| is_executable(path))
    }

    /// All variables, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")?;
        f.debug_list().entries(self.0.keys()).finish()
    }
}

#[cfg(unix)]
pub(super) fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
pub(super) fn is_executable(path: &Path) -> bool {
    path.is_file()
}

fn is_withheld(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let is_secret_input =
        || name.starts_with("INPUT_") && SECRET_INPUT_WORDS.iter().any(|word| name.contains(word));
    WITHHELD.contains(&name.as_str())
        || WITHHELD_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix))
        || is_secret_input()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_workflow_files_are_withheld() {
        let withheld = [
            "GITHUB_TOKEN",
            "GH_TOKEN",
            "GITHUB_PAT",
            "GITHUB_PAT_RELEASES",
            "INPUT_GITHUB-TOKEN",
            "INPUT_NPM_TOKEN",
            "ACTIONS_RUNTIME_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "ACTIONS_RESULTS_URL",
            "ACTIONS_CACHE_URL",
            "GITHUB_OUTPUT",
            "GITHUB_ENV",
            "GITHUB_PATH",
            "GITHUB_STATE",
            "GITHUB_STEP_SUMMARY",
            "SPEC2PROD_CONFIG",
            "github_token",
        ];
        let environment = Environment::scrubbed(withheld.map(|name| (name, "x")));
        assert_eq!(environment.iter().count(), 0, "{environment:?}");
    }

    #[test]
    fn what_tools_need_is_kept() {
        let kept = [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SHA", "abc"),
            ("GITHUB_WORKSPACE", "/w"),
            ("HOME", "/root"),
            ("INPUT_COMPONENT", "calculator"),
            ("PATH", "/bin"),
        ];
        assert!(Environment::scrubbed(kept).iter().eq(kept));
    }

    #[test]
    fn the_debug_form_shows_no_value() {
        let environment = Environment::scrubbed([("DATABASE_URL", "postgres://u:secret@h")]);
        insta::assert_snapshot!(format!("{environment:?}"), @r#"Environment["DATABASE_URL"]"#);
    }
}
