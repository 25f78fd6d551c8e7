//! Reviews of pull requests and signed-off files.

use super::{Fake, Inquiry, review};
use crate::promotion::tests::{COMMIT, NOW, OTHER, at};
use crate::promotion::{ForgeReview, sign_off};

const REVIEW: &str = "security_review_complete";

fn signed(commit: &str) -> String {
    format!("# Review\n\n- **commit:** `{commit}`\n- Reviewer: Ada Lovelace\n- date: 2026-03-10\n")
}

#[tokio::test]
async fn a_signed_off_file_is_about_one_commit() {
    let mut inquiry = Inquiry::new(REVIEW);
    inquiry.world.policy.security_review.file = Some("reviews/{component}.md".to_owned());
    assert_eq!(inquiry.verdict(REVIEW).await.0, "failed");
    inquiry.write("reviews/shop.md", &signed(COMMIT));
    let (verdict, said) = inquiry.verdict(REVIEW).await;
    assert_eq!(verdict, "passed");
    assert_eq!(
        said,
        "signed-off file reviews/shop.md by Ada Lovelace at 2026-03-10T00:00Z"
    );
    inquiry.write("reviews/shop.md", &signed(OTHER));
    let (verdict, said) = inquiry.verdict(REVIEW).await;
    assert_eq!(verdict, "failed");
    assert!(
        said.contains("222222222222") && said.contains("111111111111"),
        "{said}"
    );
    inquiry.same_source = Ok(true);
    let (verdict, said) = inquiry.verdict(REVIEW).await;
    assert_eq!(verdict, "passed");
    assert!(
        said.contains("names 222222222222 with the same content"),
        "{said}"
    );
    inquiry.same_source = Err("git cannot be asked".to_owned());
    assert_eq!(inquiry.verdict(REVIEW).await.0, "errored");
}

#[tokio::test]
async fn a_file_that_is_none_is_no_review() {
    let mut inquiry = Inquiry::new(REVIEW);
    inquiry.world.policy.security_review.file = Some("review.md".to_owned());
    inquiry.write("review.md", "looks good to me");
    let (verdict, said) = inquiry.verdict(REVIEW).await;
    assert_eq!(verdict, "errored");
    assert!(
        said.contains("review.md") && said.contains("`commit: …`"),
        "{said}"
    );
    inquiry.write("review.md", &"x".repeat(100_000));
    assert_eq!(inquiry.verdict(REVIEW).await.0, "errored");
    for outside in ["../review.md", "/etc/hostname", "."] {
        inquiry.world.policy.security_review.file = Some(outside.to_owned());
        assert_eq!(inquiry.verdict(REVIEW).await.0, "errored", "{outside}");
    }
}

#[tokio::test]
async fn only_who_is_named_reviews() {
    let mut inquiry = Inquiry::new(REVIEW);
    inquiry.world.policy.security_review.teams = vec!["security".to_owned()];
    inquiry.world.policy.security_review.people = vec!["Ada".to_owned()];
    for (review, verdict) in [
        (review("ada", &[], COMMIT), "passed"),
        (review("grace", &["Security"], COMMIT), "passed"),
        (review("grace", &["docs"], COMMIT), "failed"),
        // What is about another commit does not count.
        (review("ada", &[], OTHER), "failed"),
    ] {
        let reviews = Ok(vec![review.clone()]);
        inquiry.forge = Some(Fake { reviews });
        assert_eq!(inquiry.verdict(REVIEW).await.0, verdict, "{review:?}");
    }
    let label = ForgeReview {
        label: Some("security-approved".to_owned()),
        by: None,
        ..review("", &[], COMMIT)
    };
    let reviews = Ok(vec![label]);
    inquiry.forge = Some(Fake { reviews });
    assert_eq!(inquiry.verdict(REVIEW).await.0, "failed");
    inquiry.world.policy.security_review.label = Some("security-approved".to_owned());
    assert_eq!(inquiry.verdict(REVIEW).await.0, "passed");
}

#[tokio::test]
async fn one_source_that_shows_it_is_enough_and_one_that_is_silent_is_not() {
    let mut inquiry = Inquiry::new(REVIEW);
    inquiry.world.policy.security_review.people = vec!["ada".to_owned()];
    inquiry.world.policy.security_review.file = Some("review.md".to_owned());
    assert_eq!(inquiry.verdict(REVIEW).await.0, "no_data");
    inquiry.forge = Some(Fake {
        reviews: Err("403 Resource not accessible".to_owned()),
    });
    let (verdict, said) = inquiry.verdict(REVIEW).await;
    assert_eq!(
        (verdict.as_str(), said.as_str()),
        ("errored", "403 Resource not accessible")
    );
    inquiry.write("review.md", &signed(COMMIT));
    assert_eq!(inquiry.verdict(REVIEW).await.0, "passed");
}

#[test]
fn signed_off_files_are_read_strictly() {
    let read = |text: &str| sign_off::read(text, at(NOW));
    let good = format!("commit: {COMMIT}\nreviewer: Ada\ndate: 2026-03-11\n");
    assert_eq!(read(&good).unwrap().reviewer, "Ada");
    for (text, problem) in [
        (good.replace(COMMIT, "1111111"), "full hash"),
        (good.replace("reviewer: Ada", ""), "no line `reviewer"),
        (good.replace("Ada", ""), "is empty"),
        (good.replace("2026-03-11", "11.3.2026"), "expected a day"),
        (good.replace("2026-03-11", "2026-04-01"), "in the future"),
        (format!("{good}commit: {OTHER}\n"), "lines 1 and 4"),
    ] {
        let found = read(&text).unwrap_err();
        assert!(found.contains(problem), "{text:?}: {found}");
    }
}
