//! Against the real git, with a bare repository as remote.

#![cfg(unix)]

use super::*;
use crate::git::tests::{processes, repository, run_git};
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

/// A remote with two clones, each with a work tree, an index and a history of its own.
struct World {
    folder: TempDir,
    processes: Processes,
    cancel: CancellationToken,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let source = repository().await;
        let origin = source.path().display().to_string();
        run_git(path, &["clone", "-q", "--bare", &origin, "remote.git"]).await;
        for name in ["one", "two"] {
            run_git(path, &["clone", "-q", "remote.git", name]).await;
        }
        Self {
            processes: processes(path),
            folder,
            cancel: CancellationToken::new(),
        }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn branch<'a>(&'a self, workspace: &'a Path, name: &'a str) -> Branch<'a> {
        Branch::new(&self.processes, workspace, "origin", name, &self.cancel)
    }
}

fn file(content: &str) -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([("a/b.txt".to_owned(), content.as_bytes().to_vec())])
}

async fn read(branch: &Branch<'_>) -> Option<String> {
    let commit = branch.fetch().await.unwrap()?;
    let files = branch.files(&commit, "a/b.txt").await.unwrap();
    let content = branch.content(&files["a/b.txt"], 1000).await.unwrap();
    Some(String::from_utf8(content).unwrap())
}

#[tokio::test]
async fn what_one_clone_writes_the_other_reads_and_nothing_else_changes() {
    let world = World::new().await;
    let (one, two) = (world.path("one"), world.path("two/component"));
    std::fs::write(one.join("local.py"), "x").unwrap();
    let seen = async || {
        let status = run_git(&one, &["status", "--porcelain=v2", "--branch"]).await;
        let names = run_git(&one, &["branch", "--verbose"]).await;
        let tags = run_git(&one, &["tag"]).await;
        (status, names, tags, one.join(".git/FETCH_HEAD").exists())
    };
    let before = seen().await;
    let (ours, theirs) = (world.branch(&one, "ledger"), world.branch(&two, "ledger"));
    assert_eq!(ours.fetch().await.unwrap(), None);
    let first = ours.commit(None, &file("1\n"), "first").await.unwrap();
    assert_eq!(ours.push(&first, None).await.unwrap(), Pushed::Done);
    assert_eq!(read(&theirs).await.as_deref(), Some("1\n"));

    let mut other = file("2\n");
    other.insert("c.txt".to_owned(), b"\r\n\0".to_vec());
    let second = theirs.commit(Some(&first), &other, "second").await.unwrap();
    assert_eq!(
        theirs.push(&second, Some(&first)).await.unwrap(),
        Pushed::Done
    );
    assert_eq!(read(&ours).await.as_deref(), Some("2\n"));
    let all = ours.files(&second, "c.txt").await.unwrap();
    assert_eq!(
        ours.content(&all["c.txt"], 10).await.unwrap(),
        b"\r\n\0".to_vec()
    );
    assert_eq!(seen().await, before);
    let who = ["log", "--format=%an <%ae> %s", "refs/spec2prod/ledger"];
    insta::assert_snapshot!(run_git(&one, &who).await, @r"
    spec2prod <spec2prod@localhost> second
    spec2prod <spec2prod@localhost> first
    ");
}

#[tokio::test]
async fn of_two_that_push_at_the_same_time_one_is_overtaken() {
    let world = World::new().await;
    let (one, two) = (world.path("one"), world.path("two"));
    let (ours, theirs) = (world.branch(&one, "ledger"), world.branch(&two, "ledger"));
    for parent in [None, Some(())] {
        let parent = match parent {
            None => None,
            Some(()) => ours.fetch().await.unwrap(),
        };
        theirs.fetch().await.unwrap();
        let (a, b) = (file("a"), file("b"));
        let mine = ours.commit(parent.as_deref(), &a, "a").await.unwrap();
        let other = theirs.commit(parent.as_deref(), &b, "b").await.unwrap();
        let (first, second) = tokio::join!(
            ours.push(&mine, parent.as_deref()),
            theirs.push(&other, parent.as_deref())
        );
        let mut outcomes = [first.unwrap(), second.unwrap()];
        outcomes.sort_by_key(|outcome| *outcome == Pushed::Overtaken);
        assert_eq!(outcomes, [Pushed::Done, Pushed::Overtaken]);
    }
}

#[tokio::test]
async fn a_clone_without_history_stays_without_and_a_whole_one_whole() {
    let world = World::new().await;
    let one = world.path("one");
    let ours = world.branch(&one, "ledger");
    let mut parent = None;
    for number in 0..3 {
        let content = file(&number.to_string());
        let commit = ours.commit(parent.as_deref(), &content, "x").await.unwrap();
        ours.push(&commit, parent.as_deref()).await.unwrap();
        parent = Some(commit);
    }
    let url = format!("file://{}", world.path("remote.git").display());
    let arguments = ["clone", "-q", "--depth=1", &url, "shallow"];
    run_git(world.folder.path(), &arguments).await;
    let (shallow, two) = (world.path("shallow"), world.path("two"));
    let cut = world.branch(&shallow, "ledger");
    assert_eq!(read(&cut).await.as_deref(), Some("2"));
    let count = ["rev-list", "--count", "refs/spec2prod/ledger"];
    assert_eq!(run_git(&shallow, &count).await, "1");
    let commit = cut.commit(parent.as_deref(), &file("3"), "x").await;
    let commit = commit.unwrap();
    assert_eq!(
        cut.push(&commit, parent.as_deref()).await.unwrap(),
        Pushed::Done
    );
    let whole = world.branch(&two, "ledger");
    assert_eq!(read(&whole).await.as_deref(), Some("3"));
    assert_eq!(run_git(&two, &count).await, "4");
    let is_shallow = ["rev-parse", "--is-shallow-repository"];
    assert_eq!(run_git(&two, &is_shallow).await, "false");
}

#[tokio::test]
async fn hooks_of_the_repository_are_not_executed() {
    let world = World::new().await;
    let one = world.path("one");
    for hook in ["pre-push", "reference-transaction", "post-index-change"] {
        let path = one.join(".git/hooks").join(hook);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "#!/bin/sh\ntouch \"$0.ran\"\nexit 1\n").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let ours = world.branch(&one, "ledger");
    let commit = ours.commit(None, &file("1"), "x").await.unwrap();
    assert_eq!(ours.push(&commit, None).await.unwrap(), Pushed::Done);
    assert_eq!(read(&ours).await.as_deref(), Some("1"));
    let hooks = std::fs::read_dir(one.join(".git/hooks")).unwrap();
    let names = hooks.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.ends_with(".ran")));
}

#[tokio::test]
async fn a_remote_that_refuses_or_is_not_there_is_an_error_that_says_what_to_do() {
    let world = World::new().await;
    let one = world.path("one");
    let hook = world.path("remote.git/hooks/pre-receive");
    std::fs::write(&hook, "#!/bin/sh\necho 'no pushing here' >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
    let ours = world.branch(&one, "ledger");
    let commit = ours.commit(None, &file("1"), "x").await.unwrap();
    let refused = ours.push(&commit, None).await.unwrap_err();
    insta::assert_snapshot!(refused, @r#"cannot write branch "ledger" of remote "origin": git push ended with 1 and said "remote: no pushing here        ": [remote rejected] (pre-receive hook declined); check that git may push there (in GitHub Actions: `permissions: contents: write`, and `persist-credentials: true` of actions/checkout), and that no rule protects the branch"#);

    let other = Branch {
        remote: "elsewhere",
        ..ours
    };
    let unknown = other.fetch().await.unwrap_err();
    insta::assert_snapshot!(unknown, @r#"cannot read branch "ledger" of remote "elsewhere": git ls-remote ended with 128 and said "fatal: 'elsewhere' does not appear to be a git repository"; check that the workspace is a git repository with this remote, that the remote can be reached, and that git has credentials for it (with actions/checkout: `persist-credentials: true`)"#);
    let option = Branch {
        remote: "--upload-pack=touch pwned",
        ..ours
    };
    assert!(option.fetch().await.is_err());
    assert!(!one.join("pwned").exists());
    for name in ["", "a..b", "a b", "x:y", "*", "-", "a.lock", "/a", "@{1}"] {
        let named = Branch { name, ..ours };
        let error = named.fetch().await;
        let is_fine = name == "-";
        assert!(
            is_fine || matches!(error, Err(BranchError::InvalidName(_))),
            "{name}"
        );
    }
    let nowhere = tempfile::tempdir().unwrap();
    let outside = world.branch(nowhere.path(), "ledger");
    assert!(outside.fetch().await.is_err());
}

#[tokio::test]
async fn what_is_no_file_is_not_read_as_one() {
    let world = World::new().await;
    let one = world.path("one");
    run_git(&one, &["checkout", "-q", "--orphan", "ledger"]).await;
    std::os::unix::fs::symlink("/etc/passwd", one.join("a")).unwrap();
    run_git(&one, &["add", "a"]).await;
    run_git(&one, &["commit", "-q", "-m", "link"]).await;
    run_git(&one, &["push", "-q", "origin", "ledger"]).await;
    let two = world.path("two");
    let theirs = world.branch(&two, "ledger");
    let commit = theirs.fetch().await.unwrap().unwrap();
    let error = theirs.files(&commit, "a").await.unwrap_err();
    insta::assert_snapshot!(error, @r#"cannot read a of branch "ledger": it is not a file there"#);
}
