//! What goes in and what comes out.

use super::*;
use std::{fs, path::PathBuf};

async fn start_error(command: &CommandLine) -> StartError {
    processes()
        .run(command, &limits(LONG), &CancellationToken::new())
        .await
        .unwrap_err()
}

#[tokio::test]
async fn an_exit_status_and_both_outputs_are_kept() {
    let finished = run(&shell("echo out; echo err >&2; exit 3")).await;
    assert_eq!((finished.status, finished.signal), (Some(3), None));
    assert_eq!(finished.ended_by, EndedBy::Exit);
    assert_eq!(finished.stdout.text_lossy(), "out\n");
    assert_eq!(finished.stderr.text_lossy(), "err\n");
    assert_eq!(finished.left_behind, 0);
}

#[tokio::test]
async fn arguments_reach_the_program_as_they_are() {
    let words = ["", "a b", "$HOME", "`id`", "*", "--", "ö\n"];
    let script = "import json, sys; print(json.dumps(sys.argv[1:]))";
    let finished = run(&python(script).args(words)).await;
    let seen: Vec<String> = serde_json::from_slice(&finished.stdout.bytes()).unwrap();
    assert_eq!(seen, words);
}

#[tokio::test]
async fn the_standard_input_is_at_its_end() {
    let finished = run(&shell("cat; echo done")).await;
    assert_eq!(finished.stdout.text_lossy(), "done\n");
}

#[tokio::test]
async fn a_signal_is_told_from_an_exit_status() {
    for (name, number) in [("KILL", 9), ("SEGV", 11), ("ABRT", 6)] {
        let finished = run(&shell(&format!("kill -{name} $$"))).await;
        assert_eq!((finished.status, finished.signal), (None, Some(number)));
        assert_eq!(finished.ended_by, EndedBy::Exit);
    }
}

#[tokio::test]
async fn a_gigabyte_neither_blocks_nor_fills_memory() {
    let command = shell("echo first; head -c 1000000000 /dev/zero; echo last");
    let finished = run(&command).await;
    assert_eq!(finished.status, Some(0));
    assert_eq!(finished.stdout.total(), 1_000_000_011);
    assert!(finished.stdout.is_cut());
    let kept = finished.stdout.bytes();
    assert_eq!(kept.len(), 64 * 1024);
    assert!(kept.starts_with(b"first\n\0") && kept.ends_with(b"\0last\n"));
}

#[tokio::test]
async fn both_outputs_are_drained_at_the_same_time() {
    let script =
        "import os\nfor _ in range(200):\n os.write(2, b'e' * 65536); os.write(1, b'o' * 65536)";
    let finished = run(&python(script)).await;
    assert_eq!(finished.stdout.total(), 200 * 65536);
    assert_eq!(finished.stderr.total(), 200 * 65536);
}

#[tokio::test]
async fn a_missing_program_is_named_with_where_it_was_looked_for() {
    let command = CommandLine::new("no-such-tool", "/").env("PATH", "/nowhere:/bin");
    let error = start_error(&command).await;
    assert!(matches!(error, StartError::NotFound { .. }));
    insta::assert_snapshot!(
        error,
        @r#"cannot run "no-such-tool": there is no such program in PATH ("/nowhere:/bin"); install it there"#
    );
    let error = start_error(&CommandLine::new("./no-such-tool", "/")).await;
    insta::assert_snapshot!(
        error,
        @r#"cannot run "./no-such-tool": there is no such program in "/"; install it there"#
    );
}

#[tokio::test]
async fn a_program_that_cannot_be_executed_is_told_from_a_missing_one() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, mode| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, "#!/no/such/interpreter\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    for path in [write("plain", 0o644), write("no-interpreter", 0o755)] {
        let program = path.file_name().unwrap().to_str().unwrap();
        let by_path = CommandLine::new(format!("./{program}"), folder.path());
        let by_name = CommandLine::new(program, "/").env("PATH", folder.path().to_str().unwrap());
        for command in [by_path, by_name] {
            let error = start_error(&command).await;
            assert!(matches!(error, StartError::NotExecutable { .. }), "{error}");
        }
    }
}

#[tokio::test]
async fn a_missing_folder_is_told_from_a_missing_program() {
    let error = start_error(&CommandLine::new("true", "/no/such/folder")).await;
    insta::assert_snapshot!(
        error,
        @r#"cannot run "true" in "/no/such/folder": there is no such folder; check `working_directory`"#
    );
}

#[tokio::test]
async fn an_argument_that_no_system_takes_is_an_error() {
    let error = start_error(&CommandLine::new("echo", "/").arg("a\0b")).await;
    assert!(matches!(error, StartError::Io { .. }), "{error}");
}

#[tokio::test]
async fn the_environment_is_what_was_given_and_nothing_else() {
    let processes = Processes::new(Environment::scrubbed([
        ("PATH", env!("PATH")),
        ("GITHUB_TOKEN", "secret"),
        ("LANG", "C.UTF-8"),
        ("PYTHONPATH", "/elsewhere"),
    ]));
    let command = CommandLine::new("env", "/")
        .env("LANG", "C")
        .env("NO_COLOR", "1")
        .env_remove("PYTHONPATH");
    let finished = processes
        .run(&command, &limits(LONG), &CancellationToken::new())
        .await
        .unwrap();
    let output = finished.stdout.text_lossy();
    let mut seen: Vec<&str> = output.lines().collect();
    seen.sort_unstable();
    let path = format!("PATH={}", env!("PATH"));
    assert_eq!(seen[..3], ["LANG=C", "NO_COLOR=1", &path]);
    assert!(seen[3].starts_with("SPEC2PROD_PROCESS="));
    assert_eq!(seen.len(), 4);
}

#[tokio::test]
async fn every_run_has_a_cookie_of_its_own() {
    let command = shell("echo $SPEC2PROD_PROCESS");
    let (first, second) = tokio::join!(run(&command), run(&command));
    assert_ne!(first.stdout, second.stdout);
}
