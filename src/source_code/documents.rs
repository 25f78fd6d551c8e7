//! Whether a component has a README and a usage example, and where both were looked for.

use super::{files, markup};
use crate::model::{Component, DocumentFacts, Specification};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The names of a README in lower case, the preferred first.
const README_NAMES: [&str; 4] = ["readme.md", "readme.rst", "readme.txt", "readme"];

/// Folders of a repository that hold no component, where sources are not in `src`.
const OTHER_FOLDERS: [&str; 5] = ["tests", "test", "docs", "examples", "scripts"];

/// What a component has besides its code.
///
/// The README is the one in the component's folder, else that of the project which the component is
/// in when the project has a folder of its own in the repository, else `docs/<component>.md`, else
/// `docs/<component>/README.*`, else the repository's when the repository is about this component
/// alone. The usage example is a code block of the README, preferably under a heading that speaks
/// of usage; else that of the specification; else a file or folder `examples/<component>*`.
///
/// A file that is blank, not UTF-8, too large or outside the workspace is not there.
#[must_use]
pub fn documents(
    workspace: &Path,
    component: &Component,
    spec: Option<&Specification>,
) -> DocumentFacts {
    let mut looked_in = Vec::new();
    let readme = readme(workspace, component, &mut looked_in);
    let in_readme = readme.as_ref().and_then(|readme| {
        let is_markdown = readme.name.to_lowercase().ends_with(".md");
        let line = if is_markdown {
            markup::example_in_markdown(&readme.text)
        } else {
            markup::example_in_text(&readme.text)
        };
        line.map(|line| format!("{}:{line}", readme.name))
    });
    let usage_example = in_readme
        .or_else(|| {
            let spec = spec?;
            looked_in.push(spec.file.clone());
            let at = spec.usage_example?;
            Some(format!("{}:{}", spec.file, at.line))
        })
        .or_else(|| {
            looked_in.push(format!("examples/{}*", component.name));
            example_file(workspace, component.name.as_str())
        });
    DocumentFacts {
        readme: readme.map(|readme| readme.name),
        usage_example,
        looked_in,
    }
}

struct Readme {
    name: String,
    text: String,
}

fn readme(workspace: &Path, component: &Component, looked_in: &mut Vec<String>) -> Option<Readme> {
    let mut in_folder = |folder: &Path| {
        looked_in.push(files::shown(Path::new(""), &folder.join("README.*")));
        readme_in(workspace, folder)
    };
    let path = normal(&component.path);
    // The folder of a component that is a single file belongs to others too.
    let own = if workspace.join(&path).is_dir() {
        in_folder(&path)
    } else {
        None
    };
    own.or_else(|| {
        let folder = project_folder(workspace, &path)?;
        in_folder(&folder)
    })
    .or_else(|| {
        let name = format!("docs/{}.md", component.name);
        let found = text(workspace, Path::new(&name)).map(|text| Readme {
            name: name.clone(),
            text,
        });
        looked_in.push(name);
        found
    })
    .or_else(|| {
        let folder = Path::new("docs").join(component.name.as_str());
        looked_in.push(files::shown(Path::new(""), &folder.join("README.*")));
        readme_in(workspace, &folder)
    })
    .or_else(|| {
        if path.as_os_str().is_empty() || !is_only_component(workspace, &path) {
            return None;
        }
        looked_in.push("README.*".to_owned());
        readme_in(workspace, Path::new(""))
    })
}

/// Files that make a folder a project.
const PROJECT_FILES: [&str; 4] = ["pyproject.toml", "setup.py", "Cargo.toml", "package.json"];

/// The nearest folder between the component and the workspace that is a project; not the workspace,
/// which may hold many components.
fn project_folder(workspace: &Path, path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .skip(1)
        .filter(|folder| !folder.as_os_str().is_empty())
        .find(|folder| {
            PROJECT_FILES
                .iter()
                .any(|file| workspace.join(folder).join(file).is_file())
        })
        .map(Path::to_path_buf)
}

/// The path without `.` and a trailing `/`.
fn normal(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| *part != std::path::Component::CurDir)
        .collect()
}

/// The README of a folder of the workspace, whatever the case of its name.
fn readme_in(workspace: &Path, folder: &Path) -> Option<Readme> {
    let names = entries(&workspace.join(folder));
    README_NAMES.iter().find_map(|wanted| {
        let name = names.iter().find(|name| name.to_lowercase() == *wanted)?;
        let path = folder.join(name);
        Some(Readme {
            text: text(workspace, &path)?,
            name: files::shown(Path::new(""), &path),
        })
    })
}

/// The text of a file of the workspace, unless it is blank.
fn text(workspace: &Path, path: &Path) -> Option<String> {
    let place = files::resolve(workspace, path).ok()?;
    let text = place.is_file().then(|| files::read(&place).ok())??;
    (!text.trim().is_empty()).then_some(text)
}

/// The names in a folder in order; none when it cannot be listed.
fn entries(folder: &Path) -> Vec<String> {
    let Ok(listing) = folder.read_dir() else {
        return Vec::new();
    };
    let mut names: Vec<String> = listing
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// Whether the repository has no component but the one at `path`.
fn is_only_component(workspace: &Path, path: &Path) -> bool {
    let src = Path::new("src");
    if path == src {
        return true;
    }
    let has_src = workspace.join(src).is_dir();
    let folder = if has_src { src } else { Path::new("") };
    let is_package = |name: &String| {
        let place = workspace.join(folder).join(name);
        let is_hidden = name.starts_with('.') || name.starts_with("__");
        let is_generated = name.ends_with(".egg-info") || name.ends_with(".dist-info");
        let is_other = !has_src
            && (OTHER_FOLDERS.contains(&name.as_str()) || !place.join("__init__.py").is_file());
        let is_source_file = has_src && name.ends_with(".py");
        (is_source_file || place.is_dir()) && !is_hidden && !is_generated && !is_other
    };
    let packages: Vec<String> = entries(&workspace.join(folder))
        .into_iter()
        .filter(is_package)
        .collect();
    match packages.as_slice() {
        [only] => path == folder.join(only),
        _ => false,
    }
}

/// A file `examples/<component>*`, or the first file of such a folder.
fn example_file(workspace: &Path, component: &str) -> Option<String> {
    let examples = Path::new("examples");
    entries(&workspace.join(examples)).iter().find_map(|name| {
        let rest = name.strip_prefix(component)?;
        // `examples/calculator.py` is no example of `calc`.
        if rest.starts_with(char::is_alphanumeric) {
            return None;
        }
        let found =
            files::files_below(workspace, &examples.join(name), "", &BTreeSet::new()).ok()?;
        found.into_iter().find_map(|file| {
            let text = files::read(&file.path).ok()?;
            (!text.trim().is_empty()).then(|| format!("{}:1", file.shown))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Position;
    use std::fs;
    use tempfile::TempDir;

    const EXAMPLE: &str = "# Calculator\n\n## Usage\n\n```python\nadd(1, 2)\n```\n";

    fn workspace(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn component(path: &str) -> Component {
        Component {
            name: "calculator".parse().unwrap(),
            path: path.into(),
            tests: Vec::new(),
            spec: None,
            toolchain: "python".to_owned(),
        }
    }

    /// README and usage example of the component at `path`.
    fn found(path: &str, files: &[(&str, &str)]) -> (Option<String>, Option<String>) {
        let workspace = workspace(files);
        let facts = documents(workspace.path(), &component(path), None);
        (facts.readme, facts.usage_example)
    }

    fn both(readme: &str, example: &str) -> (Option<String>, Option<String>) {
        (Some(readme.to_owned()), Some(example.to_owned()))
    }

    #[test]
    fn the_nearest_readme_counts() {
        let core = ("src/calculator/core.py", "");
        let other = ("src/other/core.py", "");
        let own = ("src/calculator/ReadMe.MD", EXAMPLE);
        let in_docs = ("docs/calculator.md", EXAMPLE);
        let in_docs_folder = ("docs/calculator/README.rst", "T\n==\n\n>>> add(1, 2)\n3\n");
        let of_all = ("README.md", EXAMPLE);
        let path = "src/calculator/";
        assert_eq!(
            found(path, &[core, own, in_docs, of_all]),
            both("src/calculator/ReadMe.MD", "src/calculator/ReadMe.MD:5")
        );
        assert_eq!(
            found(path, &[core, in_docs, in_docs_folder, of_all]),
            both("docs/calculator.md", "docs/calculator.md:5")
        );
        assert_eq!(
            found(path, &[core, in_docs_folder, of_all]),
            both("docs/calculator/README.rst", "docs/calculator/README.rst:4")
        );
        assert_eq!(
            found(path, &[core, of_all]),
            both("README.md", "README.md:5")
        );
        assert_eq!(found(path, &[core, other, of_all]), (None, None));
        assert_eq!(
            found("src", &[core, other, of_all]),
            both("README.md", "README.md:5")
        );
        assert_eq!(
            found(".", &[core, other, of_all]),
            both("README.md", "README.md:5")
        );
    }

    #[test]
    fn a_repository_without_src_is_about_its_only_package() {
        let core = ("calculator/__init__.py", "");
        let tests = ("tests/__init__.py", "");
        let data = ("data/numbers.csv", "1");
        let other = ("other/__init__.py", "");
        let readme = ("README.md", EXAMPLE);
        let expected = both("README.md", "README.md:5");
        assert_eq!(found("calculator", &[core, tests, data, readme]), expected);
        assert_eq!(
            found("calculator", &[core, tests, other, readme]),
            (None, None)
        );
        assert_eq!(found("data", &[core, data, readme]), (None, None));
    }

    #[test]
    fn a_single_file_in_src_is_a_component() {
        let file = ("src/calculator.py", "");
        let readme = ("README", "Calculator\n==========\n\nSay::\n\n  add(1, 2)\n");
        let in_src = ("src/README.md", EXAMPLE);
        assert_eq!(
            found("src/calculator.py", &[file, readme, in_src]),
            both("README", "README:4")
        );
        let other = ("src/other.py", "");
        assert_eq!(
            found("src/calculator.py", &[file, other, readme]),
            (None, None)
        );
    }

    #[test]
    fn a_blank_or_unreadable_readme_is_none() {
        let core = ("src/calculator/core.py", "");
        let blank = ("src/calculator/README.md", " \n\n");
        assert_eq!(found("src/calculator", &[core, blank]), (None, None));
        let rst = ("src/calculator/README.rst", "Calculator.\n");
        assert_eq!(
            found("src/calculator", &[core, blank, rst]),
            (Some("src/calculator/README.rst".to_owned()), None)
        );
        let workspace = workspace(&[core]);
        let folder = workspace.path().join("src/calculator");
        fs::write(folder.join("README.txt"), b"\xff\xfe").unwrap();
        fs::create_dir(folder.join("README.md")).unwrap();
        let facts = documents(workspace.path(), &component("src/calculator"), None);
        assert_eq!(facts.readme, None);
    }

    #[test]
    fn the_example_may_stand_elsewhere() {
        let core = ("src/calculator/core.py", "");
        let readme = ("src/calculator/README.md", "# Calculator\n");
        let near = ("examples/calculators/a.py", "add(1, 2)");
        let of_another = ("examples/calculator2.py", "add(1, 2)");
        let blank = ("examples/calculator.py", "\n");
        let folder = ("examples/calculator_demo/b.py", "add(1, 2)");
        let files = [core, readme, near, of_another, blank];
        assert_eq!(found("src/calculator", &files).1, None);
        let files = [core, readme, near, of_another, blank, folder];
        assert_eq!(
            found("src/calculator", &files),
            both(
                "src/calculator/README.md",
                "examples/calculator_demo/b.py:1"
            )
        );

        let workspace = workspace(&files);
        let mut spec = Specification {
            file: "specs/calculator.md".to_owned(),
            usage_example: Some(Position {
                line: 40,
                column: 1,
            }),
            ..Specification::default()
        };
        let component = component("src/calculator");
        let facts = documents(workspace.path(), &component, Some(&spec));
        assert_eq!(
            facts.usage_example.as_deref(),
            Some("specs/calculator.md:40")
        );
        spec.usage_example = None;
        let facts = documents(workspace.path(), &component, Some(&spec));
        assert_eq!(
            facts.usage_example.as_deref(),
            Some("examples/calculator_demo/b.py:1")
        );
        assert_eq!(
            facts.looked_in,
            [
                "src/calculator/README.*",
                "specs/calculator.md",
                "examples/calculator*"
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_workspace_is_no_readme() {
        let outside = workspace(&[("README.md", EXAMPLE)]);
        let inside = workspace(&[("src/calculator/core.py", "")]);
        let link = inside.path().join("src/calculator/README.md");
        std::os::unix::fs::symlink(outside.path().join("README.md"), link).unwrap();
        let facts = documents(inside.path(), &component("src/calculator"), None);
        assert_eq!((facts.readme, facts.usage_example), (None, None));
    }
}
