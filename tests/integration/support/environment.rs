//! Virtual environments with the test tools in them, made without a network.

use super::{Repository, tools};
use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
};

/// The programs that an environment has.
const PROGRAMS: [&str; 7] = [
    "bandit",
    "basedpyright",
    "detect-secrets",
    "mypy",
    "pyright",
    "pytest",
    "ruff",
];

impl Repository {
    /// The same without an active environment.
    pub(crate) fn without_active_environment(self) -> Self {
        self.without_variable("VIRTUAL_ENV")
    }

    /// The same with nothing installed by a run.
    pub(crate) fn without_installing(self) -> Self {
        self.write(
            "workflow_config.yaml",
            "stages:\n  dependency_check:\n    install: false\n",
        );
        self
    }

    /// Makes a virtual environment in a folder of the repository, with all test tools but those whose
    /// package begins with one of these names.
    pub(crate) fn make_environment(&self, folder: &str, without: &[&str]) {
        let environment = self.path().join(folder);
        let made = Command::new("python3")
            .args(["-m", "venv", "--without-pip"])
            .arg(&environment)
            .status()
            .unwrap();
        assert!(made.success());
        let is_left_out = |name: &str| without.iter().any(|other| name.starts_with(other));
        let packages = site_packages(&environment);
        for entry in fs::read_dir(site_packages(&tools())).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if !is_left_out(&name) && !packages.join(&name).exists() {
                symlink(entry.path(), packages.join(name)).unwrap();
            }
        }
        let programs = PROGRAMS.iter().filter(|program| !is_left_out(program));
        for program in programs {
            add_program(&environment.join("bin"), program);
        }
        // As uv does it, and as people ignore it.
        fs::write(environment.join(".gitignore"), "*\n").unwrap();
    }
}

fn site_packages(environment: &Path) -> PathBuf {
    let lib = fs::read_dir(environment.join("lib")).unwrap();
    let folders = lib.map(|entry| entry.unwrap().path().join("site-packages"));
    folders.into_iter().find(|folder| folder.is_dir()).unwrap()
}

/// A script that runs with the environment's own Python, or a link to a program of another kind.
fn add_program(bin: &Path, name: &str) {
    let original = tools().join("bin").join(name);
    let bytes = fs::read(&original).unwrap();
    let target = bin.join(name);
    if !bytes.starts_with(b"#!") {
        symlink(original, target).unwrap();
        return;
    }
    let text = String::from_utf8(bytes).unwrap();
    let (_, body) = text.split_once('\n').unwrap();
    let python = bin.join("python");
    fs::write(&target, format!("#!{}\n{body}", python.display())).unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o755)).unwrap();
}
