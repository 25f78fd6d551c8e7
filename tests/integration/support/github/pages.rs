//! The page of a list that is asked for, and the addresses of the others.
//! <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>

use super::exchange::{Answer, Content, Recorded, encoded};
use serde_json::Value;

const DEFAULT_LENGTH: usize = 30;
const LONGEST: usize = 100;

/// Cuts a list to the page that is asked for; other answers stay as they are.
pub(super) fn cut(mut answer: Answer, request: &Recorded, base: &str) -> Answer {
    let Content::Pages { items, within } = answer.content else {
        return answer;
    };
    let number = |name: &str, otherwise: usize| {
        let number = request.parameter(name).and_then(|text| text.parse().ok());
        number.filter(|number| *number > 0).unwrap_or(otherwise)
    };
    let length = number("per_page", DEFAULT_LENGTH).min(LONGEST);
    let page = number("page", 1);
    let last = items.len().div_ceil(length).max(1);
    let chosen = items.into_iter().skip((page - 1) * length).take(length);
    let chosen: Value = chosen.collect();
    answer.content = Content::Json(match within {
        Some((name, mut object)) => {
            object[name] = chosen;
            object
        }
        None => chosen,
    });
    let mut links = Vec::new();
    let mut link = |page: usize, relation: &str| {
        let query = request.query.iter().filter(|(name, _)| name != "page");
        let mut pairs: Vec<String> = query
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        pairs.push(format!("page={page}"));
        let address = format!("{base}{}?{}", request.path, pairs.join("&"));
        links.push(format!("<{address}>; rel=\"{relation}\""));
    };
    if page > 1 {
        link((page - 1).min(last), "prev");
    }
    if page < last {
        link(page + 1, "next");
        link(last, "last");
    }
    if page > 1 {
        link(1, "first");
    }
    if links.is_empty() {
        return answer;
    }
    answer.header("link", links.join(", "))
}
