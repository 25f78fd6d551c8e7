//! One request, before it is sent.

use serde_json::Value;

/// What is done to the thing at the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

/// The largest answer that is read, in bytes: a page of 100 comments, each as long as GitHub takes.
const MAX_ANSWER: usize = 32 * 1024 * 1024;

/// A request, and what is said when it fails.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// What is being done, such as ``creating the check run `testing` ``.
    pub(super) doing: String,
    pub(super) method: Method,
    /// The address below the API's, encoded, with the query.
    pub(super) path: String,
    pub(super) body: Option<Value>,
    /// The line that a job's `permissions:` needs for it.
    pub(super) permission: &'static str,
    /// The largest answer that is read, in bytes.
    pub(super) max_answer: usize,
}

impl Call {
    pub(super) fn get(doing: impl Into<String>, path: String, permission: &'static str) -> Self {
        Self::new(Method::Get, doing, path, None, permission)
    }

    pub(super) fn new(
        method: Method,
        doing: impl Into<String>,
        path: String,
        body: Option<Value>,
        permission: &'static str,
    ) -> Self {
        Self {
            doing: doing.into(),
            method,
            path,
            body,
            permission,
            max_answer: MAX_ANSWER,
        }
    }

    /// Whether it changes something on GitHub.
    pub(super) fn is_write(&self) -> bool {
        self.method != Method::Get
    }
}
