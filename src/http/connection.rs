//! A connection, and whose fault it is that there is none.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// Connects to one of the addresses that a name has, trying one after the other.
///
/// # Errors
///
/// When none takes a connection. Where this machine could not ask at some of them, as at those of a
/// protocol that it does not have, the error is what came of the others.
pub async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut known: Option<io::Error> = None;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => {
                let says_less = is_of_the_asking_side(&error);
                if known.as_ref().is_none_or(|_| !says_less) {
                    known = Some(error);
                }
            }
        }
    }
    Err(known.unwrap_or_else(|| io::Error::new(ErrorKind::NotFound, "there is no address")))
}

/// Whether an error is of the one who asks, who has no network or no way to there: it says nothing
/// about the other side.
#[must_use]
pub fn is_of_the_asking_side(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown | ErrorKind::AddrNotAvailable
    )
}
