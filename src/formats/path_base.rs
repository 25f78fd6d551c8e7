//! Paths in reports, relative to the workspace.

use super::text;
use std::path::Path;

/// What absolute paths in a report are made relative to.
#[derive(Debug, Clone, Default)]
pub struct PathBase {
    /// The workspace as given, and as it is called without symbolic links: tools resolve them or
    /// do not.
    roots: Vec<String>,
    /// Where relative paths of a report start, relative to the workspace; empty for the workspace
    /// itself.
    folder: String,
}

impl PathBase {
    /// Paths are relative to `workspace`. This is the only place of the module that asks the file
    /// system something: how the workspace is called without symbolic links.
    #[must_use]
    pub fn new(workspace: &Path) -> Self {
        let mut roots = Vec::new();
        for path in [Some(workspace.to_owned()), workspace.canonicalize().ok()] {
            let root = path.map(|path| normalize(&path.to_string_lossy()));
            roots.extend(root.filter(|root| is_absolute(root) && !roots.contains(root)));
        }
        Self {
            roots,
            folder: String::new(),
        }
    }

    /// The same for a tool that runs in `folder`, where the relative paths of its report start.
    #[must_use]
    pub fn in_folder(&self, folder: &Path) -> Self {
        let workspace = Self {
            folder: String::new(),
            ..self.clone()
        };
        Self {
            folder: workspace.relative(&folder.to_string_lossy()),
            ..workspace
        }
    }

    /// The path relative to the workspace where it lies inside, with `/` as separator and without
    /// `.` and `..`; other paths stay as they are.
    #[must_use]
    pub fn relative(&self, path: &str) -> String {
        let path = normalize(&text::name(path));
        let path = match self.folder.as_str() {
            "" => path,
            _ if is_absolute(&path) => path,
            folder => normalize(&format!("{folder}/{path}")),
        };
        for root in &self.roots {
            let inside = path.strip_prefix(root.as_str()).and_then(|rest| {
                rest.strip_prefix('/')
                    .or(root.ends_with('/').then_some(rest))
            });
            if let Some(inside) = inside {
                return inside.to_owned();
            }
        }
        path
    }
}

/// Whether a normalized path begins at the root of a file system or drive.
pub(super) fn is_absolute(path: &str) -> bool {
    let drive = |bytes: &[u8]| bytes[0].is_ascii_alphabetic() && bytes[1..] == *b":/";
    path.starts_with('/') || path.as_bytes().get(..3).is_some_and(drive)
}

/// `/` as separator; `.`, empty parts and, where a folder stands before it, `..` are resolved by
/// the letter, since the files need not exist here.
pub(super) fn normalize(path: &str) -> String {
    let path = path
        .strip_prefix(r"\\?\")
        .unwrap_or(path)
        .replace('\\', "/");
    let root = if path.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if !root.is_empty() => {}
            _ => parts.push(part),
        }
    }
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_inside_the_workspace_become_relative() {
        let base = PathBase::new(Path::new("/nowhere/work"));
        for (path, expected) in [
            ("/nowhere/work/shop/cart.py", "shop/cart.py"),
            ("/nowhere/work/./shop/../cart.py", "cart.py"),
            ("/nowhere/workshop/cart.py", "/nowhere/workshop/cart.py"),
            ("/nowhere/work/../secret", "/nowhere/secret"),
            ("shop\\cart.py", "shop/cart.py"),
            ("./shop/cart.py", "shop/cart.py"),
            ("../shop/cart.py", "../shop/cart.py"),
            ("/usr/lib/x.py", "/usr/lib/x.py"),
            ("sh\u{1b}[31mop.py", "shop.py"),
        ] {
            assert_eq!(base.relative(path), expected, "{path}");
        }
        assert_eq!(PathBase::default().relative("/a/b"), "/a/b");
        let inner = base.in_folder(Path::new("/nowhere/work/examples/shop"));
        assert_eq!(inner.relative("src/cart.py"), "examples/shop/src/cart.py");
        assert_eq!(inner.relative("../cart.py"), "examples/cart.py");
        assert_eq!(inner.relative("/nowhere/work/a.py"), "a.py");
    }

    #[test]
    fn windows_paths_are_understood_everywhere() {
        let base = PathBase {
            folder: String::new(),
            roots: vec![normalize(r"\\?\C:\work")],
        };
        assert_eq!(base.relative(r"C:\work\shop\cart.py"), "shop/cart.py");
        assert_eq!(base.relative("C:/work/shop/cart.py"), "shop/cart.py");
    }

    #[cfg(unix)]
    #[test]
    fn a_workspace_behind_a_symbolic_link_has_both_names() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        let link = folder.path().join("link");
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let base = PathBase::new(&link);
        for root in [real.canonicalize().unwrap(), link] {
            assert_eq!(base.relative(&root.join("a.py").to_string_lossy()), "a.py");
        }
    }
}
