//! A TCP server on a thread of its own.

use std::{net::SocketAddr, sync::Arc, thread::JoinHandle};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// A running server; dropping it stops it.
pub(crate) struct Listener {
    /// `127.0.0.1:PORT`.
    pub(crate) place: Arc<str>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Starts it on a free port. `serve` gets each connection, and the place that it came to.
    pub(crate) fn start<S>(serve: impl Fn(TcpStream, Arc<str>) -> S + Send + 'static) -> Self
    where
        S: Future<Output = ()> + Send + 'static,
    {
        let listener = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        listener.set_nonblocking(true).unwrap();
        let place: Arc<str> = listener.local_addr().unwrap().to_string().into();
        let (stop, mut stopped) = oneshot::channel();
        let shared = Arc::clone(&place);
        let accept = async move {
            let listener = TcpListener::from_std(listener).unwrap();
            loop {
                let accepted = tokio::select! {
                    _ = &mut stopped => return,
                    accepted = listener.accept() => accepted,
                };
                if let Ok((stream, _)) = accepted {
                    tokio::spawn(serve(stream, Arc::clone(&shared)));
                }
            }
        };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(accept);
        });
        Self {
            place,
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
