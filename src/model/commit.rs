//! Commits as people see them.

/// How many digits of a commit's hash are shown.
const SHOWN: usize = 12;

/// The first digits of a commit's hash, as everything that people read shows it.
#[must_use]
pub fn short_commit(commit: &str) -> &str {
    let end = commit.char_indices().nth(SHOWN);
    end.and_then(|(end, _)| commit.get(..end)).unwrap_or(commit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_whatever_it_is() {
        assert_eq!(short_commit(&"4f1d2c9be07a".repeat(3)), "4f1d2c9be07a");
        for whole in ["", "4f1d2c9", "4f1d2c9be07a"] {
            assert_eq!(short_commit(whole), whole);
        }
        assert_eq!(short_commit("ä€ä€ä€ä€ä€ä€ä"), "ä€ä€ä€ä€ä€ä€");
    }
}
