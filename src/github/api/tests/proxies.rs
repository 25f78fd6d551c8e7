//! A proxy that gives no way.

use super::*;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// A client behind a proxy that gives this answer to everything, and how often it was asked.
async fn behind(answer: &'static [u8]) -> (Client, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            *counted.lock().unwrap() += 1;
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(answer).await;
        }
    });
    (client(&place.to_string()), asked)
}

/// A client behind the proxy that is said to be at this place.
fn client(place: &str) -> Client {
    let address = format!("http://me:secret@{place}");
    let settings = ClientSettings {
        api_url: "https://api.github.test".to_owned(),
        token: Token::new("t"),
        limits: ClientLimits {
            connect_timeout: Duration::from_millis(200),
            ..ClientLimits::default()
        },
        proxies: Proxies::read(|name| (name == "HTTPS_PROXY").then(|| address.clone())),
    };
    let clock = Arc::new(TestClock {
        now: Mutex::default(),
        sleeps: Mutex::default(),
    });
    Client::with_clock(&settings, clock).unwrap()
}

/// What is said when something is to be written.
async fn said(client: &Client) -> String {
    let path = "/repos/octo/shop/check-runs".to_owned();
    let call = call::Call::new(call::Method::Post, "opening", path, None, "checks: write");
    let error = client.send(&call, client::nothing).await.unwrap_err();
    let said = error.to_string();
    assert!(!said.contains("secret"), "{said}");
    said
}

/// The same on every machine.
fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"127\.0\.0\.1:\d+", "PROXY");
    settings.add_filter(r" \(os error \d+\)", "");
    settings
}

#[tokio::test]
async fn a_password_that_is_wrong_is_not_tried_again() {
    let (client, asked) = behind(b"HTTP/1.1 407 Who are you?\r\n\r\n").await;
    let said = said(&client).await;
    assert_eq!(*asked.lock().unwrap(), 1);
    settings().bind(|| insta::assert_snapshot!(said, @"setting up access to GitHub: the proxy PROXY gives no way to api.github.test: it asks for user and password, as in http://USER:PASSWORD@PROXY; correct HTTPS_PROXY, or name api.github.test in no_proxy"));
}

#[tokio::test]
async fn a_proxy_that_gives_no_way_is_named_and_nothing_was_sent() {
    let (refusing, asked) = behind(b"HTTP/1.1 403 No\r\n\r\n").await;
    let refused = said(&refusing).await;
    assert_eq!(*asked.lock().unwrap(), 5, "it may be for now");
    settings().bind(|| insta::assert_snapshot!(refused, @"opening: gave up after 5 attempts, the last of which ended with: Service Error: client error (Connect): the proxy PROXY gives no way to api.github.test: tunnel error: unsuccessful; correct HTTPS_PROXY, or name api.github.test in no_proxy"));
    let absent = said(&client("127.0.0.1:1")).await;
    settings().bind(|| insta::assert_snapshot!(absent, @"opening: gave up after 5 attempts, the last of which ended with: Service Error: client error (Connect): the proxy PROXY gives no way to api.github.test: Connection refused; correct HTTPS_PROXY, or name api.github.test in no_proxy"));
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = said(&client(&silent.local_addr().unwrap().to_string())).await;
    settings().bind(|| insta::assert_snapshot!(silent, @"opening: gave up after 5 attempts, the last of which ended with: Service Error: client error (Connect): the proxy PROXY gives no way to api.github.test: no connection within 200ms; correct HTTPS_PROXY, or name api.github.test in no_proxy"));
}
