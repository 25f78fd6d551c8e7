//! The end of a pipe at which the output of a child is read.

use std::io;
use tokio::process::{ChildStderr, ChildStdout};

#[cfg(unix)]
pub(super) use unix::Pipe;
#[cfg(not(unix))]
pub(super) use watched::Pipe;

#[cfg(unix)]
mod unix {
    use super::*;
    use std::{fs::File, io::Read as _, os::fd::OwnedFd};
    use tokio::{net::unix::pipe::Receiver, task::coop::consume_budget};

    /// A pipe that wakes this process only while it waits for something. One that the runtime watches
    /// all the time wakes it for each write, also where something is there to be read already.
    #[derive(Debug)]
    pub(in crate::process) struct Pipe(File);

    impl Pipe {
        fn new(pipe: OwnedFd) -> io::Result<Self> {
            let pipe = Receiver::from_owned_fd(pipe)?.into_nonblocking_fd()?;
            Ok(Self(pipe.into()))
        }

        /// Reads what is there, and waits where nothing is. `Ok(0)` is the end.
        pub(in crate::process) async fn read(&mut self, chunk: &mut [u8]) -> io::Result<usize> {
            loop {
                // A child that prints without end must not keep this thread from all else.
                consume_budget().await;
                match self.0.read(chunk) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        // The runtime closes what it watched.
                        let watched = self.0.try_clone()?.into();
                        Receiver::from_owned_fd_unchecked(watched)?
                            .readable()
                            .await?;
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => return read,
                }
            }
        }
    }

    impl TryFrom<ChildStdout> for Pipe {
        type Error = io::Error;

        fn try_from(stream: ChildStdout) -> io::Result<Self> {
            Self::new(stream.into_owned_fd()?)
        }
    }

    impl TryFrom<ChildStderr> for Pipe {
        type Error = io::Error;

        fn try_from(stream: ChildStderr) -> io::Result<Self> {
            Self::new(stream.into_owned_fd()?)
        }
    }
}

#[cfg(not(unix))]
mod watched {
    use super::*;
    use tokio::io::{AsyncRead, AsyncReadExt as _};

    /// A pipe that the runtime watches.
    pub(in crate::process) struct Pipe(Box<dyn AsyncRead + Send + Unpin>);

    impl Pipe {
        /// Reads what is there, and waits where nothing is. `Ok(0)` is the end.
        pub(in crate::process) async fn read(&mut self, chunk: &mut [u8]) -> io::Result<usize> {
            self.0.read(chunk).await
        }
    }

    impl TryFrom<ChildStdout> for Pipe {
        type Error = io::Error;

        fn try_from(stream: ChildStdout) -> io::Result<Self> {
            Ok(Self(Box::new(stream)))
        }
    }

    impl TryFrom<ChildStderr> for Pipe {
        type Error = io::Error;

        fn try_from(stream: ChildStderr) -> io::Result<Self> {
            Ok(Self(Box::new(stream)))
        }
    }
}
