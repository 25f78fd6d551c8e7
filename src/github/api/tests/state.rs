//! What the server of the tests knows: check runs, comments, and what is to go wrong.

use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};

/// A request.
pub(super) struct Request {
    pub(super) method: String,
    /// With the query.
    pub(super) path: String,
    pub(super) head: String,
    pub(super) body: Value,
}

impl Request {
    pub(super) fn new(head: &str, body: &[u8]) -> Self {
        let mut words = head.split(' ');
        let method = words.next().unwrap().to_owned();
        let path = words.next().unwrap().to_owned();
        Self {
            method,
            path: path.strip_prefix("/api/v3").unwrap().to_owned(),
            head: head.to_owned(),
            body: serde_json::from_slice(body).unwrap_or_default(),
        }
    }

    fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Some(pairs.find(|(found, _)| *found == name)?.1)
    }
}

/// What goes over the connection.
pub(super) enum Response {
    Whole(Vec<u8>),
    Half(Vec<u8>),
    Closed,
    Silent,
}

/// What goes wrong.
pub(super) enum Fault {
    /// This answer, and nothing is done.
    Instead(u16, Vec<(&'static str, String)>, String),
    /// It is done, and answered with this status and text.
    After(u16, &'static str),
    CloseBefore,
    CloseAfter,
    /// It is done, and the answer breaks off.
    HalfAfter,
    /// There is no answer.
    Silent,
    /// All is well this time.
    No,
}

type Hook = Box<dyn FnOnce(&mut State) + Send>;

/// The state of the server.
#[derive(Default)]
pub(super) struct State {
    pub(super) check_runs: Vec<Value>,
    pub(super) comments: Vec<Value>,
    pub(super) deployments: Vec<Value>,
    /// Of all deployments, each with the number of its own.
    pub(super) statuses: Vec<(u64, Value)>,
    /// Answers to other requests, by their path without the query.
    pub(super) canned: HashMap<String, (u16, Value)>,
    pub(super) faults: VecDeque<(String, Fault)>,
    /// What somebody else does right after a request.
    pub(super) hooks: Vec<(String, Hook)>,
    pub(super) log: Vec<String>,
    pub(super) heads: Vec<String>,
    pub(super) bodies: Vec<Value>,
    /// The longest comment that is taken; 0 is as long as GitHub's.
    pub(super) max_comment: usize,
    /// Who the token belongs to, when it is not the job's.
    pub(super) login: Option<String>,
    last_id: u64,
}

/// Whether a line of the log is of this kind: a method and a part of the path.
pub(super) fn is_meant(request: &str, line: &str) -> bool {
    let (method, part) = request.split_once(' ').unwrap();
    line.starts_with(method) && line.contains(part)
}

impl State {
    pub(super) fn answer(&mut self, request: &Request) -> Response {
        let line = request.line();
        self.log.push(line.clone());
        self.heads.push(request.head.clone());
        self.bodies.push(request.body.clone());
        let meant = self
            .faults
            .iter()
            .position(|(request, _)| is_meant(request, &line));
        let fault = meant.and_then(|index| self.faults.remove(index));
        let response = match fault {
            Some((_, Fault::Instead(status, headers, body))) => {
                Response::Whole(http(status, &headers, &body))
            }
            Some((_, Fault::CloseBefore)) => Response::Closed,
            Some((_, Fault::Silent)) => Response::Silent,
            Some((_, Fault::After(status, text))) => {
                self.act(request);
                Response::Whole(http(status, &[], text))
            }
            Some((_, Fault::CloseAfter)) => {
                self.act(request);
                Response::Closed
            }
            Some((_, Fault::HalfAfter)) => Response::Half(self.act(request)),
            Some((_, Fault::No)) | None => Response::Whole(self.act(request)),
        };
        if let Some(index) = self
            .hooks
            .iter()
            .position(|(request, _)| is_meant(request, &line))
        {
            let (_, hook) = self.hooks.remove(index);
            hook(self);
        }
        response
    }

    /// A comment of somebody.
    pub(super) fn comment(&mut self, login: &str, body: &str) -> u64 {
        let kind = if login.ends_with("[bot]") {
            "Bot"
        } else {
            "User"
        };
        self.last_id += 1;
        self.comments.push(json!({
            "id": self.last_id,
            "body": body,
            "html_url": format!("https://github.test/comment/{}", self.last_id),
            "user": { "login": login, "type": kind },
        }));
        self.last_id
    }

    fn act(&mut self, request: &Request) -> Vec<u8> {
        let path = request.path.split('?').next().unwrap();
        let id = || path.rsplit('/').next().unwrap().parse::<u64>().ok();
        let (status, body) = match request.method.as_str() {
            _ if self.canned.contains_key(path) => {
                let (status, body) = self.canned[path].clone();
                if body.is_array() {
                    return page(request, body.as_array().unwrap(), |items| json!(items));
                }
                (status, body)
            }
            "GET" if path.starts_with("/repos/octo/shop/commits/") => {
                let runs: Vec<Value> = self.check_runs.iter().rev().cloned().collect();
                return page(
                    request,
                    &runs,
                    |items| json!({ "total_count": runs.len(), "check_runs": items }),
                );
            }
            "GET" | "POST" if path.contains("/deployments") => {
                return self.deployment(request, path);
            }
            "GET" if path.ends_with("/comments") => {
                return page(request, &self.comments, |items| json!(items));
            }
            "POST" if path.ends_with("/check-runs") => {
                self.last_id += 1;
                let mut run = json!({ "id": self.last_id, "output": { "annotations": [] } });
                change(&mut run, &request.body);
                self.check_runs.push(run.clone());
                (201, run)
            }
            "POST" if path.ends_with("/comments") => match self.refused(&request.body) {
                Some(refused) => (422, refused),
                None => {
                    let login = self.login.clone();
                    let login = login.as_deref().unwrap_or("github-actions[bot]");
                    self.comment(login, request.body["body"].as_str().unwrap());
                    (201, self.comments.last().cloned().unwrap())
                }
            },
            method => {
                let refused = self.refused(&request.body);
                let list = if path.contains("/check-runs/") {
                    &mut self.check_runs
                } else {
                    &mut self.comments
                };
                let index = list.iter().position(|one| one["id"].as_u64() == id());
                match (method, index) {
                    ("PATCH", Some(_)) if refused.is_some() => (422, refused.unwrap()),
                    ("PATCH", Some(index)) => {
                        change(&mut list[index], &request.body);
                        (200, list[index].clone())
                    }
                    ("GET", Some(index)) => (200, list[index].clone()),
                    ("DELETE", Some(index)) => {
                        list.remove(index);
                        (204, Value::Null)
                    }
                    _ => (404, json!({ "message": "Not Found" })),
                }
            }
        };
        http(status, &[], &body.to_string())
    }

    /// What is newest comes first, as on GitHub.
    fn deployment(&mut self, request: &Request, path: &str) -> Vec<u8> {
        let is_meant = |deployment: &&Value, name: &str| {
            request.query(name).is_none_or(|asked| {
                let asked = asked.replace("%2F", "/");
                deployment[name] == asked.as_str()
            })
        };
        let of = path
            .strip_suffix("/statuses")
            .and_then(|path| path.rsplit('/').next())
            .map(|id| id.parse::<u64>().unwrap());
        self.last_id += 1;
        let time = |id: u64| format!("2026-11-25T12:00:{:02}Z", id % 60);
        let mut made = json!({
            "id": self.last_id, "created_at": time(self.last_id), "updated_at": time(self.last_id),
            "creator": { "login": "github-actions[bot]" },
        });
        match (request.method.as_str(), of) {
            ("GET", None) => {
                let all = self.deployments.iter().rev();
                let found: Vec<Value> = all
                    .filter(|each| is_meant(each, "sha") && is_meant(each, "environment"))
                    .cloned()
                    .collect();
                page(request, &found, |items| json!(items))
            }
            ("GET", Some(of)) => {
                let all = self.statuses.iter().rev().filter(|(id, _)| *id == of);
                let found: Vec<Value> = all.map(|(_, status)| status.clone()).collect();
                page(request, &found, |items| json!(items))
            }
            (_, None) => {
                change(&mut made, &request.body);
                made["sha"] = made["ref"].clone();
                self.deployments.push(made.clone());
                http(201, &[], &made.to_string())
            }
            (_, Some(of)) => {
                change(&mut made, &request.body);
                self.statuses.push((of, made.clone()));
                http(201, &[], &made.to_string())
            }
        }
    }

    fn refused(&self, body: &Value) -> Option<Value> {
        let text = body["body"].as_str()?;
        (self.max_comment > 0 && text.chars().count() > self.max_comment).then(|| {
            json!({
                "message": "Validation Failed",
                "errors": [{ "resource": "IssueComment", "field": "data", "message": "Body is too long" }],
            })
        })
    }
}

/// Takes over what the request says; annotations are added, as GitHub does.
fn change(thing: &mut Value, body: &Value) {
    for (name, value) in body.as_object().unwrap() {
        if name == "output" {
            for (name, value) in value.as_object().unwrap() {
                if name == "annotations" {
                    let added = value.as_array().unwrap().clone();
                    assert!(added.len() <= 50, "{} annotations", added.len());
                    thing["output"]["annotations"]
                        .as_array_mut()
                        .unwrap()
                        .extend(added);
                } else {
                    thing["output"][name] = value.clone();
                }
            }
        } else {
            thing[name] = value.clone();
        }
    }
    if let Some(annotations) = thing["output"]["annotations"].as_array() {
        thing["output"]["annotations_count"] = annotations.len().into();
    }
}

/// One page of a list, with a `link` to the next.
fn page(request: &Request, items: &[Value], body: impl Fn(&[Value]) -> Value) -> Vec<u8> {
    let number = |name, default| request.query(name).map_or(default, |n| n.parse().unwrap());
    let (size, page): (usize, usize) = (number("per_page", 30), number("page", 1));
    let begin = (size * (page - 1)).min(items.len());
    let end = (begin + size).min(items.len());
    let link = format!("<http://127.0.0.1/?page={}>; rel=\"next\"", page + 1);
    let headers: &[(&str, String)] = &[("link", link)];
    let headers = if end < items.len() { headers } else { &[] };
    http(200, headers, &body(&items[begin..end]).to_string())
}

fn http(status: u16, headers: &[(&str, String)], body: &str) -> Vec<u8> {
    let body = if status == 204 { "" } else { body };
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!(
        "HTTP/1.1 {status} Said\r\nconnection: close\r\nx-github-request-id: AB:12\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}
