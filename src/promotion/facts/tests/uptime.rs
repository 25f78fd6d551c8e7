//! Uptime from the ledger, from Prometheus, from deployment statuses.

use super::{Fake, Inquiry, prometheus};
use crate::config::{RequiredValue, UptimeSource};
use crate::model::Prometheus;
use crate::prometheus::Series;
use crate::promotion::facts::prometheus_uptime::{chunks, least};
use crate::promotion::timeline::Stretch;
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[tokio::test]
async fn uptime_is_asked_of_its_source() {
    let mut inquiry = Inquiry::new("staging_uptime_days");
    inquiry.world.requirements[0].value = RequiredValue::AtLeast(7.0);
    let (source, samples) = inquiry.facts().await.uptime.unwrap();
    assert_eq!(source, "samples of spec2prod probe");
    assert!(samples.len() > 1000);
    inquiry.world.policy.uptime.source = UptimeSource::GitHub;
    assert_eq!(inquiry.verdict("staging_uptime_days").await.0, "no_data");
    inquiry.forge = Some(Fake {
        reviews: Ok(Vec::new()),
    });
    let (source, samples) = inquiry.facts().await.uptime.unwrap();
    assert_eq!(source, "deployment statuses of staging/shop");
    assert_eq!(samples.len(), 1);
}

#[tokio::test]
async fn uptime_of_prometheus_is_asked_in_parts() {
    let (url, mut asked) = prometheus(
        r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1773230000,"1"],[1773230060,"0"],[1773230120,"NaN"]]}]}}"#,
    )
    .await;
    let mut inquiry = Inquiry::new("staging_uptime_percentage");
    inquiry.world.policy.uptime.source = UptimeSource::Prometheus {
        server: Prometheus {
            url,
            token_env: None,
        },
        query: "up{job=\"{component}\"}".to_owned(),
    };
    let (_, samples) = inquiry.facts().await.uptime.unwrap();
    let first: Vec<Option<bool>> = samples.iter().take(3).map(|one| one.is_up).collect();
    assert_eq!(first, [Some(true), Some(false), None]);
    // Eight days are 11,520 minutes, and no answer has more than 11,000 steps.
    let mut questions = Vec::new();
    while let Ok(question) = asked.try_recv() {
        questions.push(question);
    }
    assert_eq!(questions.len(), 2);
    assert!(questions[0].contains("step=60"), "{}", questions[0]);
    inquiry.world.policy.uptime.source = UptimeSource::Prometheus {
        server: Prometheus {
            url: "http://127.0.0.1:1".to_owned(),
            token_env: None,
        },
        query: "up".to_owned(),
    };
    assert_eq!(
        inquiry.verdict("staging_uptime_percentage").await.0,
        "errored"
    );
}

proptest! {
    #[test]
    fn parts_cover_the_time_and_are_short_enough(
        ends in prop::collection::vec((0_i64..40 * 86_400_000, 1_i64..40 * 86_400_000), 0..4),
        step in 1000_i64..=60_000,
    ) {
        let stretches: Vec<Stretch> = ends
            .iter()
            .map(|(from, long)| Stretch { verified: *from, from: *from, to: from + long })
            .collect();
        let parts = chunks(&stretches, step, 0);
        for (from, to) in &parts {
            prop_assert!(from <= to && (to - from) / step < 10_000);
        }
        for stretch in &stretches {
            let own = parts.iter().filter(|(from, to)| stretch.from <= *from && *to <= stretch.to);
            let longest = own.map(|(from, to)| to - from + step).sum::<i64>();
            prop_assert!(longest >= stretch.to - stretch.from);
        }
    }
}

#[test]
fn of_several_series_the_least_counts() {
    let series = |values: &[(i64, f64)]| Series {
        labels: BTreeMap::new(),
        values: values
            .iter()
            .map(|(second, value)| (Timestamp::from_second(*second).unwrap(), *value))
            .collect(),
    };
    let all = [
        series(&[
            (1, 1.0),
            (2, 1.0),
            (3, f64::NAN),
            (4, 1.0),
            (5, 2.0),
            (6, 0.0),
        ]),
        series(&[(1, 0.0), (2, 1.0), (3, 1.0), (4, f64::NAN), (6, f64::NAN)]),
    ];
    let found: Vec<Option<bool>> = least(&all).iter().map(|one| one.is_up).collect();
    let (up, down) = (Some(true), Some(false));
    assert_eq!(found, [down, up, None, None, up, down]);
}
