//! What the project's environment lacks for its tests to be run and measured: pytest, pytest-cov.
//!
//! They must run where the project's packages are, and that environment is not the run's to change.
//! So exactly the packages that it lacks are installed into a folder of their own, which is put on
//! the path behind the project's sources. Nothing that the project has is replaced.

use super::{
    install::{Installer, Making},
    installed::Installed,
    program,
    requirements::CORE,
};
use crate::model::Reason;
use std::path::{Path, PathBuf};

/// pytest and what it needs, on Python 3.11 and later and before.
const PYTEST: [&str; 8] = [
    "exceptiongroup",
    "iniconfig",
    "packaging",
    "pluggy",
    "pygments",
    "pytest",
    "tomli",
    "typing-extensions",
];
/// pytest-cov and what it needs besides pytest.
const PYTEST_COV: [&str; 2] = ["coverage", "pytest-cov"];

/// Packages beside the project's own.
pub(super) struct Additions {
    /// Where they are; they can be imported from here.
    pub(super) folder: PathBuf,
    /// What should be said of them.
    pub(super) notes: Vec<String>,
}

/// The packages that the project's environment lacks; empty where it has pytest and pytest-cov.
pub(super) fn lacking(project: &Installed) -> Vec<&'static str> {
    let has = |name: &str| project.version(name).is_some();
    let mut wanted: Vec<&str> = Vec::new();
    if !has("pytest") {
        wanted.extend(PYTEST);
    }
    if !has("pytest-cov") {
        wanted.extend(PYTEST_COV);
    }
    wanted.retain(|name| !has(name));
    wanted
}

/// Installs the packages, or takes those that an earlier run installed.
pub(super) async fn provide(
    project: &Path,
    packages: &[&str],
    installer: &Installer<'_>,
) -> Result<Additions, Reason> {
    let text = pinned(packages);
    let interpreter = program(project, "python");
    let mut hasher = blake3::Hasher::new();
    hasher.update(text.as_bytes());
    hasher.update(interpreter.to_string_lossy().as_bytes());
    hasher.update(
        super::interpreter_version(project)
            .unwrap_or_default()
            .as_bytes(),
    );
    let folder = installer.folder(hasher.finalize().to_hex()[..16].to_owned());
    let making = Making::Additions(&interpreter, text);
    installer.once(&folder, &making).await?;
    let named: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|name| name.starts_with("pytest"))
        .collect();
    let shown = super::shown(&folder, installer.preparation);
    let note = format!(
        "{} came from {shown}, since the project's environment has none",
        named.join(" and ")
    );
    Ok(Additions {
        folder,
        notes: vec![note],
    })
}

/// The lines of the pinned tools that are about these packages.
fn pinned(packages: &[&str]) -> String {
    let mut text = String::new();
    let mut is_wanted = false;
    for line in CORE.lines() {
        if !line.starts_with([' ', '#']) {
            is_wanted = line
                .split_once("==")
                .is_some_and(|(name, _)| packages.contains(&name));
        }
        if is_wanted {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_pinned_with_hashes() {
        for name in PYTEST.iter().chain(&PYTEST_COV) {
            let text = pinned(&[name]);
            assert!(text.starts_with(&format!("{name}==")), "{name}: {text}");
            assert!(text.contains("--hash=sha256:"), "{name}: {text}");
            let others = text.lines().filter(|line| !line.starts_with(' '));
            assert!(others.clone().all(|line| line.starts_with(name)), "{text}");
        }
        assert_eq!(pinned(&[]), "");
        assert!(!pinned(&["pytest"]).contains("pytest-cov"));
    }
}
