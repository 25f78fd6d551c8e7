//! Files that can and cannot be read.

use crate::spec::{MAX_SPEC_BYTES, read};
use std::{fs, path::Path};

fn refusal(content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.md"), content).unwrap();
    read(folder.path(), Path::new("a.md"))
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_no_specification_is_refused_with_the_reason() {
    let large = vec![b'x'; 1 + usize::try_from(MAX_SPEC_BYTES).unwrap()];
    let deep_list: String = (0..60)
        .map(|depth| format!("{}- a\n", " ".repeat(2 * depth)))
        .collect();
    let contents: [&[u8]; 10] = [
        b"",
        b"\xef\xbb\xbf \n\t\n",
        b"# Title\n\0",
        b"# Title\n\nCaf\xe9\n",
        &large,
        b"---\ncomponent: a\ncomponent: b\n---\n# Title\n",
        b"---\ncomponent: [a\n---\n# Title\n",
        b"---\ncomponent: a\n\n# Title\n",
        &[b"# Title\n\n".as_slice(), &[b'>'; 51]].concat(),
        deep_list.as_bytes(),
    ];
    insta::assert_snapshot!(contents.map(refusal).join("\n"), @r#"
    specification a.md is empty; expected at least a title, an overview and a requirement
    specification a.md is empty; expected at least a title, an overview and a requirement
    specification a.md is binary: byte 8 is NUL; expected Markdown text
    specification a.md is not UTF-8 at byte 12, line 3; save it with that encoding
    specification a.md has 1048577 bytes; at most 1048576 are read, so split it or move attachments into other files
    front matter of specification a.md: line 3, column 1: the key `component` is already there in this mapping; remove one of the two
    front matter of specification a.md: line 2, column 12: unclosed bracket '['
    front matter of specification a.md: line 1, column 1: it never ends; close it with a line of `---`
    specification a.md has lists or quotes nested more than 50 levels deep at line 3; flatten them
    specification a.md has lists or quotes nested more than 50 levels deep at line 51; flatten them
    "#);
}

#[test]
fn what_is_no_file_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("specs")).unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    let refusal = |file: &str| {
        let error = read(folder.path(), Path::new(file)).unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}; {cause:?}")
    };
    let refusals = ["specs/none.md", "specs", "file/a.md"]
        .map(refusal)
        .join("\n");
    insta::assert_snapshot!(refusals, @r#"
    specification specs/none.md does not exist; write it, or name another file; None
    specification specs is a folder; expected a Markdown file; None
    specification file/a.md cannot be read; Some("Not a directory (os error 20)")
    "#);
}

#[cfg(unix)]
#[test]
fn a_file_of_another_kind_is_not_waited_for() {
    let error = read(Path::new("/"), Path::new("dev/null")).unwrap_err();
    insta::assert_snapshot!(error, @r#"specification dev/null is not a regular file; expected a Markdown file"#);
}

#[test]
fn the_file_is_named_relative_to_the_workspace() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("specs")).unwrap();
    fs::write(folder.path().join("specs/a.md"), "# A\n").unwrap();
    for file in [folder.path().join("specs/a.md"), "specs/a.md".into()] {
        assert_eq!(read(folder.path(), &file).unwrap().file, "specs/a.md");
    }
}

#[test]
fn a_file_of_the_largest_size_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "# Title\n".to_owned();
    text.push_str(&" ".repeat(usize::try_from(MAX_SPEC_BYTES).unwrap() - text.len()));
    fs::write(folder.path().join("a.md"), text).unwrap();
    let spec = read(folder.path(), Path::new("a.md")).unwrap();
    assert_eq!(spec.title.as_deref(), Some("Title"));
}
