//! What the fake does with a request: who asks, is it allowed, is it valid, and the answer.

use super::{
    access::{FULL_TOKEN, Level, READ_ONLY_TOKEN, Token, seconds_from_now},
    answers,
    contract::{Contract, Found},
    exchange::{Answer, Call, Content, Recorded},
    faults::Planned,
    pages,
    repository::{REPOSITORY, Repository, now},
    rules,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Requests an hour of a workflow's token.
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
const REQUESTS_AN_HOUR: u64 = 1000;

/// Everything that a fake knows.
pub(super) struct State {
    pub(super) repositories: BTreeMap<String, Repository>,
    pub(super) tokens: BTreeMap<String, Token>,
    pub(super) planned: Vec<Planned>,
    pub(super) requests: Vec<Recorded>,
    pub(super) violations: Vec<String>,
    pub(super) longest_comment: usize,
    /// Whether the process that only serves it should end.
    pub(super) is_stopped: bool,
    remaining: u64,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            repositories: [(REPOSITORY.to_owned(), Repository::new(REPOSITORY))].into(),
            tokens: [
                (FULL_TOKEN.to_owned(), Token::with_all(Level::Write)),
                (READ_ONLY_TOKEN.to_owned(), Token::with_all(Level::Read)),
            ]
            .into(),
            planned: Vec::new(),
            requests: Vec::new(),
            violations: Vec::new(),
            longest_comment: rules::LONGEST_COMMENT,
            is_stopped: false,
            remaining: REQUESTS_AN_HOUR,
        }
    }

    /// The repository that every fake has.
    pub(super) fn repository(&mut self) -> &mut Repository {
        self.repositories.get_mut(REPOSITORY).unwrap()
    }

    /// Answers a request as GitHub does when all is well with the connection.
    pub(super) fn answer(&mut self, request: &Recorded, base: &str) -> Answer {
        if let Some(answer) = self.stored(request) {
            return answer;
        }
        let Some(found) = Contract::get().find(&request.method, &request.path) else {
            return Answer::not_found();
        };
        let answer = self.decided(request, base, &found);
        self.finished(request, base, &found, answer)
    }

    /// The bytes of an artifact, which are not a part of the API.
    fn stored(&mut self, request: &Recorded) -> Option<Answer> {
        let rest = request.path.strip_prefix(answers::STORAGE)?;
        let (repository, id) = rest.rsplit_once('/')?;
        if request.header("authorization").is_some() {
            self.violation(
                request,
                "the token was sent to the storage of artifacts, which is not GitHub",
            );
        }
        let artifacts = &self.repositories.get(repository)?.artifacts;
        let artifact = artifacts
            .iter()
            .find(|artifact| artifact.id.to_string() == id)?;
        Some(Answer::bytes(
            200,
            "application/zip",
            artifact.bytes.clone(),
        ))
    }

    fn violation(&mut self, request: &Recorded, error: &str) {
        self.violations.push(format!("{}: {error}", request.line()));
    }

    /// Records what is wrong with a request by itself, whatever is answered.
    pub(super) fn check(&mut self, request: &Recorded) {
        if request.path.starts_with(answers::STORAGE) {
            return;
        }
        let contract = Contract::get();
        let Some(found) = contract.find(&request.method, &request.path) else {
            let error = "GitHub's description, as the tests have it, has no such operation";
            self.violation(request, error);
            return;
        };
        let mut errors = contract.query_errors(&found, &request.query);
        errors.extend(contract.body_errors(&found, &request.body));
        errors.extend(contract.unknown_properties(&found, &request.body));
        for error in errors {
            self.violation(request, &error);
        }
        // https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent
        if request.header("user-agent").is_none() {
            self.violation(request, "there is no header `User-Agent`");
        }
        let versions = request.headers.iter();
        let versions = versions
            .filter(|(name, _)| name == "x-github-api-version")
            .count();
        if versions > 1 {
            self.violation(request, "the header `X-GitHub-Api-Version` was sent twice");
        }
    }

    /// The answer, before it has all its properties.
    fn decided(&mut self, request: &Recorded, base: &str, found: &Found) -> Answer {
        let id = found.id();
        let authorization = request.header("authorization").unwrap_or_default();
        let (_, secret) = authorization.split_once(' ').unwrap_or_default();
        let Some(token) = self.tokens.get(secret).cloned() else {
            let message = if secret.is_empty() {
                "Requires authentication"
            } else {
                "Bad credentials"
            };
            return Answer::message(401, message);
        };
        if id == "rate-limit/get" {
            return self.rate_limit();
        }
        if let Some(limit) = token.limit {
            return limit.answer();
        }
        self.remaining = self.remaining.saturating_sub(1);
        let name = |key: &str| {
            found
                .parameters
                .get(key)
                .map(String::as_str)
                .unwrap_or_default()
        };
        // What belongs to an organisation is kept with one of its repositories.
        let owns = |repository: &&String| repository.split('/').next() == Some(name("org"));
        let full_name = match self.repositories.keys().find(owns) {
            Some(repository) if !name("org").is_empty() => repository.clone(),
            _ => format!("{}/{}", name("owner"), name("repo")),
        };
        if !self.repositories.contains_key(&full_name) {
            return Answer::not_found();
        }
        if let Some(refusal) = token.refusal(id, request.is_write()) {
            return refusal;
        }
        if let Some(refusal) = self.refused(request, found) {
            return refusal;
        }
        let query = request.query.iter().cloned();
        let call = Call {
            operation: id,
            parameters: query.chain(found.parameters.clone()).collect(),
            body: &request.body,
            login: &token.login,
            accept: request.header("accept").unwrap_or_default(),
            base,
            now: now(),
        };
        let repository = self.repositories.get_mut(&full_name).unwrap();
        answers::answer(repository, &call).unwrap_or_else(|| {
            self.violation(request, "the fake has no answer for this operation");
            Answer::not_found()
        })
    }

    /// The refusal of a request that its description or a rule does not allow.
    fn refused(&mut self, request: &Recorded, found: &Found) -> Option<Answer> {
        let errors = Contract::get()
            .body_errors(found, &request.body)
            .into_iter();
        let mut errors: Vec<Value> = errors
            .map(|error| json!({"resource": found.id(), "code": "invalid", "message": error}))
            .collect();
        for broken in rules::broken(found.id(), &request.body, self.longest_comment) {
            if !broken.is_unforeseeable {
                let error = &broken.error;
                let text = |key: &str| error[key].as_str().unwrap_or_default();
                self.violation(request, &format!("/{}: {}", text("field"), text("message")));
            }
            errors.push(broken.error);
        }
        (!errors.is_empty()).then(|| Answer::unprocessable(errors))
    }

    fn rate_limit(&self) -> Answer {
        let rate = json!({
            "limit": REQUESTS_AN_HOUR,
            "remaining": self.remaining,
            "used": REQUESTS_AN_HOUR - self.remaining,
            "reset": seconds_from_now(3600),
        });
        Answer::json(
            200,
            json!({"resources": {"core": rate, "search": rate}, "rate": rate}),
        )
    }

    /// Fills an answer in, gives it the headers that all have, and holds it against the description.
    fn finished(
        &mut self,
        request: &Recorded,
        base: &str,
        found: &Found,
        mut answer: Answer,
    ) -> Answer {
        answer = pages::cut(answer, request, base);
        let rate = [
            ("x-ratelimit-limit", REQUESTS_AN_HOUR),
            ("x-ratelimit-remaining", self.remaining),
            ("x-ratelimit-reset", seconds_from_now(3600)),
        ];
        for (name, value) in rate {
            if !answer.headers.iter().any(|(known, _)| known == name) {
                answer = answer.header(name, value);
            }
        }
        let (contract, operation, status) = (Contract::get(), found.operation, answer.status);
        if let Content::Json(given) = &answer.content {
            answer.content = Content::Json(contract.filled(operation, status, given));
        }
        let body = match &answer.content {
            Content::Json(body) => Some(body),
            // A file as it is, which the description does not describe.
            Content::Bytes(..) => return answer,
            Content::None | Content::Pages { .. } => None,
        };
        for error in contract.answer_errors(operation, status, body) {
            self.violation(
                request,
                &format!("the answer {status} of the fake: {error}"),
            );
        }
        answer
    }
}
