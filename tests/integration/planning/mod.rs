//! `spec2prod plan`, against real git repositories.

mod causes;
mod comparing;
mod matrix;

use crate::support::{Ran, Repository};
use serde_json::Value;

/// Three components found by where they lie, committed on `main`: `a`, `b` and `c`.
fn three() -> Repository {
    let repository = Repository::new();
    for name in ["a", "b", "c"] {
        repository.write(&format!("src/{name}/__init__.py"), "x = 1\n");
        repository.write(&format!("tests/{name}/test_{name}.py"), "x = 1\n");
        repository.write(&format!("specs/{name}.md"), "# It\n");
    }
    repository.write("README.md", "# Three\n");
    repository.write("pyproject.toml", "[project]\nname = \"three\"\n");
    repository.commit();
    repository
}

fn plan(repository: &Repository, arguments: &[&str]) -> Ran {
    let arguments = [&["plan", "--format", "json"], arguments].concat();
    repository.run(&arguments)
}

/// The plan as JSON.
#[track_caller]
fn planned(repository: &Repository, arguments: &[&str]) -> Value {
    plan(repository, arguments).expect_status(0).json()
}

/// The components of a plan.
#[track_caller]
fn components(repository: &Repository, arguments: &[&str]) -> Vec<String> {
    let plan = planned(repository, arguments);
    let names = plan["components"].as_array().unwrap().iter();
    names
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

/// The kinds of causes of a component, in order.
fn kinds(plan: &Value, component: &str) -> Vec<String> {
    let causes = plan["reasons"][component].as_array();
    let kinds = causes.into_iter().flatten().map(|cause| &cause["kind"]);
    kinds
        .map(|kind| kind.as_str().unwrap().to_owned())
        .collect()
}
