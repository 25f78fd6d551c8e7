//! Who said what about a pull request, and who belongs to which team.

use super::repository::{Repository, now};
use std::collections::BTreeMap;

/// A review of a pull request.
#[derive(Clone, Debug)]
pub(crate) struct Review {
    pub(crate) id: u64,
    pub(crate) number: u64,
    /// `None` where the account is gone.
    pub(crate) reviewer: Option<String>,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED` or `PENDING`.
    pub(crate) state: &'static str,
    pub(crate) commit: String,
    pub(crate) submitted_at: String,
}

/// A label that was put to a pull request, or taken away.
#[derive(Clone, Debug)]
pub(crate) struct LabelEvent {
    pub(crate) id: u64,
    pub(crate) number: u64,
    /// `labeled` or `unlabeled`.
    pub(crate) event: &'static str,
    pub(crate) label: String,
    pub(crate) actor: String,
    pub(crate) created_at: String,
}

/// What a reviewer of environments said of a run.
#[derive(Clone, Debug)]
pub(crate) struct RunReview {
    pub(crate) run: u64,
    pub(crate) reviewer: String,
    /// `approved`, `rejected` or `pending`.
    pub(crate) state: &'static str,
    pub(crate) environment: String,
    pub(crate) comment: String,
}

/// The people of a repository and of the organisation that it belongs to.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    pub(crate) reviews: Vec<Review>,
    pub(crate) run_reviews: Vec<RunReview>,
    pub(crate) label_events: Vec<LabelEvent>,
    /// `active` or `pending` by user, for each team.
    pub(crate) teams: BTreeMap<String, BTreeMap<String, &'static str>>,
}

impl People {
    /// The labels that a pull request has.
    pub(super) fn labels(&self, number: u64) -> Vec<&str> {
        let mut labels: Vec<&str> = Vec::new();
        for event in self.label_events.iter().filter(|e| e.number == number) {
            labels.retain(|label| *label != event.label);
            if event.event == "labeled" {
                labels.push(&event.label);
            }
        }
        labels
    }
}

impl Repository {
    /// Adds a review of the pull request's last commit.
    pub(crate) fn add_review(&mut self, number: u64, reviewer: &str, state: &'static str) -> u64 {
        let id = self.next_id();
        let commit = self.pulls[&number].head_sha.clone();
        self.people.reviews.push(Review {
            id,
            number,
            reviewer: Some(reviewer.to_owned()),
            state,
            commit,
            submitted_at: now(),
        });
        id
    }

    /// Adds what a reviewer of an environment said of a run.
    pub(crate) fn review_run(
        &mut self,
        run: u64,
        reviewer: &str,
        state: &'static str,
        environment: &str,
    ) {
        self.people.run_reviews.push(RunReview {
            run,
            reviewer: reviewer.to_owned(),
            state,
            environment: environment.to_owned(),
            comment: "Ship it!".to_owned(),
        });
    }

    /// Takes a review back.
    pub(crate) fn dismiss_review(&mut self, id: u64) {
        let mut reviews = self.people.reviews.iter_mut();
        reviews.find(|review| review.id == id).unwrap().state = "DISMISSED";
    }

    /// Puts a label to a pull request, or takes it away.
    pub(crate) fn label(&mut self, number: u64, label: &str, actor: &str, is_put: bool) {
        let id = self.next_id();
        self.people.label_events.push(LabelEvent {
            id,
            number,
            event: if is_put { "labeled" } else { "unlabeled" },
            label: label.to_owned(),
            actor: actor.to_owned(),
            created_at: now(),
        });
    }

    /// Makes somebody a member of a team: `active`, or `pending` while invited.
    pub(crate) fn add_member(&mut self, team: &str, user: &str, state: &'static str) {
        let team = self.people.teams.entry(team.to_owned()).or_default();
        team.insert(user.to_owned(), state);
    }

    /// Merges a pull request by a commit of its own, which is then the end of the default branch;
    /// gives that commit.
    pub(crate) fn merge(&mut self, number: u64) -> String {
        self.git.write("main", &format!("merged-{number}.txt"), b"");
        let commit = self.head();
        let pull = self.pulls.get_mut(&number).unwrap();
        pull.state = "closed";
        pull.merged = Some((now(), commit.clone()));
        commit
    }
}
