//! What never gets better: settings, permissions, refusals.

use super::*;

fn settings(api_url: &str, token: &str) -> ClientSettings {
    ClientSettings {
        api_url: api_url.to_owned(),
        token: Token::new(token),
        limits: ClientLimits::default(),
        proxies: Proxies::default(),
    }
}

#[tokio::test]
async fn settings_are_checked() {
    for url in [
        "",
        "api.github.com",
        "ftp://x",
        "https://",
        "https://me:pw@x",
        "https://x?y=1",
        "https://x y",
    ] {
        let error = Client::new(&settings(url, "t")).unwrap_err();
        assert!(matches!(error, ApiError::Settings(_)), "{url}: {error}");
    }
    for token in ["", " ", "a\nb", "a b", "é"] {
        let settings = settings("https://api.github.test", token);
        let error = Client::new(&settings).unwrap_err();
        assert!(matches!(error, ApiError::Settings(_)), "{token:?}: {error}");
        assert!(!format!("{settings:?}").contains(&format!("({token:?}")));
    }
    Client::new(&settings("https://github.test/api/v3/", " token\n")).unwrap();
}

#[test]
fn a_client_needs_a_runtime() {
    let error = Client::new(&settings("https://api.github.test", "t")).unwrap_err();
    insta::assert_snapshot!(error, @"setting up access to GitHub: there is no tokio runtime");
}

/// What is said when opening a check run is answered like this.
async fn said_of(request: &str, fault: Fault) -> String {
    let bench = Bench::new().await;
    bench.fault(request, fault);
    let error = check_runs::open(&bench).await.unwrap_err();
    assert_eq!(bench.count(request), 1);
    assert_eq!(bench.slept(), Vec::<f64>::new());
    format!("{:?}: {error}", error.missing_permission())
}

#[tokio::test]
async fn a_permission_that_is_missing_is_named_and_never_tried_again() {
    let create = "POST /check-runs";
    insta::assert_snapshot!(said_of(create, refusal(403, "Resource not accessible by integration")).await, @r#"Some("checks: write"): opening the check run "testing": GitHub answered 403 "Resource not accessible by integration" (request AB:12); the job's `permissions:` need `checks: write`; the token of a pull request from a fork or of Dependabot stays read-only"#);
    insta::assert_snapshot!(said_of(create, refusal(404, "Not Found")).await, @r#"Some("checks: write"): opening the check run "testing": GitHub answered 404 "Not Found" (request AB:12); it is not there, or the token may not change it, for which the job's `permissions:` need `checks: write`"#);
    insta::assert_snapshot!(said_of(create, refusal(401, "Bad credentials")).await, @r#"None: opening the check run "testing": GitHub answered 401 "Bad credentials" (request AB:12); the token is not valid here, or no longer; give the job's `github.token` or a new token"#);
    insta::assert_snapshot!(said_of("GET /check-runs", refusal(404, "Not Found")).await, @r#"None: looking for the check run "testing": GitHub answered 404 "Not Found" (request AB:12); it is not there, or the token may not see it, for which the job's `permissions:` need `checks: read`"#);
}

#[tokio::test]
async fn a_read_only_token_is_no_rate_limit_even_when_nothing_remains() {
    let body = r#"{"message": "Resource not accessible by integration"}"#;
    let headers = vec![("x-ratelimit-remaining", "0".to_owned())];
    let fault = Fault::Instead(403, headers, body.to_owned());
    let said = said_of("POST /check-runs", fault).await;
    assert!(said.contains("`checks: write`"), "{said}");
}

#[tokio::test]
async fn refusals_say_what_github_says() {
    let create = "POST /check-runs";
    let validation = r#"{"message": "Validation\u001b[31m Failed", "errors": ["too\nlong", {"resource": "CheckRun", "field": "name", "code": "missing"}]}"#;
    let fault = Fault::Instead(422, Vec::new(), validation.to_owned());
    insta::assert_snapshot!(said_of(create, fault).await, @r#"None: opening the check run "testing": GitHub answered 422 "Validation [31m Failed: too long: name missing" (request AB:12)"#);
    let page = Fault::Instead(403, Vec::new(), "<html>Proxy says no</html>".to_owned());
    insta::assert_snapshot!(said_of(create, page).await, @r#"None: opening the check run "testing": GitHub answered 403 "a page that GitHub's API does not write" (request AB:12)"#);
    let long = said_of(create, refusal(400, &"x".repeat(100_000))).await;
    assert!(long.len() < 600, "{}", long.len());
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read() {
    let bench = Bench::new().await;
    let body = format!("\"{}\"", "x".repeat(100_000));
    bench.fault("GET /thing", Fault::Instead(200, Vec::new(), body));
    let mut call = call::Call::get("reading", "/thing".to_owned(), "contents: read");
    call.max_answer = 1000;
    let error = bench
        .client
        .send(&call, client::json::<String>)
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"reading: the answer has more than the 1000 bytes that are read");
}

#[tokio::test]
async fn the_token_goes_nowhere_else() {
    let bench = Bench::new().await;
    let other = Server::start().await;
    let thing = (200, serde_json::json!("elsewhere"));
    other.state().canned.insert("/thing".to_owned(), thing);
    let location = ("location", format!("{}/thing", other.url()));
    bench.fault("GET /thing", with_headers(302, &[location]));
    let call = call::Call::get("reading", "/thing".to_owned(), "contents: read");
    let found = bench.client.send(&call, client::json::<String>).await;
    assert_eq!(found.unwrap(), "elsewhere");
    let heads = other.state().heads.join("\n").to_lowercase();
    assert!(!heads.contains("authorization"), "{heads}");
}

#[tokio::test]
async fn a_write_is_not_taken_elsewhere() {
    let bench = Bench::new().await;
    let location = ("location", format!("{}/check-runs", bench.server.url()));
    bench.fault("POST /check-runs", with_headers(307, &[location]));
    let error = check_runs::open(&bench).await.unwrap_err();
    assert_eq!(error.status(), Some(307), "{error}");
    assert_eq!(bench.count("POST /check-runs"), 1);
}
