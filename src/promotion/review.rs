//! `security_review_complete`: whether somebody who counts looked at this very commit.

use super::Review;
use super::criteria::{Question, measured, place, unknown};
use super::timeline::moment;
use crate::config::AdditionalRequirement;
use crate::model::{Actual, Criterion, Version};

pub(super) fn judge(asked: &AdditionalRequirement, question: &Question<'_>) -> Criterion {
    let reviews = match &question.facts.reviews {
        Ok(reviews) => reviews,
        Err(why) => return unknown(asked, why),
    };
    let commit = &question.version.commit;
    let mut own = reviews.iter().filter(|review| review.commit == *commit);
    if let Some(first) = own.next() {
        let latest = own.fold(first, |latest, review| match review.at > latest.at {
            true => review,
            false => latest,
        });
        return Criterion {
            source: Some(described(latest)),
            measured_at: latest.at.map(|at| at.to_string()),
            ..measured(asked, Actual::Flag(true))
        };
    }
    let latest = reviews.iter().max_by_key(|review| review.at);
    let gap = match latest {
        Some(review) => format!(
            "{} is about {}, and this version is {}",
            described(review),
            Version::of_commit(review.commit.as_str()),
            Version::of_commit(commit.as_str()),
        ),
        None => format!("nobody reviewed {}", Version::of_commit(commit.as_str())),
    };
    Criterion {
        source: latest.map(described),
        measured_at: latest.and_then(|review| review.at).map(|at| at.to_string()),
        gap: Some(gap),
        remedy: Some(ways(question)),
        ..measured(asked, Actual::Flag(false))
    }
}

fn described(review: &Review) -> String {
    let by = review.by.as_ref();
    let by = by.map_or_else(String::new, |by| format!(" by {by}"));
    let at = review.at;
    let at = at.map_or_else(String::new, |at| format!(" at {}", moment(at)));
    let url = review.url.as_ref();
    let url = url.map_or_else(String::new, |url| format!(" ({url})"));
    format!("{}{by}{at}{url}", review.what)
}

/// What would count as a review.
fn ways(question: &Question<'_>) -> String {
    let policy = &question.policy.security_review;
    let mut ways = Vec::new();
    if !policy.teams.is_empty() {
        ways.push(format!(
            "an approving review of a member of {}",
            policy.teams.join(" or ")
        ));
    }
    if !policy.people.is_empty() {
        ways.push(format!(
            "an approving review of {}",
            policy.people.join(" or ")
        ));
    }
    if let Some(label) = &policy.label {
        ways.push(format!("the label {label} on the pull request"));
    }
    if let Some(file) = &policy.file {
        ways.push(format!(
            "{} with the lines `commit: {}`, `reviewer: NAME` and `date: YYYY-MM-DD`",
            file.replace("{component}", question.component.as_str()),
            question.version.commit
        ));
    }
    let place = policy.rule.as_ref().map_or_else(String::new, place);
    format!(
        "any of these counts: {}; set by `promotion.security_review`{place}",
        ways.join(", ")
    )
}
