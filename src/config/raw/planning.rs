//! `planning`: which components a change concerns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Files that more than one component is built or judged by, where they usually lie.
const SHARED: [&str; 25] = [
    ".cargo/config.toml",
    ".pre-commit-config.yaml",
    ".python-version",
    ".ruff.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Makefile",
    "conftest.py",
    "constraints*.txt",
    "mypy.ini",
    "poetry.lock",
    "pyproject.toml",
    "pyrightconfig.json",
    "pytest.ini",
    "requirements",
    "requirements*.txt",
    "ruff.toml",
    "rust-toolchain.toml",
    "setup.cfg",
    "setup.py",
    "tests/__init__.py",
    "tests/conftest.py",
    "tests/unit/conftest.py",
    "tox.ini",
    "uv.lock",
];

/// Which components a change concerns.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Planning {
    /// Files and folders that concern every component when they change, relative to the workspace.
    /// `*` stands for any text within a name, `**` for any folders.
    pub(in crate::config) shared_paths: Vec<String>,
}

impl Default for Planning {
    fn default() -> Self {
        Self {
            shared_paths: SHARED.map(str::to_owned).to_vec(),
        }
    }
}
