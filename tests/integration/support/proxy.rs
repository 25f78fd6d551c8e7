//! A proxy as companies have it, and behind it, by TLS, the fake GitHub under a name of its own.

use super::{github::FakeGithub, listener::Listener};
use std::{
    fs, io,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::TcpStream,
};
use tokio_rustls::{TlsAcceptor, rustls};

/// The name that nothing but the proxy knows the way to.
pub(crate) const HOST: &str = "api.github.test";

/// `runner` and [`SECRET`] as `Proxy-Authorization` has them.
const AUTHORIZATION: &str = "proxy-authorization: Basic cnVubmVyOmh1c2gvIWh1c2g=";

/// The password, and as it has to be written in an address.
pub(crate) const SECRET: &str = "hush/!hush";
pub(crate) const ENCODED_SECRET: &str = "hush%2F!hush";

/// A running proxy, to whose port the fake GitHub also answers by TLS; dropping it stops it.
pub(crate) struct Proxy {
    /// `127.0.0.1:PORT`.
    pub(crate) place: String,
    folder: tempfile::TempDir,
    asked: Arc<Mutex<Vec<String>>>,
    _listener: Listener,
}

/// What every connection needs.
#[derive(Clone)]
struct Way {
    tls: TlsAcceptor,
    github: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts it on a free port.
    pub(crate) fn start(github: &FakeGithub) -> Self {
        let names = [HOST.to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("certificate.pem"), made.cert.pem()).unwrap();
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        let asked = Arc::default();
        let way = Way {
            tls: TlsAcceptor::from(Arc::new(tls)),
            github: github.url().replace("http://", ""),
            asked: Arc::clone(&asked),
        };
        let listener = Listener::start(move |stream, _| {
            let served = serve(stream, way.clone());
            async {
                // A connection that breaks is the other side's to notice.
                let _ = served.await;
            }
        });
        Self {
            place: listener.place.to_string(),
            folder,
            asked,
            _listener: listener,
        }
    }

    /// For `SSL_CERT_FILE`: what makes the program trust the names behind the proxy.
    pub(crate) fn certificate(&self) -> String {
        let file = self.folder.path().join("certificate.pem");
        file.to_string_lossy().into_owned()
    }

    /// The first lines of all that it was asked as a proxy.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, way: Way) -> io::Result<()> {
    let mut first = [0];
    stream.peek(&mut first).await?;
    // TLS begins with 22, and nothing in HTTP does.
    if first != [22] {
        let head = head(&mut stream).await?;
        let line = head.lines().next().unwrap_or_default().to_owned();
        way.asked.lock().unwrap().push(line.clone());
        if !head
            .lines()
            .any(|line| line.eq_ignore_ascii_case(AUTHORIZATION))
        {
            let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\n\
                proxy-authenticate: Basic realm=\"proxy\"\r\ncontent-length: 0\r\n\r\n";
            return stream.write_all(refusal).await;
        }
        if line != format!("CONNECT {HOST}:443 HTTP/1.1") {
            return stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await;
        }
        stream
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .await?;
    }
    let mut stream = way.tls.accept(stream).await?;
    let mut github = TcpStream::connect(way.github).await?;
    copy_bidirectional(&mut stream, &mut github).await?;
    Ok(())
}

/// A request up to the empty line.
async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    String::from_utf8(head).map_err(io::Error::other)
}
