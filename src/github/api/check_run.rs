//! Check runs: opened before the work, completed after it, never twice.
//!
//! The external id tells ours from others. It names one attempt of one run for one component, so
//! that a lost answer, a second process of the same job or a repeated step finds what is there.

use super::{
    address::{Repository, encoded},
    annotation::{ANNOTATIONS_PER_REQUEST, MAX_TITLE, cut_characters, payloads},
    answer::Answer,
    call::{Call, Method},
    client::{Client, json},
    error::ApiError,
};
use crate::model::Annotation;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest summary and the longest text, in characters
/// (<https://docs.github.com/en/rest/checks/runs#create-a-check-run>).
pub const MAX_CHECK_TEXT: usize = 65_535;

const READ: &str = "checks: read";
const WRITE: &str = "checks: write";

/// How a check run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// Everything is as it must be.
    Success,
    /// Something blocks.
    Failure,
    /// For information; does not block.
    Neutral,
    /// Somebody ended it.
    Cancelled,
    /// It was not judged, and need not be.
    Skipped,
    /// It took too long.
    TimedOut,
    /// Somebody has to do something before it can be judged.
    ActionRequired,
}

impl Conclusion {
    /// GitHub's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Neutral => "neutral",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::TimedOut => "timed_out",
            Self::ActionRequired => "action_required",
        }
    }
}

/// Which check run it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRunKey {
    /// What is shown, and what branch protection asks for.
    pub name: String,
    /// The commit; on a pull request its head, never the merge commit.
    pub head_sha: String,
    /// What tells this check run from all others of the name.
    pub external_id: String,
}

/// What a check run shows, in Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOutput {
    /// One line; what is longer than 255 characters is cut.
    pub title: String,
    /// At most [`MAX_CHECK_TEXT`] characters.
    pub summary: String,
    /// More; at most [`MAX_CHECK_TEXT`] characters.
    pub text: Option<String>,
}

/// How a check run begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// When the work began.
    pub started_at: Timestamp,
    /// What "Details" leads to. GitHub ignores it for the token of a job.
    pub details_url: Option<String>,
    /// What is shown until it is completed.
    pub output: Option<CheckOutput>,
}

/// How a check run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// How it ended.
    pub conclusion: Conclusion,
    /// When the work began; said only where the check run was never opened.
    pub started_at: Timestamp,
    /// When the work ended.
    pub completed_at: Timestamp,
    /// What "Details" leads to; said only where the check run was never opened.
    pub details_url: Option<String>,
    /// What is shown.
    pub output: CheckOutput,
    /// Remarks at lines, the most important first. Those without a file are left out. GitHub only
    /// ever adds: as many as the check run has already are taken for the first of these.
    pub annotations: Vec<Annotation>,
}

/// A check run on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// Its number.
    pub id: u64,
    /// Where people read it.
    pub html_url: Option<String>,
    /// Whether it is completed.
    pub is_completed: bool,
    /// How many annotations it has.
    pub annotations: usize,
}

/// A check run as GitHub describes it.
#[derive(Debug, Deserialize)]
struct Described {
    id: u64,
    html_url: Option<String>,
    external_id: Option<String>,
    status: Option<String>,
    output: Option<DescribedOutput>,
}

#[derive(Debug, Deserialize)]
struct DescribedOutput {
    #[serde(default)]
    annotations_count: usize,
}

#[derive(Debug, Deserialize)]
struct DescribedList {
    check_runs: Vec<Described>,
}

impl From<Described> for CheckRun {
    fn from(described: Described) -> Self {
        Self {
            id: described.id,
            html_url: described.html_url,
            is_completed: described.status.as_deref() == Some("completed"),
            annotations: described
                .output
                .map_or(0, |output| output.annotations_count),
        }
    }
}

fn check_run(answer: &Answer) -> Result<CheckRun, String> {
    json::<Described>(answer).map(CheckRun::from)
}

/// The check run of the key, the newest if there are several.
///
/// # Errors
/// When the list cannot be read.
pub async fn find(
    client: &Client,
    repository: &Repository,
    key: &CheckRunKey,
) -> Result<Option<CheckRun>, ApiError> {
    let path = repository.path(format_args!(
        // All of them, not the latest: the latest of a name hides those with another external id.
        "commits/{}/check-runs?check_name={}&filter=all",
        encoded(&key.head_sha),
        encoded(&key.name)
    ));
    let call = Call::get(
        format!("looking for the check run {:?}", key.name),
        path,
        READ,
    );
    let described = client
        .list(&call, |answer| {
            json::<DescribedList>(answer).map(|list| list.check_runs)
        })
        .await?;
    Ok(described
        .into_iter()
        .filter(|run| run.external_id.as_deref() == Some(key.external_id.as_str()))
        .max_by_key(|run| run.id)
        .map(CheckRun::from))
}

/// Shows the check run as in progress. One that is there already is left as it is.
///
/// # Errors
/// When there is no check run afterwards, or it is not known whether there is one.
pub async fn open(
    client: &Client,
    repository: &Repository,
    key: &CheckRunKey,
    opening: &Opening,
) -> Result<CheckRun, ApiError> {
    let doing = format!("opening the check run {:?}", key.name);
    if let Some(output) = &opening.output {
        output.check(&doing)?;
    }
    if let Some(found) = find(client, repository, key).await? {
        return Ok(found);
    }
    let mut body = creation(key, opening.started_at, opening.details_url.as_deref());
    body["status"] = "in_progress".into();
    if let Some(output) = &opening.output {
        body["output"] = output.payload(&[]);
    }
    create(client, repository, key, doing, body).await
}

/// Completes the check run, which is created if it was never opened. The conclusion goes first, and
/// stands even if the last annotations do not arrive.
///
/// # Errors
/// When a text is too long, which is found before anything is sent; when the check run is not
/// completed, or not all annotations are there.
pub async fn complete(
    client: &Client,
    repository: &Repository,
    key: &CheckRunKey,
    opened: Option<&CheckRun>,
    completion: &Completion,
) -> Result<CheckRun, ApiError> {
    let doing = format!("completing the check run {:?}", key.name);
    completion.output.check(&doing)?;
    let annotations = payloads(&completion.annotations);
    let found = match opened {
        Some(opened) => Some(opened.clone()),
        None => find(client, repository, key).await?,
    };
    let page = |from: usize| {
        let rest = annotations.get(from..).unwrap_or_default();
        &rest[..rest.len().min(ANNOTATIONS_PER_REQUEST)]
    };
    let mut run = if let Some(run) = found {
        let page = page(run.annotations);
        let mut body = json!({ "output": completion.output.payload(page) });
        conclude(&mut body, completion);
        update(client, repository, &run, doing, body, page.len()).await?
    } else {
        let details_url = completion.details_url.as_deref();
        let mut body = creation(key, completion.started_at, details_url);
        body["output"] = completion.output.payload(page(0));
        conclude(&mut body, completion);
        create(client, repository, key, doing, body).await?
    };
    while let page @ [_, ..] = page(run.annotations) {
        let doing = format!("adding annotations to the check run {:?}", key.name);
        let body = json!({ "output": completion.output.payload(page) });
        run = update(client, repository, &run, doing, body, page.len()).await?;
    }
    Ok(run)
}

fn conclude(body: &mut Value, completion: &Completion) {
    body["status"] = "completed".into();
    body["conclusion"] = completion.conclusion.as_str().into();
    body["completed_at"] = time(completion.completed_at).into();
}

fn creation(key: &CheckRunKey, started_at: Timestamp, details_url: Option<&str>) -> Value {
    let mut body = json!({
        "name": key.name,
        "head_sha": key.head_sha,
        "external_id": key.external_id,
        "started_at": time(started_at),
    });
    if let Some(url) = details_url {
        body["details_url"] = url.into();
    }
    body
}

async fn create(
    client: &Client,
    repository: &Repository,
    key: &CheckRunKey,
    doing: String,
    body: Value,
) -> Result<CheckRun, ApiError> {
    let path = repository.path(format_args!("check-runs"));
    let call = Call::new(Method::Post, doing, path, Some(body), WRITE);
    client
        .send_once(&call, check_run, || find(client, repository, key))
        .await
}

/// Changes a check run and adds so many annotations, once: a repeated request would add them again.
async fn update(
    client: &Client,
    repository: &Repository,
    run: &CheckRun,
    doing: String,
    body: Value,
    added: usize,
) -> Result<CheckRun, ApiError> {
    let path = repository.path(format_args!("check-runs/{}", run.id));
    let call = Call::new(Method::Patch, &*doing, path.clone(), Some(body), WRITE);
    let expected = run.annotations + added;
    let mut updated = if added == 0 {
        client.send(&call, check_run).await?
    } else {
        let look = &Call::get(&*doing, path, READ);
        let arrived = || async move {
            let now = client.send(look, check_run).await?;
            Ok((now.annotations >= expected).then_some(now))
        };
        client.send_once(&call, check_run, arrived).await?
    };
    // An answer that counts late must not make the same page go out again.
    updated.annotations = updated.annotations.max(expected);
    Ok(updated)
}

impl CheckOutput {
    /// Finds what GitHub would refuse.
    fn check(&self, doing: &str) -> Result<(), ApiError> {
        let texts = [
            ("summary", self.summary.as_str()),
            ("text", self.text.as_deref().unwrap_or_default()),
        ];
        for (what, text) in texts {
            let length = text.chars().count();
            if length > MAX_CHECK_TEXT {
                return Err(ApiError::Invalid {
                    doing: doing.to_owned(),
                    problem: format!(
                        "the {what} has {length} characters, and GitHub takes {MAX_CHECK_TEXT}; it has to be cut by whole rows before"
                    ),
                });
            }
        }
        Ok(())
    }

    /// Every request has the whole output: it is not documented what becomes of parts left out.
    fn payload(&self, annotations: &[Value]) -> Value {
        let mut payload = json!({
            "title": cut_characters(&self.title, MAX_TITLE),
            "summary": self.summary,
        });
        if let Some(text) = &self.text {
            payload["text"] = text.as_str().into();
        }
        if !annotations.is_empty() {
            payload["annotations"] = annotations.into();
        }
        payload
    }
}

/// A time as GitHub writes it.
fn time(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
