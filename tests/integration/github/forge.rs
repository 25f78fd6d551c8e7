//! What GitHub knows about a version, as a promotion asks for it.

use super::deployments::{ENVIRONMENT, client, deployment, ended, versions, whole};
use crate::support::github::{FULL_TOKEN, FakeGithub, Fault, Level, Pull, Scope, Token};
use jiff::Timestamp;
use spec2prod::{
    cli::forge::GitHubForge,
    config::ReviewPolicy,
    ledger::{Event, Record},
    model::{DeploymentOutcome, Version},
    promotion::{Forge, ForgeReview},
};

/// A token that sees teams.
const ORGANISATION: &str = "ghp_organisation";

fn forge(github: &FakeGithub, token: &str, review: ReviewPolicy) -> GitHubForge {
    github.token(
        ORGANISATION,
        Token::with_all(Level::Write).with(Scope::Members, Level::Read),
    );
    GitHubForge {
        client: client(github, token),
        repository: "octo/shop".parse().unwrap(),
        component: "shop".parse().unwrap(),
        review,
        run: 4242,
        run_commit: "1".repeat(40),
    }
}

fn of_team() -> ReviewPolicy {
    ReviewPolicy {
        teams: vec!["security".to_owned()],
        people: vec!["Grace".to_owned()],
        label: Some("security-approved".to_owned()),
        ..ReviewPolicy::default()
    }
}

async fn reviews(forge: &GitHubForge, commit: &str) -> Vec<ForgeReview> {
    let version = Version::of_commit(commit);
    forge.reviews(&version).await.unwrap()
}

/// How often teams were asked for.
fn team_requests(github: &FakeGithub) -> usize {
    let requests = github.requests().into_iter();
    requests.filter(|r| r.path.starts_with("/orgs/")).count()
}

#[tokio::test]
async fn an_approval_of_what_became_the_version_is_about_the_version() {
    let github = FakeGithub::start();
    let pull = github.pull(Pull::new(7));
    let merged = github.change(|repository| {
        repository.add_review(7, "ada", "APPROVED");
        repository.add_review(7, "bob", "APPROVED");
        let taken_back = repository.add_review(7, "cyd", "APPROVED");
        repository.dismiss_review(taken_back);
        repository.add_review(7, "dan", "APPROVED");
        repository.add_review(7, "dan", "CHANGES_REQUESTED");
        repository.add_member("security", "ada", "active");
        repository.add_member("security", "bob", "pending");
        repository.merge(7)
    });
    let forge = forge(&github, ORGANISATION, of_team());
    for commit in [&merged, &pull.head_sha] {
        let found = reviews(&forge, commit).await;
        let shown: Vec<(&str, Vec<&str>)> = found
            .iter()
            .map(|review| {
                assert_eq!(review.commit, *commit);
                assert!(review.at.is_some() && review.url.is_some());
                let teams = review.teams.iter().map(String::as_str);
                (review.by.as_deref().unwrap(), teams.collect())
            })
            .collect();
        assert_eq!(shown, [("ada", vec!["security"]), ("bob", vec![])]);
    }
}

#[tokio::test]
async fn an_approval_of_an_earlier_commit_is_about_that_commit() {
    let github = FakeGithub::start();
    github.pull(Pull::new(7));
    let earlier = "0".repeat(40);
    let merged = github.change(|repository| {
        repository.add_review(7, "ada", "APPROVED");
        repository.people.reviews[0].commit.clone_from(&earlier);
        repository.add_member("security", "ada", "active");
        repository.merge(7)
    });
    let found = reviews(&forge(&github, FULL_TOKEN, of_team()), &merged).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].commit, earlier);
    assert_eq!(team_requests(&github), 0);
}

#[tokio::test]
async fn what_is_said_of_a_pull_request_that_went_on_is_not_about_the_version() {
    let github = FakeGithub::start();
    let version = github.pull(Pull::new(7)).head_sha;
    github.file("topic-7", "more.txt", "");
    github.change(|repository| {
        let head = repository.git.resolve("topic-7").unwrap();
        repository.pulls.get_mut(&7).unwrap().head_sha = head;
        repository.label(7, "security-approved", "ada", true);
        repository.add_review(7, "grace", "APPROVED");
        repository.add_review(7, "ada", "APPROVED");
        repository.people.reviews[1].commit.clone_from(&version);
    });
    let people = ReviewPolicy {
        teams: Vec::new(),
        ..of_team()
    };
    let found = reviews(&forge(&github, FULL_TOKEN, people), &version).await;
    let shown: Vec<_> = found
        .iter()
        .map(|review| (review.by.as_deref(), review.commit.as_str()))
        .collect();
    assert_eq!(shown, [(Some("ada"), version.as_str())]);
}

#[tokio::test]
async fn a_label_says_who_put_it_there_and_is_enough() {
    let github = FakeGithub::start();
    let pull = github.pull(Pull::new(7));
    github.change(|repository| {
        repository.label(7, "security-approved", "eve", true);
        repository.label(7, "security-approved", "eve", false);
        repository.label(7, "Security-Approved", "ada", true);
        repository.add_review(7, "bob", "APPROVED");
    });
    let forge = forge(&github, FULL_TOKEN, of_team());
    let found = reviews(&forge, &pull.head_sha).await;
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].label.as_deref(), Some("security-approved"));
    assert_eq!(found[0].by.as_deref(), Some("ada"));
    assert_eq!(found[0].commit, pull.head_sha);
    assert_eq!(team_requests(&github), 0);
    // Who did it is not known then, and the label is there all the same.
    github.plan(Fault::Before(404).on("GET", "*/timeline"));
    let found = reviews(&forge, &pull.head_sha).await;
    assert_eq!(found[0].by, None);
}

#[tokio::test]
async fn a_team_that_cannot_be_seen_is_an_error_unless_a_person_is_enough() {
    let github = FakeGithub::start();
    let pull = github.pull(Pull::new(7));
    github.change(|repository| {
        repository.add_review(7, "ada", "APPROVED");
        repository.add_member("security", "ada", "active");
    });
    let jobs = forge(&github, FULL_TOKEN, of_team());
    let version = Version::of_commit(&*pull.head_sha);
    let error = jobs.reviews(&version).await.unwrap_err();
    assert!(error.contains("`read:org`"), "{error}");
    let misspelt = ReviewPolicy {
        teams: vec!["Security Team".to_owned()],
        ..of_team()
    };
    let misspelt = forge(&github, ORGANISATION, misspelt);
    let error = misspelt.reviews(&version).await.unwrap_err();
    assert!(error.contains("slug"), "{error}");
    github.change(|repository| repository.add_review(7, "grace", "APPROVED"));
    assert_eq!(reviews(&jobs, &pull.head_sha).await.len(), 2);
}

#[tokio::test]
async fn a_commit_without_a_pull_request_has_no_review_and_one_that_cannot_be_asked_is_an_error() {
    let github = FakeGithub::start();
    let head = github.change(|repository| repository.head());
    let forge = forge(&github, FULL_TOKEN, of_team());
    assert_eq!(reviews(&forge, &head).await, []);
    github.plan(Fault::Before(404).on("GET", "*/commits/*/pulls*"));
    let version = Version::of_commit(&*head);
    forge.reviews(&version).await.unwrap_err();
}

/// The events in short.
fn short(records: &[Record]) -> Vec<String> {
    let short = |version: &Version| version.commit[..4].to_owned();
    let one = |record: &Record| match &record.event {
        Event::Started {
            version, previous, ..
        } => format!(
            "started {} after {}",
            short(version),
            previous.as_ref().map_or("none".to_owned(), short)
        ),
        Event::Ended {
            outcome, active, ..
        } => format!(
            "ended {outcome}, active {}",
            active.as_ref().map_or("unknown".to_owned(), short)
        ),
        Event::Held { version, reason } => format!("held {}: {reason}", short(version)),
        Event::Released { version, .. } => format!("released {}", short(version)),
        other => format!("{other:?}"),
    };
    records.iter().map(one).collect()
}

#[tokio::test]
async fn the_record_says_what_was_verified_and_what_is_held() {
    let github = FakeGithub::start();
    let [good, bad, next]: [Version; 3] = versions(&github);
    let order = [
        (&good, None, DeploymentOutcome::Healthy, Some(&good)),
        (
            &bad,
            Some(&good),
            DeploymentOutcome::RolledBack,
            Some(&good),
        ),
        (&next, Some(&good), DeploymentOutcome::Refused, Some(&good)),
        (
            &next,
            Some(&good),
            DeploymentOutcome::NotDeployed,
            Some(&good),
        ),
        (&bad, Some(&good), DeploymentOutcome::Unverified, Some(&bad)),
        (&next, Some(&good), DeploymentOutcome::Interrupted, None),
        (&next, Some(&good), DeploymentOutcome::RollbackFailed, None),
        (&good, Some(&good), DeploymentOutcome::Interrupted, None),
    ];
    for (version, previous, outcome, active) in order {
        let begun = deployment(version, previous);
        whole(&github, &begun, &ended(&begun, outcome, active)).await;
    }
    github.change(|repository| repository.add_jobs_deployment(ENVIRONMENT, 1, 1));
    let forge = forge(&github, FULL_TOKEN, ReviewPolicy::default());
    let records = forge.records(ENVIRONMENT).await.unwrap();
    let name = |version: &Version| version.commit[..4].to_owned();
    let text = short(&records)
        .join("\n")
        .replace(&name(&good), "GOOD")
        .replace(&name(&bad), "BAD")
        .replace(&name(&next), "NEXT");
    insta::assert_snapshot!(text, @r"
    started GOOD after none
    ended healthy, active GOOD
    started BAD after GOOD
    ended rolled_back, active GOOD
    held BAD: why: rolled_back
    released BAD
    started BAD after GOOD
    ended unverified, active BAD
    started NEXT after GOOD
    ended interrupted, active unknown
    started NEXT after GOOD
    ended rollback_failed, active unknown
    held NEXT: why: rollback_failed
    started GOOD after GOOD
    ");
    assert_eq!(records[0].by.actor.as_deref(), Some("github-actions[bot]"));
    let other = GitHubForge {
        component: "other".parse().unwrap(),
        ..forge
    };
    assert_eq!(other.records(ENVIRONMENT).await.unwrap(), []);
}

#[tokio::test]
async fn a_record_that_cannot_be_understood_is_an_error() {
    let github = FakeGithub::start();
    let [version] = versions(&github);
    let begun = deployment(&version, None);
    let end = ended(&begun, DeploymentOutcome::Healthy, Some(&version));
    whole(&github, &begun, &end).await;
    let forge = forge(&github, FULL_TOKEN, ReviewPolicy::default());
    github.change(|repository| repository.deployments[0].payload["spec2prod"] = 2.into());
    let error = forge.records(ENVIRONMENT).await.unwrap_err();
    assert!(error.contains("of another form than 1"), "{error}");
    forge
        .statuses(ENVIRONMENT, Timestamp::UNIX_EPOCH)
        .await
        .unwrap_err();
    github.plan(Fault::Before(404).on("GET", "*/deployments*"));
    forge.records(ENVIRONMENT).await.unwrap_err();
}

#[tokio::test]
async fn statuses_are_looks_at_the_environment() {
    let github = FakeGithub::start();
    let [version] = versions(&github);
    for outcome in [
        DeploymentOutcome::Healthy,
        DeploymentOutcome::Unverified,
        DeploymentOutcome::Refused,
    ] {
        let begun = deployment(&version, None);
        whole(&github, &begun, &ended(&begun, outcome, Some(&version))).await;
    }
    // A monitor of somebody else, and what was before.
    github.change(|repository| {
        let id = repository.add_jobs_deployment(ENVIRONMENT, 1, 1);
        let deployments = &mut repository.deployments;
        let monitored = deployments.iter_mut().find(|d| d.id == id).unwrap();
        for (second, state) in [
            (1, "success"),
            (2, "failure"),
            (3, "error"),
            (4, "inactive"),
        ] {
            let mut status = monitored.statuses[0].clone();
            status.id += 1000 + second;
            state.clone_into(&mut status.state);
            status.created_at = format!("2999-01-01T00:00:0{second}Z");
            monitored.statuses.push(status);
        }
        let mut old = monitored.statuses[0].clone();
        "failure".clone_into(&mut old.state);
        "2001-01-01T00:00:00Z".clone_into(&mut old.created_at);
        monitored.statuses.insert(0, old);
    });
    let forge = forge(&github, FULL_TOKEN, ReviewPolicy::default());
    let since = "2020-01-01T00:00:00Z".parse().unwrap();
    let samples = forge.statuses(ENVIRONMENT, since).await.unwrap();
    let looks: Vec<Option<bool>> = samples.iter().map(|sample| sample.is_up).collect();
    assert_eq!(
        looks,
        [Some(true), None, Some(true), Some(false), Some(false)]
    );
    let nothing = forge.statuses("production/shop", since).await.unwrap();
    assert_eq!(nothing, []);
}

#[tokio::test]
async fn who_approved_the_run_is_told_with_their_words() {
    let github = FakeGithub::start();
    github.change(|repository| {
        repository.review_run(4242, "ada", "approved", "production");
        repository.review_run(4242, "bob", "rejected", "production");
        repository.review_run(4242, "cyd", "pending", "production");
        repository.review_run(4243, "dan", "approved", "production");
    });
    let jobs = forge(&github, FULL_TOKEN, ReviewPolicy::default());
    let found = jobs.run_reviews().await.unwrap();
    assert_eq!((found.run.as_str(), found.commit.len()), ("4242", 40));
    let told: Vec<_> = found
        .reviews
        .iter()
        .map(|review| (review.by.as_deref().unwrap(), review.has_agreed))
        .collect();
    assert_eq!(
        told,
        [("ada", Some(true)), ("bob", Some(false)), ("cyd", None)]
    );
    assert_eq!(found.reviews[0].environments, ["production"]);
    assert_eq!(found.reviews[0].comment, "Ship it!");
    let token = Token::with_all(Level::Write).with(Scope::Actions, Level::None);
    github.token("ghs_no_actions", token);
    let blind = forge(&github, "ghs_no_actions", ReviewPolicy::default());
    let error = blind.run_reviews().await.unwrap_err();
    assert!(error.contains("`actions: read`"), "{error}");
}
