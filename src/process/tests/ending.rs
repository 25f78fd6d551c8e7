//! Nothing survives its run.

use super::*;
use std::{fs, path::Path};

fn pids(finished: &Finished) -> Vec<i32> {
    finished
        .stdout
        .text_lossy()
        .lines()
        .map(|line| line.parse().unwrap())
        .collect()
}

/// Whether a process is there. A zombie that this process adopted counts: it should be gone too.
fn exists(pid: i32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

async fn wait_for(file: &Path) {
    while !file.exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn read_pid(file: &Path) -> i32 {
    fs::read_to_string(file).unwrap().trim().parse().unwrap()
}

#[tokio::test]
async fn a_deadline_ends_the_child() {
    let limits = limits(Duration::from_millis(100));
    let finished = processes()
        .run(&shell("sleep 1000"), &limits, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(finished.ended_by, EndedBy::Timeout);
    assert_eq!((finished.status, finished.signal), (None, Some(15)));
}

#[tokio::test]
async fn a_child_may_clean_up_at_its_deadline() {
    let script = "trap 'echo cleaned; exit 7' TERM; echo ready; while :; do sleep 0.05; done";
    let finished = run_until_ready(&shell(script), 1).await;
    assert_eq!(finished.status, Some(7));
    assert_eq!(finished.stdout.text_lossy(), "ready\ncleaned\n");
}

/// Runs into a deadline that is late enough for the child to have printed this many lines, however
/// slow the machine is.
async fn run_until_ready(command: &CommandLine, lines: usize) -> Finished {
    for seconds in [1, 4, 16, 64] {
        let limits = limits(Duration::from_secs(seconds));
        let finished = processes()
            .run(command, &limits, &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(finished.ended_by, EndedBy::Timeout);
        if finished.stdout.text_lossy().lines().count() >= lines {
            return finished;
        }
    }
    panic!("the child printed nothing");
}

/// A grandchild that left group and session, lost its parent and ignores SIGTERM, and a child of it
/// with an empty environment.
const STUBBORN: &str = "
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        bare = subprocess.Popen(['/bin/sleep', '1000'], env={}, start_new_session=True)
        print(os.getpid(), bare.pid, sep='\\n', flush=True)
        time.sleep(1000)
    os._exit(0)
";

#[tokio::test]
async fn nothing_survives_a_deadline() {
    let command = python(&format!("{STUBBORN}\ntime.sleep(1000)"));
    let finished = run_until_ready(&command, 3).await;
    assert_eq!(finished.signal, Some(9));
    for pid in pids(&finished) {
        assert!(!exists(pid), "{pid} is still there");
    }
}

#[tokio::test]
async fn a_daemon_that_outlives_a_normal_end_is_ended_and_counted() {
    // The child waits until the daemon has printed its numbers: os.fork's pipe is its standard
    // output, which the daemon never closes.
    let script = STUBBORN
        .replacen("if os.fork()", "r, w = os.pipe()\nif os.fork()", 1)
        .replace(
            "        time.sleep(1000)",
            "        os.write(w, b'x'); time.sleep(1000)",
        );
    let finished = run(&python(&format!("{script}\nos.read(r, 1); os.wait()"))).await;
    assert_eq!(
        (finished.status, finished.ended_by),
        (Some(0), EndedBy::Exit)
    );
    assert_eq!(finished.left_behind, 2);
    assert_eq!(pids(&finished).len(), 3);
    for pid in pids(&finished) {
        assert!(!exists(pid), "{pid} is still there");
    }
}

#[tokio::test]
async fn a_background_job_in_the_group_is_ended_and_counted() {
    let finished = run(&shell("sleep 1000 & echo $!")).await;
    assert_eq!((finished.status, finished.left_behind), (Some(0), 1));
    assert!(!exists(pids(&finished)[0]));
}

#[tokio::test]
async fn what_ends_by_itself_soon_after_is_not_left_behind() {
    // On a machine that is busy enough, soon can be too late.
    for _ in 0..20 {
        let finished = run(&shell("(sleep 0.02; echo late) & echo early")).await;
        if finished.left_behind == 0 {
            assert_eq!(finished.stdout.text_lossy(), "early\nlate\n");
            return;
        }
    }
    panic!("it was never given the time to end by itself");
}

/// The parent ignores the signal and never waits for its child, which obeys it.
#[tokio::test]
async fn a_zombie_whose_parent_was_killed_is_gone_too() {
    let script = "
import os, signal, subprocess, time
os.setsid()
bare = subprocess.Popen(['/bin/sleep', '1000'], env={}, start_new_session=True)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), bare.pid, sep='\\n', flush=True)
time.sleep(1000)
";
    let finished = run_until_ready(&shell(&format!("python3 -c \"{script}\" & wait")), 2).await;
    for pid in pids(&finished) {
        assert!(!exists(pid), "{pid} is still there");
    }
}

#[tokio::test]
async fn a_holder_of_the_output_that_cannot_be_found_does_not_hang_the_run() {
    // It got a new environment and a new session, and its parent is gone before anybody looks.
    let script = "
import os, subprocess
p = subprocess.Popen(['/bin/sh', '-c', 'setsid env -i /bin/sleep 1000 & echo $!'])
p.wait()
import time
while 'sleep' not in open('/proc/%s/comm' % PID).read(): time.sleep(0.01)
";
    let folder = tempfile::tempdir().unwrap();
    let script = script
        .replace("echo $!", "echo $! > pid; cat pid")
        .replace("PID", "open('pid').read().strip()");
    let command =
        CommandLine::new("python3", folder.path().to_str().unwrap()).args(["-c", &script]);
    let finished = run(&command).await;
    assert_eq!((finished.status, finished.left_behind), (Some(0), 1));
    let pid = nix::unistd::Pid::from_raw(pids(&finished)[0]);
    let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
}

#[tokio::test]
async fn a_cancelled_run_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let pid_file = folder.path().join("pid");
    let script = "sleep 1000 & echo $! > new; mv new pid; wait";
    let command = CommandLine::new("sh", folder.path()).args(["-c", script]);
    let cancel = CancellationToken::new();
    let (finished, ()) = tokio::join!(run_with(command, cancel.clone()), async {
        wait_for(&pid_file).await;
        cancel.cancel();
    });
    assert_eq!(finished.ended_by, EndedBy::Cancelled);
    assert_eq!(finished.signal, Some(15));
    assert!(!exists(read_pid(&pid_file)));
}

#[tokio::test]
async fn a_dropped_run_leaves_nothing_alive() {
    let folder = tempfile::tempdir().unwrap();
    let pid_file = folder.path().join("pid");
    let script = "trap '' TERM; setsid sleep 1000 & echo $! > new; mv new pid; wait";
    let command = CommandLine::new("sh", folder.path()).args(["-c", script]);
    let task = tokio::spawn(async move { run_with(command, CancellationToken::new()).await });
    wait_for(&pid_file).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let pid = read_pid(&pid_file);
    // Nobody is left to wait for the adopted process, so that its entry remains as a zombie.
    while fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_run_that_is_cancelled_before_it_starts_starts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cancel = CancellationToken::new();
    cancel.cancel();
    let command = CommandLine::new("touch", folder.path()).arg("started");
    let finished = run_with(command, cancel).await;
    assert_eq!(finished.ended_by, EndedBy::Cancelled);
    assert_eq!((finished.status, finished.signal), (None, None));
    assert!(!folder.path().join("started").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_runs_at_once_do_not_disturb_each_other() {
    let runs = (0..40).map(|number| {
        tokio::spawn(async move {
            let script = match number % 4 {
                0 => "setsid sleep 1000 & exit 0",
                1 => "sleep 1000 & exit 1",
                2 => "sleep 0.3; exit 2",
                _ => "kill -SEGV $$",
            };
            (number % 4, run(&shell(script)).await)
        })
    });
    for run in runs.collect::<Vec<_>>() {
        let (kind, finished) = run.await.unwrap();
        let seen = (finished.status, finished.signal, finished.left_behind);
        let expected = [
            (Some(0), None, 1),
            (Some(1), None, 1),
            (Some(2), None, 0),
            (None, Some(11), 0),
        ];
        assert_eq!(seen, expected[kind]);
    }
}
