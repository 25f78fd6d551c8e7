//! The server with the files of a release: on this machine, on a free port.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// How the server answers for a file.
#[derive(Clone)]
pub(super) enum Answer {
    /// With all of it.
    Whole(Vec<u8>),
    /// With half of it, though it announced all.
    CutShort(Vec<u8>),
    /// With this status the first time, then with all of it.
    AtFirst(u16, Vec<u8>),
    /// With a status and no file.
    Status(u16),
}

/// It answers until the tests end.
pub(super) struct FileServer {
    address: String,
    files: Arc<Mutex<BTreeMap<String, Answer>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl FileServer {
    /// One without files: it answers 404.
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            files: Arc::default(),
            requests: Arc::default(),
        };
        let (files, requests) = (server.files.clone(), server.requests.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that went away is its own affair.
                let _ = answer(stream.unwrap(), &files, &requests);
            }
        });
        server
    }

    /// Where the files are.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Has a file answered like this.
    pub(super) fn put(&self, name: &str, answer: Answer) {
        self.files
            .lock()
            .unwrap()
            .insert(format!("/{name}"), answer);
    }

    /// What was asked for so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    files: &Mutex<BTreeMap<String, Answer>>,
    requests: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    requests.lock().unwrap().push(path.clone());
    let mut files = files.lock().unwrap();
    let found = files.get(&path).cloned().unwrap_or(Answer::Status(404));
    if let Answer::AtFirst(_, bytes) = &found {
        files.insert(path, Answer::Whole(bytes.clone()));
    }
    drop(files);
    let (status, length, bytes) = match found {
        Answer::Whole(bytes) => (200, bytes.len(), bytes),
        Answer::CutShort(bytes) => (200, bytes.len(), bytes[..bytes.len() / 2].to_vec()),
        Answer::AtFirst(status, _) | Answer::Status(status) => (status, 0, Vec::new()),
    };
    write!(
        stream,
        "HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(&bytes)?;
    stream.flush()
}
