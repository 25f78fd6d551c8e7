//! The one door for what is written at a path that the configuration names, or a default: links, which
//! a commit may bring along, must not lead it anywhere else.

use std::{
    io,
    path::{Path, PathBuf},
};

/// How many links that lead to nothing are followed, one after another.
const MAX_LINKS: usize = 40;

/// `path` below `folder`, which need not be there yet, once it is clear that all links on the way and
/// at its end stay in the folder.
///
/// # Errors
/// When it leads outside of the folder, or when it cannot be said where it leads.
pub(crate) fn inside(folder: &Path, path: &Path) -> io::Result<PathBuf> {
    let path = folder.join(path);
    let (folder, end) = (real(folder, MAX_LINKS)?, real(&path, MAX_LINKS)?);
    if end.starts_with(&folder) {
        return Ok(path);
    }
    Err(io::Error::other(format!(
        "it leads to {}, outside of {}, and nothing is written there; remove the link, or name another \
         path",
        end.display(),
        folder.display()
    )))
}

/// Where a path is when every link is followed, also where nothing is there.
fn real(path: &Path, links: usize) -> io::Result<PathBuf> {
    match path.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found,
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::from(io::ErrorKind::NotFound));
    };
    let parent = match parent.as_os_str().is_empty() {
        true => Path::new("."),
        false => parent,
    };
    let parent = real(parent, links)?;
    // What is written at a link to nothing is made where it leads.
    match parent.join(name).read_link() {
        Ok(_) if links == 0 => Err(io::Error::other("too many links follow one another")),
        Ok(to) => real(&parent.join(to), links - 1),
        Err(_) => Ok(parent.join(name)),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use crate::inside::inside;
    use std::{fs, os::unix::fs::symlink, path::Path};

    #[test]
    fn links_may_lead_anywhere_inside_and_nowhere_else() {
        let world = tempfile::tempdir().unwrap();
        let world = world.path().canonicalize().unwrap();
        let (folder, outside) = (world.join("folder"), world.join("outside"));
        fs::create_dir_all(folder.join("a")).unwrap();
        fs::create_dir(&outside).unwrap();
        for (to, name) in [
            ("../outside", "out"),
            ("../outside/new.txt", "dangling"),
            ("dangling", "twice"),
            ("a", "in"),
            ("a/new.txt", "new"),
            ("round", "round"),
            ("../elsewhere", "a/up"),
        ] {
            symlink(to, folder.join(name)).unwrap();
        }
        for path in ["", "b/c/d.txt", "a", "in/x/y", "new", "a/up"] {
            let path = Path::new(path);
            assert_eq!(inside(&folder, path).unwrap(), folder.join(path));
        }
        for path in [
            "out",
            "out/x/y",
            "dangling",
            "twice",
            "..",
            "../folder2",
            "round",
        ] {
            assert!(inside(&folder, Path::new(path)).is_err(), "{path}");
        }
        assert!(inside(&folder, &outside).is_err());
        let error = inside(&folder, Path::new("out/x/y"))
            .unwrap_err()
            .to_string();
        let error = error.replace(world.to_str().unwrap(), "");
        insta::assert_snapshot!(error, @"it leads to /outside/x/y, outside of /folder, and nothing is written there; remove the link, or name another path");
        assert!(inside(&world.join("not/there"), Path::new("x")).is_ok());
    }
}
