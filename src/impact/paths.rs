//! Which changed files touch a path or a pattern.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::{collections::BTreeSet, ops::Bound};

/// The changed files that touch something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Touched {
    /// The first of them.
    pub(super) first: String,
    /// How many there are.
    pub(super) count: usize,
}

impl Touched {
    /// `None` where there are none.
    fn of<'a>(files: impl IntoIterator<Item = &'a String>) -> Option<Self> {
        let files: BTreeSet<&String> = files.into_iter().collect();
        Some(Self {
            first: (*files.first()?).clone(),
            count: files.len(),
        })
    }
}

/// The changed files that are one of these paths, lie below one, or hold one: where a submodule or
/// a link changed, or a folder became a file, everything that was below it did.
pub(super) fn touching(changed: &BTreeSet<String>, paths: &[String]) -> Option<Touched> {
    let mut found: BTreeSet<&String> = BTreeSet::new();
    for path in paths {
        if path.is_empty() {
            return Touched::of(changed);
        }
        found.extend(changed.get(path));
        let below = format!("{path}/");
        let from = (Bound::Included(below.clone()), Bound::Unbounded);
        let inside = changed.range(from);
        found.extend(inside.take_while(|file| file.starts_with(&below)));
        let parents = path.match_indices('/').map(|(index, _)| &path[..index]);
        found.extend(parents.filter_map(|parent| changed.get(parent)));
    }
    Touched::of(found)
}

/// The changed files that one of these patterns means; a pattern also means everything below what
/// it names. One that is no pattern means every file, so that nothing is overlooked.
pub(super) fn matching(changed: &BTreeSet<String>, patterns: &[String]) -> Option<Touched> {
    if patterns.is_empty() {
        return None;
    }
    match globs(patterns) {
        Ok(set) => Touched::of(changed.iter().filter(|file| set.is_match(file.as_str()))),
        Err(_) => Touched::of(changed),
    }
}

fn globs(patterns: &[String]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
        let pattern = pattern.trim_end_matches('/');
        let below = format!("{pattern}/**");
        for pattern in [pattern, below.as_str()] {
            let mut glob = GlobBuilder::new(pattern);
            set.add(glob.literal_separator(true).build()?);
        }
    }
    set.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(files: &[&str]) -> BTreeSet<String> {
        files.iter().map(|&file| file.to_owned()).collect()
    }

    fn list(files: &[&str]) -> Vec<String> {
        files.iter().map(|&file| file.to_owned()).collect()
    }

    #[test]
    fn a_path_is_touched_at_it_below_it_and_above_it() {
        let touched = |file: &str, path: &str| touching(&set(&[file]), &list(&[path])).is_some();
        assert!(touched("src/a", "src/a"));
        assert!(touched("src/a/b/c.py", "src/a"));
        assert!(touched("src/a/\n\"x\".py", "src/a"));
        // A submodule, or a folder that became a file.
        assert!(touched("vendor", "vendor/tool/src"));
        assert!(touched("anything", ""));
        for other in ["src/ab", "src/a.py", "src/a-b/c.py", "x/src/a"] {
            assert!(!touched(other, "src/a"), "{other}");
        }
    }

    #[test]
    fn files_are_counted_once() {
        let changed = set(&["src/a.py", "src/a/x.py", "src/a/y.py", "src/a0"]);
        let touched = touching(&changed, &list(&["src/a", "src/a/x.py"])).unwrap();
        assert_eq!((touched.first.as_str(), touched.count), ("src/a/x.py", 2));
    }

    #[test]
    fn patterns_stay_within_a_folder_unless_they_say_otherwise() {
        let means =
            |pattern: &str, file: &str| matching(&set(&[file]), &list(&[pattern])).is_some();
        assert!(means("*.toml", "pyproject.toml"));
        assert!(!means("*.toml", "src/a/pyproject.toml"));
        assert!(means("**/*.proto", "a/b/c.proto") && means("**/*.proto", "c.proto"));
        assert!(means("shared", "shared/deep/er.py") && means("./shared/", "shared/x"));
        assert!(means("lib*/common", "lib2/common/x.py"));
        assert!(!means("shared", "src/shared/x.py"));
        assert!(means("[", "anything"));
        assert!(matching(&set(&["x"]), &[]).is_none());
    }

    proptest::proptest! {
        /// Looking for a range of names finds what looking at each name does.
        #[test]
        fn no_file_below_a_path_is_overlooked(
            files in proptest::collection::btree_set("[ab./-]{1,6}", 0..20),
            path in "[ab.-]{1,3}(/[ab.-]{1,2})?",
        ) {
            let is_touching = |file: &&String| {
                **file == path
                    || file.starts_with(&format!("{path}/"))
                    || path.starts_with(&format!("{file}/"))
            };
            let found = touching(&files, std::slice::from_ref(&path));
            let expected = files.iter().filter(is_touching).count();
            proptest::prop_assert_eq!(found.map_or(0, |touched| touched.count), expected);
        }
    }
}
