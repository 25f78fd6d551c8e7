//! Where the configuration is looked for, and files that are none.

use crate::config::{ConfigError, load, show};
use std::{fs, path::Path};
use tempfile::TempDir;

fn workspace(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn refused(files: &[(&str, &[u8])]) -> ConfigError {
    load(workspace(files).path(), None).unwrap_err()
}

#[test]
fn without_a_file_the_defaults_are_loaded() {
    let policy = load(workspace(&[]).path(), None).unwrap();
    assert_eq!(policy.file, None);
    assert!(
        show(&policy)
            .lines()
            .all(|line| !line.contains("workflow_config"))
    );
}

#[test]
fn both_endings_are_found_and_the_first_wins() {
    let yaml: (&str, &[u8]) = ("workflow_config.yaml", b"execution: {max_parallel: 1}");
    let yml: (&str, &[u8]) = ("workflow_config.yml", b"execution: {max_parallel: 2}");
    let policy = load(workspace(&[yml]).path(), None).unwrap();
    assert_eq!(policy.max_parallel, Some(2));
    assert_eq!(
        policy.file.as_deref(),
        Some(Path::new("workflow_config.yml"))
    );
    assert!(policy.warnings.is_empty());
    let policy = load(workspace(&[yaml, yml]).path(), None).unwrap();
    assert_eq!(policy.max_parallel, Some(1));
    assert_eq!(
        policy.warnings[0].message,
        "workflow_config.yml is not read, because there is workflow_config.yaml"
    );
}

#[test]
fn a_named_file_must_exist_and_is_the_only_one_that_is_read() {
    let folder = workspace(&[
        ("workflow_config.yaml", b"not: valid"),
        ("other.yaml", b"execution: {max_parallel: 7}"),
    ]);
    let policy = load(folder.path(), Some(Path::new("other.yaml"))).unwrap();
    assert_eq!(policy.max_parallel, Some(7));
    assert_eq!(policy.file.as_deref(), Some(Path::new("other.yaml")));
    let absolute = folder.path().join("other.yaml");
    let policy = load(folder.path(), Some(&absolute)).unwrap();
    assert_eq!(policy.file.as_deref(), Some(Path::new("other.yaml")));
    let error = load(folder.path(), Some(Path::new("absent.yaml"))).unwrap_err();
    insta::assert_snapshot!(error, @"error: absent.yaml: the configuration file does not exist");
    let error = load(folder.path(), Some(Path::new("."))).unwrap_err();
    assert!(error.to_string().contains("is not a file"), "{error}");
}

#[test]
fn what_is_no_text_is_refused() {
    insta::assert_snapshot!(refused(&[("workflow_config.yaml", b"stages: {}\n# caf\xe9\n")]), @r"
    error: the text is not UTF-8 here
     --> workflow_config.yaml:2:6
      |
    2 | # caf�
      |      ^
      |
      = help: save the file as UTF-8
    ");
    insta::assert_snapshot!(refused(&[("workflow_config.yaml", b"\x7fELF\x02\x00\x00")]), @"error: workflow_config.yaml: is not text: it has NUL bytes");
    let long = vec![b'#'; 1024 * 1024 + 1];
    insta::assert_snapshot!(refused(&[("workflow_config.yaml", &long)]), @"error: workflow_config.yaml: is longer than 1 MiB, which is the most that is read");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_outside_is_refused() {
    let outside = workspace(&[("secret", b"password: x")]);
    let folder = workspace(&[("inside.yaml", b"execution: {max_parallel: 2}")]);
    let link = folder.path().join("workflow_config.yaml");
    std::os::unix::fs::symlink(outside.path().join("secret"), &link).unwrap();
    let error = load(folder.path(), None).unwrap_err();
    insta::assert_snapshot!(error, @"error: workflow_config.yaml: is a link that leads outside of the workspace");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("inside.yaml", &link).unwrap();
    assert_eq!(load(folder.path(), None).unwrap().max_parallel, Some(2));
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    let error = load(folder.path(), None).unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
}
