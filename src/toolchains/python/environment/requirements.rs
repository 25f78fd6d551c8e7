//! What an environment of the run's own must hold.

use super::super::super::Preparation;
use super::super::project::Project;
use super::install::failed;
use crate::config::{PythonPolicy, TypeChecker};
use crate::model::Reason;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The pinned tools that every component needs, with the hashes of all their files.
pub(super) const CORE: &str = include_str!("../requirements/core.txt");
const PYRIGHT: &str = include_str!("../requirements/pyright.txt");
const BASEDPYRIGHT: &str = include_str!("../requirements/basedpyright.txt");
const MYPY: &str = include_str!("../requirements/mypy.txt");

/// What an environment must hold.
pub(super) struct Requirements {
    /// Pinned tools, checked by hash.
    pub(super) pinned: [&'static str; 2],
    /// Requirements files of the project, absolute.
    pub(super) files: Vec<PathBuf>,
    /// Single requirements, as pip writes them.
    pub(super) packages: Vec<String>,
    /// Where relative requirements start.
    pub(super) folder: PathBuf,
}

impl Requirements {
    /// The tools and what the project's tests need.
    pub(super) fn with_project(
        project: &Project,
        policy: &PythonPolicy,
        preparation: &Preparation,
    ) -> Self {
        let mut packages = project.stated_requirements();
        packages.extend(policy.packages.iter().cloned());
        Self {
            pinned: [CORE, checker(project.type_checker)],
            files: project.requirements_files(&preparation.workspace, policy),
            packages,
            folder: project.root.clone(),
        }
    }

    /// The tools alone, for a project that has an environment without them.
    pub(super) const fn tools_only(type_checker: TypeChecker) -> Self {
        Self {
            pinned: [CORE, checker(type_checker)],
            files: Vec::new(),
            packages: Vec::new(),
            folder: PathBuf::new(),
        }
    }

    /// What decides whether an environment made earlier still serves.
    pub(super) fn key(&self, python: &Path) -> Result<String, Reason> {
        let mut hasher = blake3::Hasher::new();
        let mut add = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        for text in self.pinned {
            add(text.as_bytes());
        }
        let mut files = self.files.clone();
        let mut next = 0;
        // Requirements files name further ones, which decide as much.
        while let Some(file) = files.get(next).cloned() {
            let bytes = read_regular(&file).map_err(|error| {
                failed(format!("requirements file {}: {error}", file.display()))
                    .remedy("correct toolchains.python.requirements")
            })?;
            add(&bytes);
            let text = String::from_utf8_lossy(&bytes);
            let folder = file.parent().unwrap_or(Path::new(""));
            for named in named_files(&text).map(|name| folder.join(name)) {
                // pip says it better when one is not there.
                if named.is_file() && !files.contains(&named) {
                    files.push(named);
                }
            }
            next += 1;
        }
        for package in &self.packages {
            add(package.as_bytes());
            // A folder of the project is installed as it is now.
            if let Ok(settings) = read_regular(&self.folder.join(package).join("pyproject.toml")) {
                add(&settings);
            }
        }
        add(fs::canonicalize(python)
            .unwrap_or_default()
            .to_string_lossy()
            .as_bytes());
        Ok(hasher.finalize().to_hex()[..16].to_owned())
    }
}

/// The files that a requirements file names with `-r`, `-c` or their long forms.
/// <https://pip.pypa.io/en/stable/reference/requirements-file-format/>
fn named_files(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let line = line.trim();
        let name = ["-r", "--requirement", "-c", "--constraint"]
            .into_iter()
            .find_map(|option| line.strip_prefix(option))?;
        let name = name.trim_start_matches(['=', ' ', '\t']);
        Some(name.split(" #").next().unwrap_or(name).trim()).filter(|name| !name.is_empty())
    })
}

const fn checker(checker: TypeChecker) -> &'static str {
    match checker {
        TypeChecker::Pyright => PYRIGHT,
        TypeChecker::Basedpyright => BASEDPYRIGHT,
        TypeChecker::Mypy => MYPY,
    }
}

/// The bytes of a regular file. Opening a pipe would wait for a writer.
fn read_regular(file: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(file)?.is_file() {
        fs::read(file)
    } else {
        Err(io::Error::other("not a regular file"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(files: &[&Path], folder: &Path) -> String {
        let requirements = Requirements {
            files: files.iter().map(|file| file.to_path_buf()).collect(),
            folder: folder.to_path_buf(),
            ..Requirements::tools_only(TypeChecker::Mypy)
        };
        requirements.key(Path::new("/usr/bin/python3")).unwrap()
    }

    #[test]
    fn an_environment_is_remade_when_a_file_that_is_named_by_another_changes() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        write(
            "dev.txt",
            "-r base.txt  # all\n--constraint=limits.txt\npytest\n",
        );
        write("base.txt", "-r dev.txt\nflask\n");
        write("limits.txt", "flask<3\n");
        let dev = folder.join("dev.txt");
        let first = key(&[&dev], folder);
        assert_eq!(key(&[&dev], folder), first);
        for (name, text) in [("base.txt", "flask==2\n"), ("limits.txt", "flask<4\n")] {
            let before = key(&[&dev], folder);
            write(name, text);
            assert_ne!(key(&[&dev], folder), before, "{name}");
        }
    }

    #[test]
    fn named_files_are_found_in_all_their_forms() {
        let text = "-r a.txt\n-rb.txt\n  --requirement c.txt # why\n-c=d.txt\n--constraint\te.txt\n\
                    --require-hashes\n-e .\nrequests -r x\n-r\n";
        let named: Vec<&str> = named_files(text).collect();
        assert_eq!(named, ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"]);
    }
}
