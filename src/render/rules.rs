//! Where the rules of a run come from, where they are those of another commit.

use super::text::{plain, plain_cut};
use crate::model::{PolicyOrigin, PolicySide, short_commit};

/// How many differing rules are named.
const RULES_SHOWN: usize = 3;

/// Where the rules come from, on one line.
pub(super) fn rules(origin: &PolicyOrigin) -> String {
    let commit = plain(short_commit(&origin.from));
    if origin.is_introduced {
        return format!("its own, because commit {commit} has no configuration");
    }
    let not_obeyed: Vec<String> = origin
        .differences
        .iter()
        .filter(|difference| difference.obeyed == PolicySide::Base)
        .map(|difference| difference.pointer.trim_start_matches('/').replace('/', "."))
        .collect();
    if not_obeyed.is_empty() {
        return format!("those of commit {commit}, which are the same here");
    }
    let named: Vec<String> = not_obeyed
        .iter()
        .take(RULES_SHOWN)
        .map(|key| plain_cut(key, 60))
        .collect();
    let more = match not_obeyed.len().saturating_sub(RULES_SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "those of commit {commit}; {} differently here and not obeyed: {}{more}",
        if not_obeyed.len() == 1 {
            "one is set"
        } else {
            "some are set"
        },
        named.join(", "),
    )
}
