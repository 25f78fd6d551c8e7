//! Where uptime, reviews and monitoring are looked up.

use super::Asking;
use super::prometheus_uptime;
use crate::config::UptimeSource;
use crate::model::{EnvironmentName, Prometheus, Reason, ReasonCode, Unavailable, short_commit};
use crate::prometheus::Server;
use crate::promotion::criteria::{DAYS, place, target};
use crate::promotion::{ForgeReview, Monitoring, Review, Sample, sign_off, timeline};
use jiff::Timestamp;
use std::io::ErrorKind;
use std::path::{Component as PathPart, Path};
use tokio::io::AsyncReadExt as _;

/// How much of a file is read, in bytes. Who signed what needs a few lines.
const LONGEST_FILE: u64 = 64 * 1024;

/// Looks at staging, and where they come from.
pub(super) async fn uptime(asking: &Asking<'_>) -> Result<(String, Vec<Sample>), Unavailable> {
    match &asking.policy.uptime.source {
        UptimeSource::Samples => {
            let samples = asking.samples.clone()?;
            Ok(("samples of spec2prod probe".to_owned(), samples))
        }
        UptimeSource::GitHub => {
            let (Some(forge), Some(environment)) = (asking.forge, asking.staging_environment)
            else {
                return Err(no_forge("the statuses of deployments"));
            };
            let since = since(asking);
            let statuses = forge.statuses(environment, since).await;
            let statuses = statuses.map_err(source_unavailable)?;
            Ok((format!("deployment statuses of {environment}"), statuses))
        }
        UptimeSource::Prometheus { server, query } => {
            let query = asking.filled(query);
            let stretches = match asking.states.get(&EnvironmentName::Staging) {
                Some(Ok(state)) => timeline::stretches(&state.periods, asking.version, asking.now),
                _ => Vec::new(),
            };
            // Several levels may ask, and the looks are for all of them.
            let days = asking.requirements.iter();
            let days = days
                .filter(|asked| asked.name == DAYS)
                .map(|asked| timeline::days(target(asked)));
            let connected = connect(asking, server)?;
            let looks = prometheus_uptime::looks(
                &connected,
                &query,
                &stretches,
                asking.policy.uptime.max_gap,
                days.max().unwrap_or_default(),
                asking.now.as_millisecond(),
            );
            Ok((
                format!("Prometheus at {}: {query}", server.url),
                looks.await?,
            ))
        }
    }
}

/// Since when statuses are asked for: since this version was first in staging.
fn since(asking: &Asking<'_>) -> Timestamp {
    let state = asking.states.get(&EnvironmentName::Staging);
    let periods = state.and_then(|state| state.as_ref().ok());
    let periods = periods.map_or(&[][..], |state| state.periods.as_slice());
    let own = periods.iter().filter(|p| p.version == *asking.version);
    own.map(|period| period.from).min().unwrap_or(asking.now)
}

/// Reviews that count, of whichever commit. Where nothing shows a review of this version, what could
/// not be asked may have had one.
pub(super) async fn reviews(asking: &Asking<'_>) -> Result<Vec<Review>, Unavailable> {
    let policy = &asking.policy.security_review;
    if policy.teams.is_empty()
        && policy.people.is_empty()
        && policy.label.is_none()
        && policy.file.is_none()
    {
        let reason = Reason::new(
            ReasonCode::NoSource,
            "nothing says what shows a security review",
        );
        return Err(Unavailable::NoData(reason.remedy(format!(
            "set `promotion.security_review` to teams, people, a label or a file{}",
            policy.rule.as_ref().map_or_else(String::new, place)
        ))));
    }
    let (of_forge, of_file) = tokio::join!(forge_reviews(asking), file_review(asking));
    let mut reviews = Vec::new();
    let mut problem = None;
    for found in [of_forge, of_file] {
        match found {
            Ok(found) => reviews.extend(found),
            Err(why) => problem = problem.or(Some(why)),
        }
    }
    let is_shown = reviews
        .iter()
        .any(|review| review.commit == asking.version.commit);
    match problem {
        Some(why) if !is_shown => Err(why),
        _ => Ok(reviews),
    }
}

async fn forge_reviews(asking: &Asking<'_>) -> Result<Vec<Review>, Unavailable> {
    let policy = &asking.policy.security_review;
    if policy.teams.is_empty() && policy.people.is_empty() && policy.label.is_none() {
        return Ok(Vec::new());
    }
    let forge = asking
        .forge
        .ok_or_else(|| no_forge("reviews and labels of pull requests"))?;
    let found = forge.reviews(asking.version).await;
    let found = found.map_err(source_unavailable)?;
    Ok(found
        .into_iter()
        .filter_map(|review| counted(asking, review))
        .collect())
}

/// The review as it counts; `None` where it is of nobody who counts.
fn counted(asking: &Asking<'_>, review: ForgeReview) -> Option<Review> {
    let policy = &asking.policy.security_review;
    let is_named = |names: &[String], name: &str| {
        let mut names = names.iter();
        names.any(|known| known.eq_ignore_ascii_case(name))
    };
    let team = review
        .teams
        .iter()
        .find(|team| is_named(&policy.teams, team));
    let person = review.by.as_ref().filter(|by| is_named(&policy.people, by));
    let what = if let Some(label) = &review.label {
        let asked = policy.label.as_ref();
        asked.filter(|asked| asked.eq_ignore_ascii_case(label))?;
        format!("label {label}")
    } else if let Some(team) = team.filter(|_| review.by.is_some()) {
        format!("approving review of team {team}")
    } else {
        person.map(|_| "approving review".to_owned())?
    };
    Some(Review {
        what,
        by: review.by,
        at: review.at,
        commit: review.commit.to_ascii_lowercase(),
        url: review.url,
    })
}

async fn file_review(asking: &Asking<'_>) -> Result<Vec<Review>, Unavailable> {
    let Some(file) = &asking.policy.security_review.file else {
        return Ok(Vec::new());
    };
    let file = asking.filled(file);
    let Some(bytes) = read(asking.workspace, &file).await? else {
        return Ok(Vec::new());
    };
    let signed = sign_off::read(&text(&file, bytes)?, asking.now).map_err(|problem| {
        Unavailable::Errored(Reason::new(
            ReasonCode::ReportUnreadable,
            format!("the signed-off file {file} is not understood: {problem}"),
        ))
    })?;
    let mut commit = signed.commit;
    let mut what = format!("signed-off file {file}");
    if commit != asking.version.commit
        && let Some(same_source) = asking.same_source
    {
        let is_same = same_source(commit.clone(), file.clone()).await;
        if is_same.map_err(source_unavailable)? {
            let named = short_commit(&commit);
            what.push_str(&format!(", which names {named} with the same content,"));
            commit.clone_from(&asking.version.commit);
        }
    }
    Ok(vec![Review {
        what,
        by: Some(signed.reviewer),
        at: Some(signed.at),
        commit,
        url: None,
    }])
}

/// What shows that the component is watched.
pub(super) async fn monitoring(asking: &Asking<'_>) -> Result<Monitoring, Unavailable> {
    let policy = &asking.policy.monitoring;
    if policy.file.is_none() && policy.query.is_none() {
        let reason = Reason::new(
            ReasonCode::NoSource,
            "nothing says what shows that the component is monitored",
        );
        return Err(Unavailable::NoData(reason.remedy(format!(
            "set `promotion.monitoring` to a file with the alert rules, or to a query{}",
            policy.rule.as_ref().map_or_else(String::new, place)
        ))));
    }
    let (file, query) = tokio::join!(monitoring_file(asking), monitoring_query(asking));
    let mut found = Vec::new();
    let mut problem = None;
    for answer in [file, query].into_iter().flatten() {
        match answer {
            Ok(answer) if answer.is_configured => return Ok(answer),
            Ok(answer) => found.push(answer.what),
            Err(why) => problem = problem.or(Some(why)),
        }
    }
    match problem {
        Some(why) => Err(why),
        None => Ok(Monitoring {
            is_configured: false,
            what: found.join("; "),
        }),
    }
}

async fn monitoring_file(asking: &Asking<'_>) -> Option<Result<Monitoring, Unavailable>> {
    let file = asking.filled(asking.policy.monitoring.file.as_ref()?);
    let bytes = match read(asking.workspace, &file).await {
        Ok(bytes) => bytes,
        Err(why) => return Some(Err(why)),
    };
    let is_configured = bytes
        .as_ref()
        .is_some_and(|bytes| !bytes.trim_ascii().is_empty());
    let what = match bytes {
        Some(_) if is_configured => format!("file {file}"),
        Some(_) => format!("the file {file} is empty"),
        None => format!("there is no file {file}"),
    };
    Some(Ok(Monitoring {
        is_configured,
        what,
    }))
}

async fn monitoring_query(asking: &Asking<'_>) -> Option<Result<Monitoring, Unavailable>> {
    let (server, query) = asking.policy.monitoring.query.as_ref()?;
    let query = asking.filled(query);
    let server = match connect(asking, server) {
        Ok(server) => server,
        Err(why) => return Some(Err(why)),
    };
    let series = match server.query(&query).await {
        Ok(series) => series,
        Err(error) => return Some(Err(source_unavailable(error.to_string()))),
    };
    let values = series.iter().flat_map(|series| &series.values);
    let is_configured = values.filter(|(_, value)| !value.is_nan()).count() > 0;
    let what = match is_configured {
        true => format!("the query {query} has a result"),
        false => format!("the query {query} has no result"),
    };
    Some(Ok(Monitoring {
        is_configured,
        what,
    }))
}

fn connect(asking: &Asking<'_>, policy: &Prometheus) -> Result<Server, Unavailable> {
    let token = policy.token(ReasonCode::SourceUnavailable, asking.variable);
    let token = token.map_err(Unavailable::Errored)?;
    Ok(Server::new(asking.http.clone(), &policy.url, token))
}

/// The beginning of a file of the workspace; `None` where there is none.
async fn read(workspace: &Path, file: &str) -> Result<Option<Vec<u8>>, Unavailable> {
    let relative = Path::new(file);
    let is_inside = relative
        .components()
        .all(|part| matches!(part, PathPart::Normal(_) | PathPart::CurDir));
    if !is_inside {
        return Err(unreadable(file, "it is not below the repository's root"));
    }
    let cannot = |error: std::io::Error| unreadable(file, &error.to_string());
    let path = workspace.join(relative);
    match tokio::fs::metadata(&path).await {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(unreadable(file, "it is no file")),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    }
    let opened = tokio::fs::File::open(&path).await.map_err(cannot)?;
    let mut bytes = Vec::new();
    let mut limited = opened.take(LONGEST_FILE + 1);
    limited.read_to_end(&mut bytes).await.map_err(cannot)?;
    Ok(Some(bytes))
}

/// A whole file as text.
fn text(file: &str, bytes: Vec<u8>) -> Result<String, Unavailable> {
    if bytes.len() as u64 > LONGEST_FILE {
        let problem = format!("it is longer than {LONGEST_FILE} bytes");
        return Err(unreadable(file, &problem));
    }
    String::from_utf8(bytes).map_err(|_| unreadable(file, "it is no UTF-8 text"))
}

fn unreadable(file: &str, problem: &str) -> Unavailable {
    source_unavailable(format!("the file {file} cannot be read: {problem}"))
}

fn source_unavailable(problem: String) -> Unavailable {
    Unavailable::Errored(Reason::new(ReasonCode::SourceUnavailable, problem))
}

fn no_forge(what: &str) -> Unavailable {
    Unavailable::NoData(
        Reason::new(
            ReasonCode::NoSource,
            format!("{what} are known to GitHub only, and it is not asked here"),
        )
        .remedy(
            "run it in GitHub Actions with `github-token`, or choose another source in `promotion`",
        ),
    )
}
