//! GitHub behind the proxy of a runner.

use super::{FAILS, Setting};
use crate::support::{
    Ran, WRITES_A_PASS,
    proxy::{ENCODED_SECRET, HOST, Proxy, SECRET},
};

/// What `github/mod.rs` sets up, in a network that has one way to GitHub: this proxy.
fn behind_a_proxy(
    script: &str,
    variables: impl FnOnce(&Proxy) -> Vec<(&str, String)>,
) -> (Setting, Proxy) {
    let mut setting = Setting::new(script);
    let proxy = Proxy::start(&setting.github);
    let mut repository = setting
        .repository
        .variable("GITHUB_API_URL", &format!("https://{HOST}"))
        .variable("SSL_CERT_FILE", &proxy.certificate());
    for (name, value) in variables(&proxy) {
        repository = repository.variable(name, &value);
    }
    setting.repository = repository;
    (setting, proxy)
}

/// The address of the proxy with user and password.
fn address(proxy: &Proxy) -> String {
    format!("http://runner:{ENCODED_SECRET}@{}", proxy.place)
}

/// What went wrong, the same on every machine, after looking for the password everywhere.
fn problems(setting: &Setting, ran: &Ran, proxy: &Proxy) -> String {
    let report = setting.repository.read("workflow_report_thing.json");
    for text in [&ran.stdout, &ran.stderr, &report, &setting.step.summary()] {
        for secret in [SECRET, ENCODED_SECRET] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    setting.problems().join("\n").replace(&proxy.place, "PROXY")
}

#[test]
fn results_reach_github_through_the_proxy() {
    let (setting, proxy) = behind_a_proxy(WRITES_A_PASS, |proxy| {
        // As the runner has it, and curl: the lower-case name counts.
        vec![
            ("https_proxy", address(proxy)),
            ("HTTPS_PROXY", "http://127.0.0.1:1".to_owned()),
            ("NO_PROXY", "example.com".to_owned()),
        ]
    });
    let ran = setting.run().expect_status(0);
    assert_eq!(problems(&setting, &ran, &proxy), "");
    let checks = setting.github.check_runs();
    assert_eq!(checks.len(), 1);
    assert_eq!(checks[0].conclusion.as_deref(), Some("success"));
    assert_eq!(setting.github.comments(7).len(), 1);
    let asked = proxy.asked();
    assert!(!asked.is_empty());
    for line in asked {
        assert_eq!(line, format!("CONNECT {HOST}:443 HTTP/1.1"));
    }
}

#[test]
fn a_proxy_that_refuses_changes_nothing_but_where_the_result_is_shown() {
    let said = [(WRITES_A_PASS, 0), (FAILS, 1)].map(|(script, status)| {
        let (setting, proxy) = behind_a_proxy(script, |proxy| {
            let wrong = format!("http://runner:{ENCODED_SECRET}-once@{}", proxy.place);
            vec![("HTTPS_PROXY", wrong)]
        });
        let ran = setting.run().expect_status(status);
        let problems = problems(&setting, &ran, &proxy);
        for text in [&ran.stderr, &setting.step.summary()] {
            assert!(text.contains("correct HTTPS_PROXY"), "{text}");
        }
        assert!(setting.github.requests().is_empty());
        problems
    });
    assert_eq!(said[0], said[1]);
    insta::assert_snapshot!(said[0], @r#""GitHub": "setting up access to GitHub: the proxy PROXY gives no way to api.github.test: it asks for user and password, as in http://USER:PASSWORD@PROXY; correct HTTPS_PROXY, or name api.github.test in no_proxy""#);
}

#[test]
fn what_is_no_proxy_is_not_passed_over() {
    let said = ["socks5://runner:hush%2F!hush@127.0.0.1:1080", "http://"].map(|value| {
        let (setting, proxy) =
            behind_a_proxy(WRITES_A_PASS, |_| vec![("ALL_PROXY", value.to_owned())]);
        let ran = setting.run().expect_status(0);
        assert!(ran.stderr.contains("correct ALL_PROXY"), "{}", ran.stderr);
        problems(&setting, &ran, &proxy)
    });
    assert_eq!(said[0], said[1]);
    insta::assert_snapshot!(said[0], @r#""GitHub": "setting up access to GitHub: ALL_PROXY is not the address of an HTTP proxy, such as http://proxy.example.com:3128 or http://USER:PASSWORD@proxy.example.com:3128, with special characters percent-encoded (https:// and socks5:// are not supported); correct ALL_PROXY, or name api.github.test in no_proxy""#);
}

#[test]
fn what_no_proxy_names_is_asked_straight() {
    let (setting, proxy) = behind_a_proxy(WRITES_A_PASS, |proxy| {
        vec![
            ("GITHUB_API_URL", format!("https://{}", proxy.place)),
            ("HTTPS_PROXY", address(proxy)),
            ("NO_PROXY", "127.0.0.1".to_owned()),
        ]
    });
    let ran = setting.run().expect_status(0);
    assert_eq!(problems(&setting, &ran, &proxy), "");
    assert_eq!(setting.github.check_runs().len(), 1);
    assert_eq!(proxy.asked(), Vec::<String>::new());
}
