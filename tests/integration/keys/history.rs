//! `history`: where the ledger is kept.

use super::deployed::{next_version, outcome, with_staging};
use super::{Case, check};
use crate::support::Repository;
use serde_json::{Value, json};

/// The folders that have a ledger.
fn folders(repository: &Repository) -> Value {
    outcome(repository);
    let all = ["out/one", "out/two"].into_iter();
    let found = all.filter(|folder| {
        let file = format!("{folder}/deployments/staging/thing.jsonl");
        repository.path().join(file).is_file()
    });
    found.map(Value::from).collect()
}

/// Staging, and two remotes that nothing was pushed to.
fn with_remotes() -> Repository {
    let repository = with_staging();
    next_version(&repository);
    for name in ["origin", "upstream"] {
        let place = format!("out/{name}.git");
        repository.git(&["init", "--quiet", "--bare", &place]);
        let address = repository.path().join(&place).display().to_string();
        repository.git(&["remote", "add", name, &address]);
    }
    repository
}

/// The branches that the remotes have after a deployment.
fn branches(repository: &Repository) -> Value {
    outcome(repository);
    let of = |remote: &&str| {
        let heads = repository.git(&["ls-remote", "--heads", remote]);
        let names = heads.lines().map(|line| line.split('\t').nth(1).unwrap());
        let names: Vec<String> = names.map(|name| format!("{remote} {name}")).collect();
        names
    };
    ["origin", "upstream"].iter().flat_map(of).collect()
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::of_values(
            "history.directory",
            with_staging,
            [json!("out/one"), json!("out/two")],
            folders,
            [json!(["out/one"]), json!(["out/two"])],
        ),
        Case::of_values(
            "history.branch",
            with_remotes,
            [json!("deployments"), json!("ledger")],
            branches,
            ["deployments", "ledger"].map(|name| json!([format!("origin refs/heads/{name}")])),
        ),
        Case::new(
            "history.remote",
            with_remotes,
            ["origin", "upstream"]
                .map(|remote| json!({ "history": { "branch": "ledger", "remote": remote } })),
            branches,
            ["origin", "upstream"].map(|name| json!([format!("{name} refs/heads/ledger")])),
        ),
    ]
}

#[test]
fn the_ledger_is_where_the_file_says() {
    check(&cases());
}
