use super::{Client, HttpError, Proxies, connect, is_of_the_asking_side};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const TIME: Duration = Duration::from_secs(20);

/// An address that answers one connection with these bytes.
async fn answering(bytes: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 1024];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(&bytes).await;
    });
    format!("http://{address}/health")
}

async fn get(url: &str) -> Result<super::Response, HttpError> {
    Client::default().get(url, &[], TIME).await
}

#[tokio::test]
async fn an_answer_of_any_status_is_an_answer() {
    let url = answering(b"HTTP/1.1 503 No\r\ncontent-length: 4\r\n\r\nsick".to_vec()).await;
    let answer = get(&url).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (503, &b"sick"[..]));
}

#[tokio::test]
async fn a_refused_connection_says_something_about_the_other_side() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = get(&url).await.unwrap_err();
    assert!(error.is_of_the_other_side(), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn half_an_answer_is_none() {
    let url = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\nhalf".to_vec()).await;
    assert!(matches!(get(&url).await, Err(HttpError::NoAnswer(_))));
}

#[tokio::test]
async fn a_long_body_is_not_read_to_its_end() {
    let mut bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    bytes.resize(super::MAX_BODY + 100, b'x');
    assert_eq!(get(&answering(bytes).await).await, Err(HttpError::TooLong));
}

#[tokio::test]
async fn a_name_without_address_says_nothing_about_the_other_side() {
    let error = get("http://name.invalid/").await.unwrap_err();
    assert!(!error.is_of_the_other_side(), "{error:?}");
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    for url in ["", "health", "ftp://127.0.0.1/", "http://", "http://a b/"] {
        let error = get(url).await.unwrap_err();
        assert!(matches!(error, HttpError::Invalid(_)), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn silence_ends_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let time = Duration::from_millis(50);
    let answer = Client::default().get(&url, &[], time).await;
    assert_eq!(answer, Err(HttpError::Timeout(time)));
}

/// An address of this machine that nothing listens at.
async fn refusing() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn all_addresses_are_tried() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listening = listener.local_addr().unwrap();
    assert!(connect(&[refusing().await, listening]).await.is_ok());
    let error = connect(&[refusing().await]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert!(connect(&[]).await.is_err());
}

/// No system connects to all machines of a network at once: Linux says that there is no way there.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn where_there_is_no_way_there_the_one_who_asks_has_the_fault() {
    let nowhere: SocketAddr = "224.0.0.1:80".parse().unwrap();
    let error = connect(&[nowhere]).await.unwrap_err();
    assert!(is_of_the_asking_side(&error), "{error:?}");
    for addresses in [[refusing().await, nowhere], [nowhere, refusing().await]] {
        let error = connect(&addresses).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }
    let error = get("http://224.0.0.1/").await.unwrap_err();
    assert!(matches!(error, HttpError::CannotAsk(_)), "{error:?}");
}

#[tokio::test]
async fn an_address_that_can_be_asked_says_more_than_one_that_cannot() {
    let error = || super::no_answer(&io::Error::from(ErrorKind::AddrNotAvailable));
    assert!(matches!(error(), HttpError::CannotAsk(_)), "{:?}", error());
    let refusing = [refusing().await, refusing().await];
    let said = super::of_all(error(), &refusing).await;
    assert!(matches!(said, HttpError::NoAnswer(_)), "{said:?}");
    assert_eq!(super::of_all(error(), &refusing[..1]).await, error());
}

/// What is asked on the way to an address with these variables: the proxy and the header with user and
/// password, nothing, or what is wrong.
fn way(variables: &[(&str, &str)], address: &str) -> String {
    let proxies = Proxies::read(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    assert!(!format!("{proxies:?}").contains("secret"), "{proxies:?}");
    match proxies.on_the_way_to(&address.parse().unwrap()) {
        Ok(None) => "straight".to_owned(),
        Ok(Some(proxy)) => {
            let password = proxy.intercept.basic_auth();
            let password = password.map_or("", |value| value.to_str().unwrap());
            format!("{} {password}", proxy.place).trim_end().to_owned()
        }
        Err(error) => error.to_string(),
    }
}

const GITHUB: &str = "https://api.github.test/repos";

#[test]
fn the_first_variable_that_is_set_names_the_proxy() {
    let all = [
        ("https_proxy", "http://a"),
        ("HTTPS_PROXY", "http://b:3128"),
        ("all_proxy", "http://c"),
        ("ALL_PROXY", "http://d"),
    ];
    assert_eq!(way(&all, GITHUB), "a:80");
    assert_eq!(way(&all[1..], GITHUB), "b:3128");
    assert_eq!(way(&all[2..], GITHUB), "c:80");
    assert_eq!(way(&all[3..], GITHUB), "d:80");
    assert_eq!(way(&[], GITHUB), "straight");
    let others = [
        ("https_proxy", " "),
        ("http_proxy", "http://h"),
        ("HTTP_PROXY", "http://h"),
    ];
    assert_eq!(
        way(&others, GITHUB),
        "straight",
        "as curl and the runner do"
    );
    assert_eq!(way(&all, "http://api.github.test/"), "straight");
}

#[test]
fn user_and_password_are_sent_and_not_shown() {
    for (address, expected) in [
        (
            "http://me:se%40cret@proxy:3128",
            "proxy:3128 Basic bWU6c2VAY3JldA==",
        ),
        ("me:secret@proxy:3128", "proxy:3128 Basic bWU6c2VjcmV0"),
        ("proxy:3128", "proxy:3128"),
        (
            "http://me:secret@[::1]:3128",
            "[::1]:3128 Basic bWU6c2VjcmV0",
        ),
    ] {
        assert_eq!(way(&[("HTTPS_PROXY", address)], GITHUB), expected);
    }
}

#[test]
fn what_is_no_proxy_that_can_be_asked_is_said() {
    for address in [
        "http://",
        "no address",
        "http://me:se#cret@proxy",
        "http://me:se/cret@proxy",
        "http://me:se@cret@proxy",
        "http://me:secret@proxy:port",
        "http://me:sécret@proxy",
        "https://me:secret@proxy",
        "socks5://me:secret@proxy",
        "ftp://me:secret@proxy",
    ] {
        let said = way(&[("ALL_PROXY", address)], GITHUB);
        assert!(
            said.starts_with("ALL_PROXY is not the address"),
            "{address}: {said}"
        );
        assert!(
            !said.contains("secret") && !said.contains("cret@"),
            "{said}"
        );
        let excepted = [("ALL_PROXY", address), ("NO_PROXY", "*")];
        assert_eq!(way(&excepted, GITHUB), "straight", "{address}");
    }
    insta::assert_snapshot!(way(&[("https_proxy", "socks5://p"), ("NO_PROXY", "a")], GITHUB), @"https_proxy is not the address of an HTTP proxy, such as http://proxy.example.com:3128 or http://USER:PASSWORD@proxy.example.com:3128, with special characters percent-encoded (https:// and socks5:// are not supported); correct https_proxy, or name api.github.test in NO_PROXY");
}

#[test]
fn what_is_excepted_is_asked_without_the_proxy() {
    for (exceptions, is_excepted) in [
        ("api.github.test", true),
        ("GitHub.test", true),
        (".github.test", true),
        ("hub.test", false),
        ("a, github.test", true),
        ("a github.test", true),
        ("*", true),
        ("github.test:443", true),
        ("github.test:8443", false),
        ("", false),
    ] {
        let variables = [
            ("HTTPS_PROXY", "http://p"),
            ("no_proxy", exceptions),
            ("NO_PROXY", ""),
        ];
        assert_eq!(
            way(&variables, GITHUB) == "straight",
            is_excepted,
            "{exceptions}"
        );
    }
    let of = |exceptions, address| {
        way(
            &[("HTTPS_PROXY", "http://p"), ("NO_PROXY", exceptions)],
            address,
        )
    };
    assert_eq!(of("10.0.0.0/8", "https://10.1.2.3/"), "straight");
    assert_eq!(of("10.1.2.3:8443", "https://10.1.2.3:8443/"), "straight");
    assert_eq!(of("fe80::443", "https://[fe80::443]/"), "straight");
    assert_eq!(of("[fe80::1]:443", "https://[fe80::1]/"), "straight");
    assert_eq!(of("10.1.2.4", "https://10.1.2.3/"), "p:80");
    let both = [
        ("HTTPS_PROXY", "http://p"),
        ("no_proxy", "other"),
        ("NO_PROXY", "github.test"),
    ];
    assert_eq!(way(&both, GITHUB), "p:80", "the lower-case name counts");
}
