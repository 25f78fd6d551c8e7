//! What is never installed, and what is said then.

use super::{
    install::{LINUX, with_release},
    runner::{PROGRAM, Runner, archive},
    server::Answer,
};
use std::{fs, os::unix::fs::symlink, path::PathBuf};

#[test]
fn a_wrong_checksum_is_refused_and_nothing_is_built_instead() {
    let runner = with_release().with_cargo();
    runner
        .server
        .put(LINUX, Answer::Whole(b"something else".to_vec()));
    let message = runner.refuse();
    assert!(
        message.contains("but checksums.txt of the action says "),
        "{message}"
    );
    assert!(message.contains("correct the mirror"), "{message}");
}

#[test]
fn a_file_that_ends_early_is_refused() {
    let runner = with_release().with_cargo();
    let bytes = fs::read(runner.action().join("dist").join(LINUX)).unwrap();
    runner.server.put(LINUX, Answer::CutShort(bytes));
    let message = runner.refuse();
    assert!(
        message.contains("could not be downloaded (curl 18"),
        "{message}"
    );
    assert_eq!(runner.server.requests().len(), 3);
}

#[test]
fn a_refused_download_is_not_repeated() {
    let runner = with_release().with_cargo();
    runner.server.put(LINUX, Answer::Status(403));
    let message = runner.refuse();
    assert!(message.contains("(curl 22, HTTP 403)"), "{message}");
    assert_eq!(runner.server.requests().len(), 1);
}

#[test]
fn without_cargo_it_is_said_what_to_do() {
    let message = Runner::new().variable("RUNNER_ARCH", "RISCV").refuse();
    insta::assert_snapshot!(message, @"there is no release of this commit for Linux RISCV, and cargo is not there to build it: install Rust in a step before this one (https://rustup.rs), or use a commit of the action that has a release for this runner");
    let runner = with_release();
    runner.server.put(LINUX, Answer::Status(404));
    let message = runner.refuse();
    assert!(message.contains("and cargo is not there"), "{message}");
}

#[test]
fn other_addresses_than_https_are_refused() {
    for address in [
        "http://files.example.com",
        "http://127.0.0.1:80@files.example.com",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "file:///tmp",
        "$(touch hacked)",
        "-o/tmp/x",
    ] {
        let runner = with_release().variable("SPEC2PROD_MIRROR", address);
        let message = runner.refuse();
        assert!(
            message.contains("is neither https nor on http://127.0.0.1"),
            "{message}"
        );
        assert_eq!(runner.files_named("hacked"), Vec::<PathBuf>::new());
    }
}

#[test]
fn an_archive_with_other_files_is_not_unpacked() {
    let staged = tempfile::tempdir().unwrap();
    let outside = staged.path().join("outside");
    fs::create_dir(staged.path().join("UP")).unwrap();
    for file in ["spec2prod", "UP/evil", "outside", "##[error]evil"] {
        fs::write(staged.path().join(file), PROGRAM).unwrap();
    }
    for (names, shown) in [
        (&["spec2prod", "UP/evil"][..], "\"../evil\""),
        (&["spec2prod", outside.to_str().unwrap()], "outside\""),
        (&["spec2prod", "##[error]evil"], "\"## [error]evil\""),
        (&["UP"], "\"UP/\""),
    ] {
        let bytes = archive(staged.path(), names);
        let runner = Runner::new().with_cargo().with_released(LINUX, bytes);
        let message = runner.refuse();
        assert!(message.contains(shown), "{message}");
        assert!(message.contains("nothing of it was unpacked"), "{message}");
        assert_eq!(runner.files_named("evil"), Vec::<PathBuf>::new());
    }
}

#[test]
fn a_program_that_is_none_is_refused() {
    let staged = tempfile::tempdir().unwrap();
    symlink("/bin/true", staged.path().join("spec2prod")).unwrap();
    let message = refused(archive(staged.path(), &["spec2prod"]));
    assert!(message.contains("is no file"), "{message}");

    fs::remove_file(staged.path().join("spec2prod")).unwrap();
    fs::write(
        staged.path().join("spec2prod"),
        "#!/bin/sh\necho spec2prod 9\n",
    )
    .unwrap();
    let message = refused(archive(staged.path(), &["spec2prod"]));
    assert!(
        message.contains("does not run on this runner as version 1.2.3"),
        "{message}"
    );

    let message = refused(b"no archive".to_vec());
    assert!(
        message.contains("is no archive that can be read"),
        "{message}"
    );
}

/// What is said of an archive that is the release.
fn refused(bytes: Vec<u8>) -> String {
    Runner::new()
        .with_cargo()
        .with_released(LINUX, bytes)
        .refuse()
}

#[test]
fn an_attestation_that_is_not_there_is_refused() {
    let gh =
        "#!/bin/sh\n[ \"$2\" = --help ] && exit 0\necho 'no attestation ##[error]' >&2\nexit 1\n";
    let message = with_release()
        .with_cargo()
        .with_program("gh", gh)
        .variable("SPEC2PROD_ATTESTATION_TOKEN", "secret")
        .refuse();
    assert!(
        message.contains("could not be verified: no attestation ## [error]."),
        "{message}"
    );
}

#[test]
fn a_list_of_checksums_that_is_broken_is_refused() {
    let runner = with_release().with_cargo();
    let list = fs::read_to_string(runner.action().join("checksums.txt")).unwrap();
    let broken = list.replace("  spec2prod-", "0  spec2prod-");
    runner.write("checksums.txt", broken);
    let message = runner.refuse();
    assert!(
        message.contains("is no SHA-256 for spec2prod-1.2.3-"),
        "{message}"
    );
}
