//! What is installed in a virtual environment. No process is started to ask.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The packages of a virtual environment.
#[derive(Default)]
pub(super) struct Packages {
    /// Versions by the names that all spellings of a name have in common.
    versions: BTreeMap<String, String>,
}

impl Packages {
    /// Reads the names of the `.dist-info` folders; what cannot be read is not installed.
    /// <https://packaging.python.org/en/latest/specifications/recording-installed-packages/>
    pub(super) fn read(environment: &Path) -> Self {
        let entries = site_packages(environment).and_then(|folder| folder.read_dir().ok());
        let mut packages = Self::default();
        for entry in entries.into_iter().flatten().flatten() {
            if let Ok(name) = entry.file_name().into_string()
                && let Some((package, version)) = name
                    .strip_suffix(".dist-info")
                    .and_then(|name| name.rsplit_once('-'))
            {
                let version = version.to_owned();
                packages.versions.insert(normalised(package), version);
            }
        }
        packages
    }

    /// A package's version; `None` when it is not installed.
    pub(super) fn version(&self, package: &str) -> Option<&str> {
        let version = self.versions.get(&normalised(package))?;
        Some(version.as_str())
    }
}

fn normalised(package: &str) -> String {
    package.to_ascii_lowercase().replace(['_', '.'], "-")
}

fn site_packages(folder: &Path) -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(folder.join("Lib").join("site-packages"));
    }
    folder
        .join("lib")
        .read_dir()
        .ok()?
        .flatten()
        .find_map(|entry| {
            let packages = entry.path().join("site-packages");
            packages.is_dir().then_some(packages)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn versions_are_found_by_every_spelling_of_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let packages = if cfg!(windows) {
            folder.path().join("Lib").join("site-packages")
        } else {
            folder.path().join("lib/python3.11/site-packages")
        };
        for name in [
            "detect_secrets-1.5.0.dist-info",
            "ruff",
            "ruff-0.14.0.dist-info",
        ] {
            fs::create_dir_all(packages.join(name)).unwrap();
        }
        let packages = Packages::read(folder.path());
        assert_eq!(packages.version("detect-secrets"), Some("1.5.0"));
        assert_eq!(packages.version("Detect.Secrets"), Some("1.5.0"));
        assert_eq!(packages.version("ruff"), Some("0.14.0"));
        assert_eq!(packages.version("pytest"), None);
        assert!(Packages::read(Path::new("/nowhere")).versions.is_empty());
    }
}
