use super::{Client, HttpError, connect, is_of_the_asking_side};
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
    Client::new().unwrap().get(url, &[], TIME).await
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
    let answer = Client::new().unwrap().get(&url, &[], time).await;
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
