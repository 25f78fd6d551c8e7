//! The one comment on a pull request: found by its marker and its author, patched in place.
//!
//! GitHub has no way to create a comment only if there is none, so two runs at the same time can
//! make two. Whoever sees several keeps the oldest, which all agree on, and deletes the others; the
//! oldest is deleted by nobody, so that one always stays.

use super::{
    address::Repository,
    call::{Call, Method},
    client::{Client, json, nothing},
    error::ApiError,
    marker::{Marker, WrittenBy},
};
use serde::Deserialize;
use serde_json::json;

/// The longest body that is sent, in characters; GitHub names this limit when it refuses.
pub const MAX_COMMENT: usize = 65_536;

const READ: &str = "pull-requests: read";
const WRITE: &str = "pull-requests: write";

/// How often it is begun again when others change the comments meanwhile.
const ROUNDS: u32 = 3;

/// Whose comments may be changed. Everybody can write the marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The token of a job: `github-actions[bot]`.
    GithubActions,
    /// The owner of another token. GitHub says who that is, but not for the token of an app, for
    /// which any bot's comment with the marker is taken.
    TokenOwner,
}

/// A comment to be there.
#[derive(Debug, Clone, Copy)]
pub struct StickyComment<'a> {
    /// The number of the pull request.
    pub pull_request: u64,
    /// Which comment it is, and which run writes it.
    pub marker: &'a Marker,
    /// Who writes it.
    pub author: Author,
    /// What it says, without the marker: the fullest text first, then shorter ones for when GitHub
    /// finds that too long.
    pub bodies: &'a [String],
    /// Whether one is made where there is none.
    pub creates_if_absent: bool,
}

/// What became of the comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// There was none.
    Created,
    /// There was none, and none is to be made.
    NotMade,
    /// It says something else now.
    Updated,
    /// It said the same already.
    Unchanged,
    /// A newer run has written it; it was left alone.
    LeftToNewerRun,
}

/// The comment, afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upserted {
    /// What became of it.
    pub what: What,
    /// Where people read it.
    pub html_url: Option<String>,
    /// Which of the bodies it has, where it has one of them.
    pub body: Option<usize>,
    /// How many others of ours were deleted.
    pub deleted: u32,
    /// What went wrong with those.
    pub problems: Vec<ApiError>,
}

impl Upserted {
    const fn untouched(what: What, html_url: Option<String>) -> Self {
        Self {
            what,
            html_url,
            body: None,
            deleted: 0,
            problems: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Comment {
    id: u64,
    html_url: Option<String>,
    body: Option<String>,
    user: Option<User>,
}

#[derive(Debug, Clone, Deserialize)]
struct User {
    login: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Whose comments are ours.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Identity {
    Login(String),
    AnyBot,
}

impl Identity {
    fn is_author_of(&self, comment: &Comment) -> bool {
        comment.user.as_ref().is_some_and(|user| match self {
            Self::Login(login) => user.login == *login,
            Self::AnyBot => user.kind.as_deref() == Some("Bot"),
        })
    }
}

/// One comment of ours.
struct Ours {
    id: u64,
    html_url: Option<String>,
    written_by: WrittenBy,
    text: String,
}

/// Makes the pull request have exactly this comment: creates it, where it is to be made, or changes the
/// one that is there, unless a newer run wrote that. Nothing is created when the comments cannot all be listed.
///
/// # Errors
/// When the comments cannot be read, or the comment cannot be written in any of its sizes.
pub async fn upsert(
    client: &Client,
    repository: &Repository,
    comment: StickyComment<'_>,
) -> Result<Upserted, ApiError> {
    let thread = Thread {
        client,
        repository,
        comment,
    };
    let mut identity = thread.identity().await?;
    let mut created: Option<(u64, usize)> = None;
    let mut round = 1;
    loop {
        let ours = thread.ours(&identity).await?;
        let Some((kept, others)) = ours.split_first() else {
            if created.is_some() || round > ROUNDS {
                return Err(thread.invalid("the comment disappeared while it was written"));
            }
            if !comment.creates_if_absent {
                return Ok(Upserted::untouched(What::NotMade, None));
            }
            let (made, body) = thread.create(&identity).await?;
            // The true author; the one that was expected is a guess.
            if let Some(user) = made.user {
                identity = Identity::Login(user.login);
            }
            created = Some((made.id, body));
            continue;
        };
        let mut upserted = Upserted::untouched(What::Unchanged, kept.html_url.clone());
        let newest = ours.iter().map(|one| one.written_by).max();
        if newest.is_some_and(|newest| newest > comment.marker.written_by()) {
            upserted.what = What::LeftToNewerRun;
            // Others of ours are the newer run's to delete; the one made here is not.
            let mine = others
                .iter()
                .filter(|one| created.is_some_and(|(id, _)| id == one.id));
            thread.delete(mine, &mut upserted).await;
            return Ok(upserted);
        }
        match created {
            Some((id, body)) if id == kept.id => {
                upserted.what = What::Created;
                upserted.body = Some(body);
            }
            _ => match thread.same_body(kept) {
                Some(body) => upserted.body = Some(body),
                None => match thread.change(kept).await {
                    Ok((changed, body)) => {
                        upserted.what = What::Updated;
                        upserted.html_url = changed.html_url.or(upserted.html_url);
                        upserted.body = Some(body);
                    }
                    // Somebody deleted it after it was listed.
                    Err(error) if error.status() == Some(404) && round < ROUNDS => {
                        round += 1;
                        continue;
                    }
                    Err(error) => return Err(error),
                },
            },
        }
        thread.delete(others.iter(), &mut upserted).await;
        return Ok(upserted);
    }
}

/// The comments of one pull request.
#[derive(Clone, Copy)]
struct Thread<'a> {
    client: &'a Client,
    repository: &'a Repository,
    comment: StickyComment<'a>,
}

impl Thread<'_> {
    fn doing(&self, what: &str) -> String {
        format!("{what} on pull request {}", self.comment.pull_request)
    }

    fn invalid(&self, problem: &str) -> ApiError {
        ApiError::Invalid {
            doing: self.doing("writing the comment"),
            problem: problem.to_owned(),
        }
    }

    /// Whose comments may be changed.
    async fn identity(&self) -> Result<Identity, ApiError> {
        if self.comment.author == Author::GithubActions {
            return Ok(Identity::Login("github-actions[bot]".to_owned()));
        }
        let call = Call::get("asking whose token it is", "/user".to_owned(), READ);
        match self.client.send(&call, json::<User>).await {
            Ok(user) => Ok(Identity::Login(user.login)),
            // Apps may not ask.
            Err(error) if matches!(error.status(), Some(403 | 404)) => Ok(Identity::AnyBot),
            Err(error) => Err(error),
        }
    }

    fn all_path(&self) -> String {
        let number = self.comment.pull_request;
        self.repository
            .path(format_args!("issues/{number}/comments"))
    }

    fn one_path(&self, id: u64) -> String {
        self.repository.path(format_args!("issues/comments/{id}"))
    }

    async fn all(&self) -> Result<Vec<Comment>, ApiError> {
        let call = Call::get(self.doing("listing the comments"), self.all_path(), READ);
        self.client.list(&call, json::<Vec<Comment>>).await
    }

    /// Our comments, the oldest first.
    async fn ours(&self, identity: &Identity) -> Result<Vec<Ours>, ApiError> {
        let mut ours: Vec<Ours> = self
            .all()
            .await?
            .into_iter()
            .filter(|comment| identity.is_author_of(comment))
            .filter_map(|comment| {
                let body = comment.body.as_deref().unwrap_or_default();
                let (written_by, text) = self.comment.marker.read(body)?;
                Some(Ours {
                    id: comment.id,
                    html_url: comment.html_url.clone(),
                    written_by,
                    text: comparable(text),
                })
            })
            .collect();
        ours.sort_by_key(|one| one.id);
        Ok(ours)
    }

    /// Which of the bodies the comment has already.
    fn same_body(&self, kept: &Ours) -> Option<usize> {
        let fits = |body: &String| self.with_marker(body).chars().count() <= MAX_COMMENT;
        self.comment
            .bodies
            .iter()
            .enumerate()
            .find(|(_, body)| fits(body))
            .filter(|(_, body)| comparable(body) == kept.text)
            .map(|(index, _)| index)
    }

    fn with_marker(&self, body: &str) -> String {
        format!("{}\n{body}", self.comment.marker.line())
    }

    async fn create(&self, identity: &Identity) -> Result<(Comment, usize), ApiError> {
        self.shed(Method::Post, self.all_path(), identity).await
    }

    async fn change(&self, kept: &Ours) -> Result<(Comment, usize), ApiError> {
        let path = self.one_path(kept.id);
        self.shed(Method::Patch, path, &Identity::AnyBot).await
    }

    /// Writes the fullest body that GitHub takes.
    async fn shed(
        &self,
        method: Method,
        path: String,
        identity: &Identity,
    ) -> Result<(Comment, usize), ApiError> {
        let mut refused = self.invalid(&format!(
            "none of its {} texts has at most the {MAX_COMMENT} characters that GitHub takes",
            self.comment.bodies.len()
        ));
        for (index, body) in self.comment.bodies.iter().enumerate() {
            let body = self.with_marker(body);
            if body.chars().count() > MAX_COMMENT {
                continue;
            }
            let body = json!({ "body": body });
            let doing = self.doing("writing the comment");
            let call = Call::new(method, doing, path.clone(), Some(body), WRITE);
            let written = if method == Method::Post {
                let find = || self.made_by_this_run(identity);
                self.client.send_once(&call, json::<Comment>, find).await
            } else {
                self.client.send(&call, json::<Comment>).await
            };
            match written {
                Ok(comment) => return Ok((comment, index)),
                Err(error) if error.status() == Some(422) => refused = error,
                Err(error) => return Err(error),
            }
        }
        Err(refused)
    }

    /// The comment that a request whose answer was lost has made. Before it there was none of ours,
    /// so that one with the marker of this very run and attempt is it.
    async fn made_by_this_run(&self, identity: &Identity) -> Result<Option<Comment>, ApiError> {
        let marker = self.comment.marker;
        let is_made = |comment: &Comment| {
            let body = comment.body.as_deref().unwrap_or_default();
            marker
                .read(body)
                .is_some_and(|(written_by, _)| written_by == marker.written_by())
        };
        let bot = Identity::AnyBot;
        let mut made = self.all().await?;
        made.retain(|comment| {
            is_made(comment) && (identity.is_author_of(comment) || bot.is_author_of(comment))
        });
        Ok(made.into_iter().min_by_key(|comment| comment.id))
    }

    async fn delete(&self, ours: impl Iterator<Item = &Ours>, upserted: &mut Upserted) {
        for one in ours {
            let doing = self.doing("deleting a second comment");
            let call = Call::new(Method::Delete, doing, self.one_path(one.id), None, WRITE);
            match self.client.send(&call, nothing).await {
                Ok(()) => upserted.deleted += 1,
                // Somebody else was faster, or the answer to the first request was lost.
                Err(error) if error.status() == Some(404) => upserted.deleted += 1,
                Err(error) => upserted.problems.push(error),
            }
        }
    }
}

/// A body as it is compared: GitHub may change line ends and the blanks at the end.
fn comparable(body: &str) -> String {
    body.replace("\r\n", "\n").trim().to_owned()
}
