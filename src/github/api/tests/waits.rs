//! Trouble that passes: what is tried again, after how long, and when it is given up.

use super::*;

fn get() -> call::Call {
    call::Call::get("reading", "/thing".to_owned(), "contents: read")
}

fn text(answer: &Answer) -> Result<String, String> {
    client::json(answer)
}

async fn bench() -> Bench {
    let bench = Bench::new().await;
    let thing = (200, serde_json::json!("here"));
    bench
        .server
        .state()
        .canned
        .insert("/thing".to_owned(), thing);
    bench
}

/// What a fault before the answer makes the client sleep.
async fn slept_after(fault: Fault) -> Vec<f64> {
    let bench = bench().await;
    bench.fault("GET /thing", fault);
    assert_eq!(bench.client.send(&get(), text).await.unwrap(), "here");
    assert_eq!(bench.count("GET /thing"), 2);
    bench.slept()
}

#[tokio::test]
async fn trouble_of_the_server_or_the_connection_is_tried_again_soon() {
    for fault in [
        status(500),
        status(502),
        status(503),
        status(408),
        Fault::CloseBefore,
        Fault::HalfAfter,
        Fault::After(200, "<html>Unicorn!</html>"),
    ] {
        let slept = slept_after(fault).await;
        assert!(
            matches!(slept[..], [wait] if (0.5..1.5).contains(&wait)),
            "{slept:?}"
        );
    }
}

/// A status, its headers, and the shortest wait in seconds.
type Told<'a> = (u16, &'a [(&'static str, String)], f64);

#[tokio::test]
async fn the_server_says_how_long_to_wait() {
    let in_20_seconds = (WALL + 20).to_string();
    let date = |value: &str| ("date", format!("Wed, 25 Nov 2026 {value} GMT"));
    let retry = |value: &str| ("retry-after", value.to_owned());
    let cases: [Told<'_>; 7] = [
        (429, &[retry("7")], 7.0),
        (403, &[retry("7")], 7.0),
        (503, &[retry("7")], 7.0),
        (429, &[retry("Wed, 25 Nov 2026 12:00:30 GMT")], 30.0),
        // By the server's clock, which is ten seconds ahead of ours.
        (
            429,
            &[retry("Wed, 25 Nov 2026 12:00:30 GMT"), date("12:00:10")],
            20.0,
        ),
        (
            403,
            &[
                ("x-ratelimit-remaining", "0".to_owned()),
                ("x-ratelimit-reset", in_20_seconds),
            ],
            21.0,
        ),
        (429, &[retry("0")], 1.0),
    ];
    for (status, headers, least) in cases {
        let slept = slept_after(with_headers(status, headers)).await;
        let is_right = matches!(slept[..], [wait] if (least..=least + 1.0).contains(&wait));
        assert!(is_right, "{headers:?}: {slept:?}");
    }
}

#[tokio::test]
async fn a_limit_without_a_time_takes_a_minute() {
    for fault in [
        refusal(403, "You have exceeded a secondary rate limit."),
        refusal(429, "Too many requests"),
    ] {
        let slept = slept_after(fault).await;
        assert!(
            matches!(slept[..], [wait] if (60.0..=66.0).contains(&wait)),
            "{slept:?}"
        );
    }
}

#[tokio::test]
async fn waits_grow_and_end() {
    let bench = bench().await;
    for _ in 0..5 {
        bench.fault("GET /thing", status(502));
    }
    let error = bench.client.send(&get(), text).await.unwrap_err();
    assert_eq!(bench.count("GET /thing"), 5);
    let slept = bench.slept();
    for (wait, expected) in slept.iter().zip([1.0, 2.0, 4.0, 8.0]) {
        assert!((0.5 * expected..1.5 * expected).contains(wait), "{slept:?}");
    }
    assert_eq!(slept.len(), 4);
    insta::assert_snapshot!(error, @r#"reading: gave up after 5 attempts, the last of which ended with: GitHub answered 502 "Server Error" (request AB:12)"#);
}

#[tokio::test]
async fn a_wait_that_would_pass_the_deadline_is_not_begun() {
    let bench = bench().await;
    let an_hour = with_headers(429, &[("retry-after", "3600".to_owned())]);
    bench.fault("GET /thing", an_hour);
    let error = bench.client.send(&get(), text).await.unwrap_err();
    assert_eq!(bench.slept(), Vec::<f64>::new());
    assert_eq!(bench.count("GET /thing"), 1);
    let said = error.to_string();
    assert!(
        said.starts_with("reading: gave up because waiting 360")
            && said.ends_with(" would pass the 120 s that publishing may take, of which 120 s are left: GitHub answered 429 \"Slow down\" (request AB:12) and asks to wait 3600 s"),
        "{said}"
    );
}

#[tokio::test]
async fn all_requests_share_the_time() {
    let bench = bench().await;
    let a_minute = || with_headers(429, &[("retry-after", "61".to_owned())]);
    bench.fault("GET /thing", a_minute());
    bench.client.send(&get(), text).await.unwrap();
    bench.fault("GET /thing", a_minute());
    let error = bench.client.clone().send(&get(), text).await.unwrap_err();
    assert!(matches!(error, ApiError::Deadline { .. }), "{error}");
    // What has to be said all the same still can be.
    let fresh = bench.client.with_fresh_time(Duration::from_secs(10));
    assert_eq!(fresh.send(&get(), text).await.unwrap(), "here");
}

#[tokio::test]
async fn nothing_is_sent_when_no_time_is_left() {
    let bench = bench().await;
    let client = bench.client.with_fresh_time(Duration::ZERO);
    let error = client.send(&get(), text).await.unwrap_err();
    assert!(matches!(error, ApiError::Deadline { .. }), "{error}");
    assert_eq!(bench.count("GET /thing"), 0);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left() {
    let limits = ClientLimits {
        attempts: 2,
        request_timeout: Duration::from_millis(60),
        ..ClientLimits::default()
    };
    let bench = Bench::with_limits(limits).await;
    bench.fault("GET /thing", Fault::Silent);
    bench.fault("GET /thing", Fault::Silent);
    let error = bench.client.send(&get(), text).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Unavailable { attempts: 2, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let bench = Bench::new().await;
    let settings = ClientSettings {
        api_url: "http://127.0.0.1:1".to_owned(),
        token: Token::new("t"),
        limits: ClientLimits::default(),
        proxies: Proxies::default(),
    };
    let client = Client::with_clock(&settings, bench.clock.clone()).unwrap();
    let error = client.send(&get(), text).await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("Connection refused"), "{said}");
}

#[tokio::test]
async fn writes_keep_a_distance() {
    let bench = Bench::with_limits(ClientLimits::default()).await;
    let marker = comments::marker(7, 1);
    for text in ["one", "two", "three"] {
        comments::upsert_text(&bench, &marker, text).await.unwrap();
    }
    assert_eq!(bench.count("POST /comments"), 1);
    assert_eq!(bench.count("PATCH /comments"), 2);
    assert_eq!(bench.slept(), [1.0, 1.0]);
}

#[tokio::test]
async fn what_is_sent() {
    let bench = bench().await;
    bench.client.send(&get(), text).await.unwrap();
    let heads = bench.server.state().heads.join("\n").to_lowercase();
    assert!(
        heads.contains("authorization: bearer ghs_secret"),
        "{heads}"
    );
    // Once, or GitHub would have to choose.
    assert_eq!(heads.matches("x-github-api-version").count(), 1, "{heads}");
    assert_eq!(heads.matches("user-agent").count(), 1, "{heads}");
    let shown = format!("{:?}", bench.client);
    assert!(!shown.contains("secret"), "{shown}");
}
