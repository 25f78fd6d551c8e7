//! The server of the fake: a thread with plain hyper, so that connections can break as real ones do.

use super::{
    exchange::{Answer, Content, Recorded},
    state::State,
};
use crate::support::listener::Listener;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::{
    Request, Response,
    body::{Body, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};
use tokio::net::TcpStream;

/// A running server; dropping it stops it.
pub(super) struct Server {
    /// `http://127.0.0.1:PORT`.
    pub(super) base: String,
    _listener: Listener,
}

impl Server {
    /// Starts it on a free port.
    pub(super) fn start(state: Arc<Mutex<State>>) -> Self {
        let listener = Listener::start(move |stream, place| {
            let base = Arc::from(format!("http://{place}"));
            serve(stream, Arc::clone(&state), base)
        });
        Self {
            base: format!("http://{}", listener.place),
            _listener: listener,
        }
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>, base: Arc<str>) {
    let is_reset = Arc::new(AtomicBool::new(false));
    let is_reset_inside = Arc::clone(&is_reset);
    let service = service_fn(move |request| {
        let (state, base) = (Arc::clone(&state), Arc::clone(&base));
        Box::pin(react(request, state, base, Arc::clone(&is_reset_inside)))
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    if is_reset.load(Ordering::SeqCst) {
        // Closing without lingering sends a reset instead of an orderly end.
        let stream = connection.into_parts().io.into_inner();
        let _ = stream.set_zero_linger();
    }
}

async fn react(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
    base: Arc<str>,
    is_reset: Arc<AtomicBool>,
) -> io::Result<Response<AnswerBody>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = Recorded::new(head.method.as_str(), &head.uri, &head.headers, &body);
    let reaction = state.lock().unwrap().react(request, &base);
    tokio::time::sleep(reaction.delay).await;
    let Some(answer) = reaction.answer else {
        is_reset.store(true, Ordering::SeqCst);
        return Err(io::Error::other("the connection is reset"));
    };
    Ok(response(answer, reaction.is_truncated))
}

fn response(answer: Answer, is_truncated: bool) -> Response<AnswerBody> {
    let mut response = Response::builder()
        .status(answer.status)
        .header("server", "github.com");
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let json = "application/json; charset=utf-8";
    let (kind, bytes) = match answer.content {
        Content::Json(body) => (json, serde_json::to_vec(&body).unwrap()),
        Content::Bytes(kind, bytes) => (kind, bytes),
        // Lists are cut to pages before.
        Content::None | Content::Pages { .. } => (json, Vec::new()),
    };
    response
        .header("content-type", kind)
        .body(AnswerBody::new(bytes, is_truncated))
        .unwrap()
}

/// A body that may end too early.
struct AnswerBody {
    /// What is still to be sent.
    bytes: Bytes,
    /// What the head promises.
    length: u64,
    is_truncated: bool,
    /// The head and the half body are on their way before the connection ends.
    is_flushed: bool,
}

impl AnswerBody {
    fn new(bytes: Vec<u8>, is_truncated: bool) -> Self {
        let mut bytes = Bytes::from(bytes);
        let length = bytes.len() as u64;
        if is_truncated {
            bytes.truncate(bytes.len() / 2);
        }
        Self {
            bytes,
            length,
            is_truncated,
            is_flushed: false,
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !self.is_truncated {
            return Poll::Ready(None);
        }
        if !self.is_flushed {
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("the body is cut"))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty() && !self.is_truncated
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
