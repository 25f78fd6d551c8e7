//! A file of the repository at some commit: the policy of the base.

use super::{
    address::{Repository, encoded, encoded_path},
    call::Call,
    client::{Client, json},
    error::ApiError,
};
use crate::model::is_full_hash;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::Value;

const READ: &str = "contents: read";

/// What the answer has besides the content, in bytes.
const MAX_DESCRIPTION: usize = 64 * 1024;

#[derive(Debug, Deserialize)]
struct Described {
    #[serde(rename = "type")]
    kind: String,
    size: usize,
    #[serde(default)]
    encoding: String,
    #[serde(default)]
    content: String,
}

/// What the file says at a commit or branch; `None` when it has no such file. It is made sure that
/// the commit can be read: a token that may not read it would otherwise look like a missing file,
/// and a missing policy is a weaker one.
///
/// # Errors
/// When it cannot be read, is no regular file, or has more than `max_bytes`, at most 1 MB.
pub async fn file(
    client: &Client,
    repository: &Repository,
    path: &str,
    reference: &str,
    max_bytes: usize,
) -> Result<Option<Vec<u8>>, ApiError> {
    let doing = format!("reading {path:?} at {reference:?}");
    let invalid = |problem: String| ApiError::Invalid {
        doing: doing.clone(),
        problem,
    };
    let Some(encoded_path) = encoded_path(path) else {
        return Err(invalid(
            "it is no path within the repository, which has no empty, `.` or `..` parts".to_owned(),
        ));
    };
    let address = repository.path(format_args!(
        "contents/{encoded_path}?ref={}",
        encoded(reference)
    ));
    let mut call = Call::get(&*doing, address, READ);
    // Base64 with a line end after 60 characters, which JSON writes as two.
    call.max_answer = max_bytes / 3 * 4 + max_bytes / 20 + MAX_DESCRIPTION;
    let described = match client.send(&call, json::<Value>).await {
        Ok(described) => described,
        Err(ApiError::NotFound { .. }) => {
            make_sure_of(client, repository, reference).await?;
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    // A folder is a list.
    let described: Described = match serde_json::from_value(described) {
        Ok(described) => described,
        Err(_) => return Err(invalid("it is a folder; expected a file".to_owned())),
    };
    if described.kind != "file" {
        return Err(invalid(format!(
            "it is a {}; expected a file",
            described.kind
        )));
    }
    if described.size > max_bytes {
        return Err(invalid(format!(
            "it has {} bytes, more than the {max_bytes} that are read",
            described.size
        )));
    }
    if described.encoding != "base64" {
        return Err(invalid(format!(
            "GitHub gives it as {:?}; expected base64, as it does for files of at most 1 MB",
            described.encoding
        )));
    }
    let mut text = described.content;
    text.retain(|c| !c.is_ascii_whitespace());
    let content = BASE64_STANDARD
        .decode(text)
        .map_err(|error| invalid(format!("its content is no base64: {error}")))?;
    if content.len() > max_bytes {
        return Err(invalid(format!(
            "it has more than the {max_bytes} bytes that are read"
        )));
    }
    Ok(Some(content))
}

/// Whether the commit or branch can be read with the same permission.
async fn make_sure_of(
    client: &Client,
    repository: &Repository,
    reference: &str,
) -> Result<(), ApiError> {
    let encoded = encoded(reference);
    let path = if is_full_hash(reference) {
        repository.path(format_args!("git/commits/{encoded}"))
    } else {
        repository.path(format_args!("branches/{encoded}"))
    };
    let call = Call::get(format!("reading the commit {reference:?}"), path, READ);
    client.send(&call, json::<Value>).await.map(|_| ())
}
