//! Which packages a folder has, without starting a process to ask.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A folder with packages. What is in it is read once.
pub(super) struct Installed {
    /// The virtual environment, or the folder that the packages themselves are in.
    pub(super) folder: PathBuf,
    /// Versions by normalised name.
    versions: BTreeMap<String, String>,
}

impl Installed {
    /// The packages of a virtual environment.
    pub(super) fn in_environment(folder: PathBuf) -> Self {
        let versions = site_packages(&folder).map(|packages| versions(&packages));
        Self {
            folder,
            versions: versions.unwrap_or_default(),
        }
    }

    /// The packages that lie in the folder itself.
    pub(super) fn in_folder(folder: PathBuf) -> Self {
        let versions = versions(&folder);
        Self { folder, versions }
    }

    /// A package's version, where it is installed.
    pub(super) fn version(&self, package: &str) -> Option<&str> {
        self.versions.get(&normalised(package)).map(String::as_str)
    }
}

/// By the names of the `.dist-info` folders.
/// <https://packaging.python.org/en/latest/specifications/recording-installed-packages/>
fn versions(packages: &Path) -> BTreeMap<String, String> {
    let entries = packages.read_dir().into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let (package, version) = name.strip_suffix(".dist-info")?.rsplit_once('-')?;
            Some((normalised(package), version.to_owned()))
        })
        .collect()
}

fn normalised(package: &str) -> String {
    package.to_ascii_lowercase().replace(['_', '.'], "-")
}

fn site_packages(folder: &Path) -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(folder.join("Lib").join("site-packages"));
    }
    let entries = folder.join("lib").read_dir().ok()?;
    entries.flatten().find_map(|entry| {
        let packages = entry.path().join("site-packages");
        packages.is_dir().then_some(packages)
    })
}
