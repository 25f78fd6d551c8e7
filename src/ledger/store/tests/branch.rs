//! Machines that share a branch: clones of one bare repository.

use super::*;
use std::sync::atomic::{AtomicI64, Ordering};

/// A remote and two machines.
struct World {
    folder: TempDir,
    one: Ledger,
    two: Ledger,
    now: Arc<AtomicI64>,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        run_git(path, &["init", "-q", "-b", "main", "--bare", "remote.git"]).await;
        for name in ["one", "two"] {
            run_git(path, &["clone", "-q", "remote.git", name]).await;
        }
        let now = Arc::new(AtomicI64::new(1000));
        let on = |name: &str| {
            let now = now.clone();
            ledger_of(&path.join(name), Some("ledger"))
                .with_clock(move || time(now.load(Ordering::SeqCst)))
        };
        Self {
            one: on("one"),
            two: on("two"),
            now,
            folder,
        }
    }

    fn move_remote(&self, from: &str, to: &str) {
        let path = self.folder.path();
        fs::rename(path.join(from), path.join(to)).unwrap();
    }

    fn local_text(&self, machine: &str) -> String {
        let path = ".spec2prod/history/deployments/staging/shop.jsonl";
        let path = self.folder.path().join(machine).join(path);
        fs::read_to_string(path).unwrap_or_default()
    }

    async fn remote_text(&self) -> String {
        let remote = self.folder.path().join("remote.git");
        let place = "ledger:deployments/staging/shop.jsonl";
        run_git(&remote, &["cat-file", "blob", place]).await
    }
}

/// What another process of the same machine would see.
fn again(ledger: &Ledger) -> Ledger {
    let mut ledger = ledger.clone();
    ledger.fetched = Arc::default();
    ledger
}

#[tokio::test]
async fn a_deployment_on_one_machine_is_known_on_the_other() {
    let world = World::new().await;
    assert_eq!(
        world.two.state(&shop(), Staging).await.unwrap(),
        State::default()
    );
    deploy(&world.one, "r1", healthy("1", "a", None)).await;
    let other = again(&world.two);
    let state = other.state(&shop(), Staging).await.unwrap();
    assert_eq!(state.active.unwrap().version, version("a"));
    let components = other.components_with_records().await.unwrap();
    assert!(components.contains_key(&shop()));
    deploy(&other, "r2", healthy("2", "b", Some("a"))).await;
    let records = again(&world.one).records(&shop(), Staging).await.unwrap();
    assert_eq!(records.len(), 12);
    assert!(records.windows(2).all(|pair| pair[0].at < pair[1].at));
    assert_eq!(world.remote_text().await, world.local_text("two").trim());
    let status = ["status", "--porcelain"];
    assert_eq!(run_git(&world.folder.path().join("one"), &status).await, "");
}

#[tokio::test]
async fn of_two_machines_that_begin_at_once_one_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    for round in 0..3 {
        let mut one = turn(&world.one, "r1").await.unwrap();
        let mut two = turn(&world.two, "r2").await.unwrap();
        let ids = [format!("{round}-1"), format!("{round}-2")];
        let (first, second) = tokio::join!(
            one.append(started(&ids[0], Operation::Deploy, "a", None)),
            two.append(started(&ids[1], Operation::Deploy, "b", None)),
        );
        let (winner, loser, error, mut turn) = match (first, second) {
            (Ok(()), Err(error)) => (&ids[0], &ids[1], error, one),
            (Err(error), Ok(())) => (&ids[1], &ids[0], error, two),
            both => panic!("{both:?}"),
        };
        assert!(matches!(error, LedgerError::Overtaken { .. }), "{error}");
        let end = ended(winner, DeploymentOutcome::Healthy, None);
        turn.append(end).await.unwrap();
        let texts = [
            world.remote_text().await,
            world.local_text("one"),
            world.local_text("two"),
        ];
        assert!(texts.iter().all(|text| !text.contains(loser.as_str())));
    }
}

#[tokio::test]
async fn a_deployment_of_another_machine_is_waited_for_until_its_lease_is_over() {
    let world = World::new().await;
    let mut first = turn(&world.one, "r1").await.unwrap();
    let mut start = started("1", Operation::Deploy, "a", None);
    if let Event::Started { lease_until, .. } = &mut start {
        *lease_until = time(1600);
    }
    first.append(start).await.unwrap();
    first
        .append(begins("1", Phase::Deploy, false))
        .await
        .unwrap();
    let busy = turn(&world.two, "r2").await.unwrap_err();
    insta::assert_snapshot!(busy, @"run r1 of ada is at work on shop in staging since 2026-03-01T00:16:40Z and did not end within 0 s: start again when it has ended; if it was killed on another machine, the environment is free after 2026-03-01T00:26:40Z");
    world.now.store(1650, Ordering::SeqCst);
    assert!(turn(&world.two, "r2").await.is_err());

    world.now.store(1661, Ordering::SeqCst);
    let mut second = turn(&world.two, "r2").await.unwrap();
    second
        .append(begins("1", Phase::Deploy, false))
        .await
        .unwrap();
    let open = second.state().open.unwrap();
    assert_eq!(open.by.run, "r2");
    assert_eq!(open.lease_until, time(1661 + 600));
    // The first one was only slow. It must not go on.
    let late = first.append(begins("1", Phase::HealthCheck, false)).await;
    let error = late.unwrap_err();
    assert!(matches!(error, LedgerError::Overtaken { .. }), "{error}");
    assert!(!world.remote_text().await.contains("health_check"));
    assert!(!world.local_text("one").contains("health_check"));
}

#[tokio::test]
async fn on_its_own_machine_a_dead_run_is_known_to_be_dead_at_once() {
    let world = World::new().await;
    let begun = healthy("1", "a", None).into_iter().take(2).collect();
    deploy(&world.one, "r1", begun).await;
    assert!(matches!(
        turn(&world.two, "r2").await,
        Err(TurnError::Busy(_))
    ));
    // A turn that does nothing leaves the memory of the lock as it is.
    for _ in 0..2 {
        let next = turn(&again(&world.one), "r3").await.unwrap();
        assert_eq!(next.state().open.unwrap().deployment, "1");
    }
}

#[tokio::test]
async fn without_the_remote_nothing_begins_and_nothing_that_happened_is_forgotten() {
    let world = World::new().await;
    let events = healthy("1", "a", None);
    let mut first = turn(&world.one, "r1").await.unwrap();
    world.move_remote("remote.git", "away.git");
    let error = first.append(events[0].clone()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("cannot use the ledger: cannot ") && text.contains("contents: write")
            || text.contains("persist-credentials"),
        "{text}"
    );
    assert_eq!(world.local_text("one"), "");
    let held = note(&world.one, "r1", held("b"));
    assert!(held.await.is_err());
    assert_eq!(world.local_text("one"), "");
    assert!(turn(&again(&world.two), "r2").await.is_err());
    assert!(again(&world.one).state(&shop(), Staging).await.is_err());

    world.move_remote("away.git", "remote.git");
    for event in &events[..2] {
        first.append(event.clone()).await.unwrap();
    }
    world.move_remote("remote.git", "away.git");
    assert!(first.append(events[2].clone()).await.is_err());
    assert_eq!(world.local_text("one").lines().count(), 3);
    world.move_remote("away.git", "remote.git");
    for event in &events[3..] {
        first.append(event.clone()).await.unwrap();
    }
    assert_eq!(first.records().len(), 6);
    let state = again(&world.two).state(&shop(), Staging).await.unwrap();
    assert_eq!(state.active.unwrap().since, first.records()[2].at);
}

#[tokio::test]
async fn many_that_write_at_once_all_get_their_word_in() {
    let world = World::new().await;
    let names = ["a", "b", "c", "d", "e", "f"];
    let writers = (0..).zip(names).map(|(number, name)| {
        let ledger = [&world.one, &world.two][usize::from(number % 2 == 1)].clone();
        tokio::spawn(async move {
            note(&ledger, "r", held(name)).await.unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let state = again(&world.one).state(&shop(), Staging).await.unwrap();
    assert_eq!(state.holds.len(), names.len());
    assert_eq!(world.remote_text().await.lines().count(), names.len());
}

#[tokio::test]
async fn samples_of_several_environments_are_one_commit() {
    let world = World::new().await;
    let samples = [
        (shop(), Staging, sample(0, true)),
        (shop(), Production, sample(1, false)),
        ("api".parse().unwrap(), Staging, sample(2, true)),
    ];
    world.one.add_samples(&samples).await.unwrap();
    world
        .two
        .add_sample(&shop(), Staging, &sample(5, true))
        .await
        .unwrap();
    let read = again(&world.one);
    let samples = read.samples(&shop(), Staging, time(0)).await.unwrap();
    assert_eq!(samples, [sample(0, true), sample(5, true)]);
    let samples = again(&world.two)
        .samples(&shop(), Production, time(0))
        .await;
    assert_eq!(samples.unwrap(), [sample(1, false)]);
    let remote = world.folder.path().join("remote.git");
    let count = ["rev-list", "--count", "ledger"];
    assert_eq!(run_git(&remote, &count).await, "2");
}

#[tokio::test]
async fn what_a_machine_knew_before_there_was_a_branch_gets_there() {
    let world = World::new().await;
    let alone = ledger_of(&world.folder.path().join("one"), None);
    deploy(&alone, "r1", healthy("1", "a", None)).await;
    let mut next = turn(&world.one, "r2").await.unwrap();
    assert!(next.state().active.is_some());
    next.append(started("2", Operation::Deploy, "b", Some("a")))
        .await
        .unwrap();
    let records = again(&world.two).records(&shop(), Staging).await.unwrap();
    assert_eq!(records.len(), 7);
}

#[tokio::test]
async fn a_damaged_file_on_the_branch_is_named() {
    let world = World::new().await;
    deploy(&world.one, "r1", healthy("1", "a", None)).await;
    let two = world.folder.path().join("two");
    run_git(&two, &["fetch", "-q", "origin", "ledger"]).await;
    run_git(&two, &["checkout", "-q", "FETCH_HEAD"]).await;
    fs::write(two.join("deployments/staging/shop.jsonl"), "{}\n").unwrap();
    run_git(&two, &["commit", "-qam", "damage"]).await;
    run_git(&two, &["push", "-q", "origin", "HEAD:ledger"]).await;
    let error = turn(&again(&world.two), "r2").await.unwrap_err();
    insta::assert_snapshot!(error, @r#"cannot read the ledger: ledger:deployments/staging/shop.jsonl:1: found "{}", expected a record (missing field `at` at line 1 column 2); restore the file from a copy, or read it with a version of spec2prod that knows this record"#);
}
