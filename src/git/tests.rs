//! Against the real git.

#![cfg(unix)]

use super::{
    command::{MISLEADING, limits},
    *,
};
use crate::{
    model::SourceIdentity,
    process::{CommandLine, Environment, Processes},
};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Processes whose git has this folder as home, and no configuration of the machine.
pub(super) fn processes(home: &Path) -> Processes {
    Processes::new(Environment::scrubbed([
        ("PATH", env!("PATH")),
        ("HOME", home.to_str().unwrap()),
        ("GIT_CONFIG_NOSYSTEM", "1"),
    ]))
}

pub(super) async fn run_git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = CommandLine::new("git", folder)
        .args(["-c", "user.name=A", "-c", "user.email=a@example.test"])
        .args(["-c", "commit.gpgSign=false"])
        .args(arguments.iter().copied());
    for name in MISLEADING {
        command = command.env_remove(*name);
    }
    let finished = processes(folder)
        .run(&command, &limits(64 * 1024), &CancellationToken::new())
        .await
        .unwrap();
    let output = finished.stdout.text_lossy();
    assert_eq!(
        finished.status,
        Some(0),
        "{output}{}",
        finished.stderr.text_lossy()
    );
    output.trim().to_owned()
}

/// A repository on branch `main` with one commit that has `component/code.py`.
pub(super) async fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    run_git(path, &["init", "-q", "-b", "main"]).await;
    fs::create_dir(path.join("component")).unwrap();
    fs::write(path.join("component/code.py"), "x = 1\n").unwrap();
    fs::write(path.join(".gitignore"), "*.log\n").unwrap();
    run_git(path, &["add", "."]).await;
    run_git(path, &["commit", "-q", "-m", "first"]).await;
    folder
}

async fn identity_of(workspace: &Path) -> SourceIdentity {
    let home = tempfile::tempdir().unwrap();
    identity(
        &processes(home.path()),
        workspace,
        &["reports".to_owned(), "report_*.json".to_owned()],
        &CancellationToken::new(),
    )
    .await
}

#[tokio::test]
async fn what_runs_write_is_no_change() {
    let folder = repository().await;
    fs::create_dir(folder.path().join("reports")).unwrap();
    fs::write(folder.path().join("reports/a.html"), "").unwrap();
    fs::write(folder.path().join("report_a.json"), "").unwrap();
    assert!(!identity_of(folder.path()).await.has_local_changes);
    fs::write(folder.path().join("other.json"), "").unwrap();
    assert!(identity_of(folder.path()).await.has_local_changes);
}

#[tokio::test]
async fn a_clean_commit_on_a_branch() {
    let folder = repository().await;
    let commit = run_git(folder.path(), &["rev-parse", "HEAD"]).await;
    let expected = SourceIdentity {
        head: None,
        commit: Some(commit),
        branch: Some("main".to_owned()),
        has_local_changes: false,
    };
    assert_eq!(identity_of(folder.path()).await, expected);
    assert_eq!(
        identity_of(&folder.path().join("component")).await,
        expected
    );
}

#[tokio::test]
async fn what_differs_from_the_commit_is_a_local_change() {
    let folder = repository().await;
    let workspace = folder.path().join("component");
    fs::write(workspace.join("ignored.log"), "x").unwrap();
    fs::write(folder.path().join("outside.py"), "x").unwrap();
    assert!(!identity_of(&workspace).await.has_local_changes);
    assert!(identity_of(folder.path()).await.has_local_changes);

    fs::write(workspace.join("new.py"), "x").unwrap();
    assert!(identity_of(&workspace).await.has_local_changes);
    fs::remove_file(workspace.join("new.py")).unwrap();
    assert!(!identity_of(&workspace).await.has_local_changes);

    fs::write(workspace.join("code.py"), "x = 2\n").unwrap();
    assert!(identity_of(&workspace).await.has_local_changes);
    run_git(folder.path(), &["add", "component"]).await;
    assert!(identity_of(&workspace).await.has_local_changes);
}

#[tokio::test]
async fn more_changes_than_are_kept_are_still_changes() {
    let folder = repository().await;
    for number in 0..2000 {
        let name = format!("a-name-that-is-long-enough-to-fill-the-limit-{number}.py");
        fs::write(folder.path().join(name), "").unwrap();
    }
    let identity = identity_of(folder.path()).await;
    assert!(identity.has_local_changes && identity.commit.is_some());
}

#[tokio::test]
async fn a_detached_head_has_no_branch() {
    let folder = repository().await;
    run_git(folder.path(), &["checkout", "-q", "--detach"]).await;
    let identity = identity_of(folder.path()).await;
    assert!(identity.commit.is_some());
    assert_eq!(identity.branch, None);
}

#[tokio::test]
async fn before_the_first_commit_there_is_no_commit() {
    let folder = tempfile::tempdir().unwrap();
    run_git(folder.path(), &["init", "-q", "-b", "main"]).await;
    let identity = identity_of(folder.path()).await;
    assert_eq!(
        (identity.commit, identity.branch.as_deref()),
        (None, Some("main"))
    );
}

#[tokio::test]
async fn a_branch_name_is_data() {
    let folder = repository().await;
    let name = "größe/$(touch${IFS}pwned);`id`&'\"|<script>";
    run_git(folder.path(), &["checkout", "-q", "-b", name]).await;
    let identity = identity_of(folder.path()).await;
    assert_eq!(identity.branch.as_deref(), Some(name));
    assert!(!identity.has_local_changes);
}

#[tokio::test]
async fn a_program_named_by_the_repository_is_not_executed() {
    let folder = repository().await;
    run_git(
        folder.path(),
        &["config", "core.fsmonitor", "touch pwned.log; false"],
    )
    .await;
    let pwned = folder.path().join("pwned.log");
    run_git(folder.path(), &["status"]).await;
    assert!(pwned.exists(), "git itself would execute it");
    fs::remove_file(&pwned).unwrap();
    assert!(identity_of(folder.path()).await.commit.is_some());
    assert!(!pwned.exists());
}

#[tokio::test]
async fn a_variable_of_a_hook_does_not_mislead() {
    let (folder, other) = (repository().await, repository().await);
    run_git(other.path(), &["checkout", "-q", "-b", "other"]).await;
    let processes = Processes::new(Environment::scrubbed([
        ("PATH".to_owned(), env!("PATH").to_owned()),
        (
            "GIT_DIR".to_owned(),
            other.path().join(".git").display().to_string(),
        ),
    ]));
    let identity = identity(&processes, folder.path(), &[], &CancellationToken::new()).await;
    assert_eq!(identity.branch.as_deref(), Some("main"));
}

#[tokio::test]
async fn without_repository_or_git_nothing_is_known() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(identity_of(folder.path()).await, SourceIdentity::default());
    let without_git = Processes::new(Environment::scrubbed([("PATH", "/nowhere")]));
    let cancel = CancellationToken::new();
    let seen = identity(&without_git, repository().await.path(), &[], &cancel).await;
    assert_eq!(seen, SourceIdentity::default());
}

/// Every file below a folder with its bytes and whether it may be executed.
fn tree(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, bool)> {
    ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(|entry| {
            let mode = entry.metadata().unwrap().permissions().mode();
            let content = (fs::read(entry.path()).unwrap(), mode & 0o100 != 0);
            (
                entry.path().strip_prefix(folder).unwrap().to_owned(),
                content,
            )
        })
        .collect()
}

fn write(folder: &Path, files: &[(&str, &[u8])]) {
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

async fn patch_of(home: &Path, before: &Path, after: &Path) -> Result<String, PatchError> {
    patch(&processes(home), before, after, &CancellationToken::new()).await
}

/// Makes a patch and lets git apply it to a copy of the folder before.
async fn apply(before: &[(&str, &[u8])], after: &[(&str, &[u8])]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, files) in [("before", before), ("after", after), ("copy", before)] {
        fs::create_dir(path(name)).unwrap();
        write(&path(name), files);
    }
    let patch = patch_of(folder.path(), &path("before"), &path("after"))
        .await
        .unwrap();
    fs::write(path("fix.patch"), &patch).unwrap();
    run_git(&path("copy"), &["init", "-q"]).await;
    run_git(&path("copy"), &["apply", "--check", "../fix.patch"]).await;
    run_git(&path("copy"), &["apply", "../fix.patch"]).await;
    assert_eq!(tree(&path("copy")), tree(&path("after")));
    patch
}

#[tokio::test]
async fn a_patch_has_paths_relative_to_the_folders() {
    let patch = apply(
        &[("src/a.py", b"import os\nx=1\n"), ("same.py", b"y = 2\n")],
        &[("src/a.py", b"x = 1\n"), ("same.py", b"y = 2\n")],
    )
    .await;
    insta::assert_snapshot!(patch, @r"
    diff --git a/src/a.py b/src/a.py
    index 5aa7854..7d4290a 100644
    --- a/src/a.py
    +++ b/src/a.py
    @@ -1,2 +1 @@
    -import os
    -x=1
    +x = 1
    ");
}

#[tokio::test]
async fn files_of_every_kind_are_changed_added_and_deleted() {
    apply(
        &[
            ("crlf.txt", b"a\r\nb\r\n"),
            ("no newline", b"a"),
            ("deleted/gone.py", b"x\n"),
            ("quote\"and\ttab.py", b"x\n"),
            ("größe.py", b"x\n"),
            (".gitattributes", b"*.txt text=auto eol=lf\n"),
        ],
        &[
            ("crlf.txt", b"a\r\nc\r\n"),
            ("no newline", b"b"),
            ("added/new.py", b"x\n"),
            ("quote\"and\ttab.py", b"y\n"),
            ("größe.py", b"y\n"),
            (".gitattributes", b"*.txt text=auto eol=lf\n"),
        ],
    )
    .await;
}

#[tokio::test]
async fn binary_files_and_other_encodings_are_changed_too() {
    let patch = apply(
        &[
            ("latin1.py", b"# caf\xe9\nx=1\n"),
            ("image.png", b"\0\x01\x02"),
        ],
        &[
            ("latin1.py", b"# caf\xe9\nx = 1\n"),
            ("image.png", b"\0\x01\x03"),
        ],
    )
    .await;
    assert!(patch.contains("GIT binary patch"));
}

#[tokio::test]
async fn without_a_difference_the_patch_is_empty() {
    let files: &[(&str, &[u8])] = &[("a.py", b"x\n")];
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("before"), files);
    write(&folder.path().join("after"), files);
    let (before, after) = (folder.path().join("before"), folder.path().join("after"));
    assert_eq!(patch_of(folder.path(), &before, &after).await.unwrap(), "");
}

#[tokio::test]
async fn the_configuration_of_the_machine_has_no_say() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write(
        path,
        &[
            ("before/a.py", b"x\r\n"),
            ("after/a.py", b"y\r\n"),
            (
                ".gitconfig",
                b"[diff]\nexternal = touch pwned\nmnemonicPrefix = true\nsrcPrefix = z/\n[color]\nui = always\n[core]\nautocrlf = true\npager = false\n",
            ),
        ],
    );
    let patch = patch_of(path, &path.join("before"), &path.join("after"))
        .await
        .unwrap();
    assert_eq!(
        patch,
        "diff --git a/a.py b/a.py\nindex db127bf..5758d80 100644\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\r\n+y\r\n"
    );
}

#[tokio::test]
async fn a_missing_folder_or_git_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = patch_of(folder.path(), &missing, folder.path())
        .await
        .unwrap_err();
    assert!(matches!(error, PatchError::Folder { .. }), "{error}");
    let without_git = Processes::new(Environment::scrubbed([("PATH", "/nowhere")]));
    let cancel = CancellationToken::new();
    let error = patch(&without_git, folder.path(), folder.path(), &cancel)
        .await
        .unwrap_err();
    insta::assert_snapshot!(
        error,
        @r#"cannot make a patch: cannot run "git": there is no such program in PATH ("/nowhere"); install it there"#
    );
}
