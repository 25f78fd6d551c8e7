//! Files of one machine.

use super::*;

fn local() -> (TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger_of(folder.path(), None);
    (folder, ledger)
}

fn file(folder: &TempDir) -> PathBuf {
    let path = ".spec2prod/history/deployments/staging/shop.jsonl";
    folder.path().join(path)
}

#[tokio::test]
async fn what_is_written_is_read_by_the_next_run() {
    let (folder, ledger) = local();
    assert!(ledger.records(&shop(), Staging).await.unwrap().is_empty());
    assert!(!file(&folder).exists());
    deploy(&ledger, "r1", healthy("1", "a", None)).await;
    note(&ledger, "r2", held("b")).await.unwrap();
    let again = ledger_of(folder.path(), None);
    let records = again.records(&shop(), Staging).await.unwrap();
    assert_eq!(records.len(), 7);
    assert!(records.windows(2).all(|pair| pair[0].at < pair[1].at));
    let state = again.state(&shop(), Staging).await.unwrap();
    assert_eq!(state.active.unwrap().version, version("a"));
    assert_eq!(state.holds.len(), 1);
    assert_eq!(
        again.state(&shop(), Production).await.unwrap(),
        State::default()
    );
    let components = again.components_with_records().await.unwrap();
    assert_eq!(
        components,
        BTreeMap::from([(shop(), BTreeSet::from([Staging]))])
    );
    let text = fs::read_to_string(file(&folder)).unwrap();
    insta::assert_snapshot!(text.lines().next().unwrap(), @r#"{"at":"2026-03-01T00:16:40Z","by":{"run":"r1","actor":"ada"},"event":{"kind":"started","deployment":"1","operation":"deploy","version":{"commit":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"previous":null,"lease_until":"2026-03-12T13:46:40Z","is_hotfix":false}}"#);
    let ignore = folder.path().join(".spec2prod/history/.gitignore");
    assert_eq!(fs::read_to_string(ignore).unwrap(), "*\n");
}

#[tokio::test]
async fn a_record_that_was_torn_is_taken_away_and_one_that_is_damaged_blocks() {
    let (folder, ledger) = local();
    deploy(&ledger, "r1", healthy("1", "a", None)).await;
    let whole = fs::read_to_string(file(&folder)).unwrap();
    fs::write(file(&folder), format!("{whole}{{\"at\":\"2026-")).unwrap();
    assert_eq!(ledger.records(&shop(), Staging).await.unwrap().len(), 6);
    note(&ledger, "r2", held("b")).await.unwrap();
    let mended = fs::read_to_string(file(&folder)).unwrap();
    assert!(mended.starts_with(&whole) && mended.lines().count() == 7);

    let damaged = whole.replacen("\"kind\":\"phase_started\"", "\"kind\":\"phase_st", 1);
    fs::write(file(&folder), &damaged).unwrap();
    let error = ledger.state(&shop(), Staging).await.unwrap_err();
    let text = error.to_string();
    let place = ".spec2prod/history/deployments/staging/shop.jsonl:2: found";
    assert!(text.contains(place), "{text}");
    let error = turn(&ledger, "r3").await.unwrap_err();
    assert!(matches!(
        error,
        TurnError::Ledger(LedgerError::Unreadable { .. })
    ));
    let refused = note(&ledger, "r3", held("c")).await;
    assert!(refused.is_err());
    assert_eq!(fs::read_to_string(file(&folder)).unwrap(), damaged);
}

#[tokio::test]
async fn of_two_at_once_one_waits_and_is_told_for_whom() {
    let (_folder, ledger) = local();
    let mut first = turn(&ledger, "r1").await.unwrap();
    let busy = turn(&ledger, "r2").await.unwrap_err();
    insta::assert_snapshot!(busy, @"run r1 of ada is at work on shop in staging since 2026-03-01T00:16:40Z and did not end within 0 s: start again when it has ended");
    // Another environment is free.
    let component = shop();
    let other = ledger.take_turn(&component, Production, by("r2"), Duration::ZERO);
    other.await.unwrap();
    let patient = ledger.clone();
    let waiting = tokio::spawn(async move {
        let patience = Duration::from_secs(30);
        let component = shop();
        let turn = patient.take_turn(&component, Staging, by("r2"), patience);
        turn.await.map(|turn| turn.state())
    });
    for event in healthy("1", "a", None) {
        first.append(event).await.unwrap();
    }
    drop(first);
    let state = waiting.await.unwrap().unwrap();
    assert_eq!(state.active.unwrap().version, version("a"));
    assert_eq!(state.open, None);
}

#[tokio::test]
async fn whoever_waits_can_be_cancelled() {
    let (folder, ledger) = local();
    let _first = turn(&ledger, "r1").await.unwrap();
    let mut other = ledger_of(folder.path(), None);
    other.cancel = CancellationToken::new();
    let cancel = other.cancel.clone();
    let component = shop();
    let patience = Duration::from_secs(600);
    let (waited, ()) = tokio::join!(
        other.take_turn(&component, Staging, by("r2"), patience),
        async { cancel.cancel() }
    );
    assert!(matches!(waited, Err(TurnError::Cancelled)));
}

#[tokio::test]
async fn the_next_run_takes_over_what_a_dead_one_left_open() {
    let (_folder, ledger) = local();
    let begun = healthy("1", "a", None).into_iter().take(3).collect();
    deploy(&ledger, "r1", begun).await;
    let mut next = turn(&ledger, "r2").await.unwrap();
    let open = next.state().open.unwrap();
    assert_eq!((open.by.run.as_str(), open.is_deployed), ("r1", true));
    next.append(begins("1", Phase::HealthCheck, false))
        .await
        .unwrap();
    let open = next.state().open.unwrap();
    assert_eq!((open.by.run.as_str(), open.is_deployed), ("r2", true));
    assert_eq!(open.lease_until, time(1_000_000));
    assert_eq!(open.last_phase, Some((Phase::HealthCheck, false, false)));
    next.append(ends("1", Phase::HealthCheck, false, Verdict::Passed))
        .await
        .unwrap();
    assert_eq!(next.records().len(), 6);
    next.append(ended("1", DeploymentOutcome::Healthy, Some("a")))
        .await
        .unwrap();
    assert_eq!(next.state().open, None);
}

#[tokio::test]
async fn an_interrupted_deployment_may_be_closed_without_taking_it_over() {
    let (_folder, ledger) = local();
    let begun = healthy("1", "a", None).into_iter().take(2).collect();
    deploy(&ledger, "r1", begun).await;
    let mut next = turn(&ledger, "r2").await.unwrap();
    next.append(ended("1", DeploymentOutcome::Interrupted, None))
        .await
        .unwrap();
    assert_eq!(next.records().len(), 3);
    next.append(started("2", Operation::Deploy, "b", None))
        .await
        .unwrap();
    assert_eq!(next.state().open.unwrap().deployment, "2");
}

#[tokio::test]
async fn a_version_that_is_held_before_its_deployment_began_is_not_deployed() {
    let (_folder, ledger) = local();
    let mut first = turn(&ledger, "r1").await.unwrap();
    note(&ledger, "r2", held("a")).await.unwrap();
    let start = started("1", Operation::Deploy, "a", None);
    let error = first.append(start).await.unwrap_err();
    insta::assert_snapshot!(error, @"cannot write the ledger: while this run was at work on shop in staging, run r2 of ada wrote to its ledger; nothing was written by this run: start it again");
    assert_eq!(ledger.records(&shop(), Staging).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_hold_during_a_deployment_does_not_disturb_it() {
    let (_folder, ledger) = local();
    let mut first = turn(&ledger, "r1").await.unwrap();
    let events = healthy("1", "a", None);
    first.append(events[0].clone()).await.unwrap();
    note(&ledger, "r2", held("b")).await.unwrap();
    first.append(events[1].clone()).await.unwrap();
    assert_eq!(first.records().len(), 3);
    assert_eq!(first.state().holds.len(), 1);
    // Nor where it takes more time in the same moment.
    note(&ledger, "r2", held("c")).await.unwrap();
    first.append(events[0].clone()).await.unwrap();
    assert_eq!(first.state().holds.len(), 2);
}

#[tokio::test]
async fn samples_are_kept_by_month_and_read_since_a_time() {
    let (folder, ledger) = local();
    let month = 31 * 24 * 60 * 60;
    for at in [0, 60, month + 60, month] {
        ledger
            .add_sample(&shop(), Staging, &sample(at, true))
            .await
            .unwrap();
    }
    let read = async |since: i64| {
        let samples = ledger.samples(&shop(), Staging, time(since)).await.unwrap();
        samples.iter().map(|sample| sample.at).collect::<Vec<_>>()
    };
    let times = |seconds: &[i64]| seconds.iter().copied().map(time).collect::<Vec<_>>();
    assert_eq!(read(0).await, times(&[0, 60, month, month + 60]));
    assert_eq!(read(60).await, times(&[60, month, month + 60]));
    assert_eq!(read(month + 1).await, times(&[month + 60]));
    assert!(read(month * 2).await.is_empty());
    let path = ".spec2prod/history/samples/staging/shop/2026-03.jsonl";
    let text = fs::read_to_string(folder.path().join(path)).unwrap();
    insta::assert_snapshot!(text.lines().next().unwrap(), @r#"{"at":"2026-03-01T00:00:00Z","is_up":true,"version":{"commit":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"latency_ms":12,"message":"200"}"#);
}

#[tokio::test]
async fn a_ledger_that_comes_with_the_commit_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    run_git(folder.path(), &["init", "-q"]).await;
    let ledger = ledger_of(folder.path(), None);
    deploy(&ledger, "r1", healthy("1", "a", None)).await;
    assert!(
        run_git(folder.path(), &["status", "--porcelain"])
            .await
            .is_empty()
    );
    run_git(folder.path(), &["add", "--force", ".spec2prod/history"]).await;
    let next = ledger_of(folder.path(), None);
    let error = next.state(&shop(), Staging).await.unwrap_err();
    insta::assert_snapshot!(error, @"cannot trust the ledger: .spec2prod/history/deployments/staging/shop.jsonl is tracked by git, so that a commit can change what was deployed; take it out of the repository (`git rm --cached`), add .spec2prod/history to .gitignore, and set `history.branch` to share the ledger between machines");
    assert!(turn(&next, "r2").await.is_err());

    // Nor one that a link leads to.
    fs::rename(
        folder.path().join(".spec2prod"),
        folder.path().join("elsewhere"),
    )
    .unwrap();
    std::os::unix::fs::symlink("elsewhere", folder.path().join(".spec2prod")).unwrap();
    run_git(folder.path(), &["rm", "-rq", "--cached", "."]).await;
    run_git(folder.path(), &["add", "--force", "elsewhere"]).await;
    let linked = ledger_of(folder.path(), None);
    let error = linked.state(&shop(), Staging).await.unwrap_err();
    assert!(matches!(error, LedgerError::Tracked { .. }), "{error}");
}

#[tokio::test]
async fn long_texts_are_cut_and_the_record_is_written() {
    let (_folder, ledger) = local();
    let long = Event::Held {
        version: version("a"),
        reason: "ä".repeat(100_000),
    };
    note(&ledger, "r1", long).await.unwrap();
    let records = ledger.records(&shop(), Staging).await.unwrap();
    let [record] = records.as_slice() else {
        panic!("{records:?}")
    };
    let Event::Held { reason, .. } = &record.event else {
        panic!("{record:?}")
    };
    assert!(reason.len() < 17_000 && reason.ends_with('…'));
}
