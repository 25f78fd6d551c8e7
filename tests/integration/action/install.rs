//! What gets installed: the archive of a release where there is one, else what is built.

use super::{
    runner::{Installed, PROGRAM, Runner},
    server::Answer,
};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

/// The archive for Linux on x86-64.
pub(super) const LINUX: &str = "spec2prod-1.2.3-x86_64-unknown-linux-musl.tar.gz";

pub(super) fn with_release() -> Runner {
    Runner::new().with_release(LINUX, "spec2prod")
}

#[test]
fn a_release_is_downloaded_once_and_held_against_its_checksum() {
    let runner = with_release().with_cargo();
    let said = runner.install();
    assert!(said.contains("the checksum is right"), "{said}");
    assert!(!said.contains("cargo"), "{said}");
    assert_eq!(runner.server.requests(), [format!("/{LINUX}")]);

    let said = runner.install();
    assert!(said.contains("which an earlier job downloaded"), "{said}");
    assert_eq!(runner.server.requests().len(), 1);
}

#[test]
fn a_cached_archive_that_changed_is_downloaded_again() {
    let runner = with_release();
    runner.install();
    for file in runner.files_named(LINUX) {
        if !file.starts_with(runner.action()) {
            fs::write(file, "changed").unwrap();
        }
    }
    runner.install();
    assert_eq!(runner.server.requests().len(), 2);
}

#[test]
fn each_platform_has_its_archive() {
    for (system, processor, triple, program) in [
        ("Linux", "ARM64", "aarch64-unknown-linux-musl", "spec2prod"),
        ("macOS", "X64", "x86_64-apple-darwin", "spec2prod"),
        ("macOS", "ARM64", "aarch64-apple-darwin", "spec2prod"),
        ("Windows", "X64", "x86_64-pc-windows-msvc", "spec2prod.exe"),
    ] {
        let asset = format!("spec2prod-1.2.3-{triple}.tar.gz");
        let runner = Runner::new()
            .variable("RUNNER_OS", system)
            .variable("RUNNER_ARCH", processor)
            .with_release(&asset, program);
        runner.install();
        assert_eq!(runner.server.requests(), [format!("/{asset}")]);
    }
}

#[test]
fn a_path_of_windows_is_understood() {
    let asset = "spec2prod-1.2.3-x86_64-pc-windows-msvc.tar.gz";
    let runner = Runner::new()
        .variable("RUNNER_OS", "Windows")
        .with_release(asset, "spec2prod.exe")
        .with_cache(r"tool\cache");
    let Installed { ran, outputs } = runner.run("install");
    ran.expect_status(0);
    assert!(
        outputs.contains("/tool/cache/spec2prod/spec2prod-1.2.3-"),
        "{outputs}"
    );
    assert!(outputs.ends_with("/spec2prod.exe\n"), "{outputs}");
}

#[test]
fn a_folder_with_blanks_is_used() {
    let runner = with_release().with_cache("tool cache $(x) 'a'");
    runner.install();
}

#[test]
fn without_a_release_it_is_built_once() {
    let runner = Runner::new()
        .with_cargo()
        .variable("SPEC2PROD_ATTESTATION_TOKEN", "secret")
        .variable("ImageOS", "ubuntu24");
    let Installed { ran, outputs } = runner.run("install");
    ran.expect_status(0);
    let (folder, key) = outputs.split_once('\n').unwrap();
    assert!(folder.starts_with("folder=/"), "{outputs}");
    let begin = "key=spec2prod-1.2.3-x86_64-unknown-linux-musl-ubuntu24-built-";
    assert!(key.starts_with(begin), "{outputs}");

    let said = runner.install();
    for part in [
        "no release of this commit for Linux X64",
        "cargo install --locked --quiet --path . --root /",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(runner.server.requests(), Vec::<String>::new());

    let said = runner.install();
    assert!(said.contains("built from these sources before"), "{said}");
    assert!(!said.contains("cargo install"), "{said}");
}

#[test]
fn what_the_cache_restored_is_not_built_again() {
    let runner = Runner::new().with_cargo();
    let outputs = runner.run("install").outputs;
    let folder = outputs.lines().next().unwrap();
    let program = Path::new(folder.strip_prefix("folder=").unwrap()).join("spec2prod");
    fs::write(&program, PROGRAM).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let ran = runner.run("build").ran.expect_status(0);
    assert!(!ran.stdout.contains("cargo install"), "{}", ran.stdout);

    // Built on another system, for libraries that are not here.
    fs::write(&program, "\x7fELF").unwrap();
    let ran = runner.run("build").ran.expect_status(0);
    assert!(ran.stdout.contains("cargo install"), "{}", ran.stdout);
}

#[test]
fn a_release_is_never_used_for_other_sources() {
    let runner = with_release().with_cargo();
    runner.write("src/main.rs", "fn main() { changed() }\n");
    let said = runner.install();
    assert!(said.contains("cargo install"), "{said}");
    assert_eq!(runner.server.requests(), Vec::<String>::new());

    // Each of them is built for itself.
    runner.write("src/main.rs", "fn main() { changed_again() }\n");
    assert!(runner.install().contains("cargo install"));
}

#[test]
fn an_asset_that_is_missing_is_built_instead_and_said() {
    let runner = with_release().with_cargo();
    runner.server.put(LINUX, Answer::Status(404));
    let said = runner.install();
    assert!(
        said.contains(&format!("{LINUX} is not there (HTTP 404)")),
        "{said}"
    );
    assert!(said.contains("cargo install"), "{said}");
    assert_eq!(runner.server.requests().len(), 1);
}

#[test]
fn a_server_that_fails_once_is_asked_again() {
    let runner = with_release();
    let bytes = fs::read(runner.action().join("dist").join(LINUX)).unwrap();
    runner.server.put(LINUX, Answer::AtFirst(503, bytes));
    let said = runner.install();
    assert!(said.contains("attempt 1 to download"), "{said}");
    assert_eq!(runner.server.requests().len(), 2);
}

/// Stands in for gh: says how it was called, and with which token.
const GH: &str =
    "#!/bin/sh\n[ \"$2\" = --help ] && exit 0\necho \"$* $GH_TOKEN $GH_HOST\" >\"$HOME/gh-call\"\n";

#[test]
fn an_attestation_is_verified_where_that_can_be_done() {
    let runner = with_release()
        .with_program("gh", GH)
        .variable("SPEC2PROD_ATTESTATION_TOKEN", "secret");
    let said = runner.install();
    assert!(
        said.contains("its attestation by octo/spec2prod/"),
        "{said}"
    );
    let call = fs::read_to_string(&runner.files_named("gh-call")[0]).unwrap();
    assert!(call.starts_with("attestation verify /"), "{call}");
    assert!(
        call.ends_with(
            "--repo octo/spec2prod --signer-workflow octo/spec2prod/.github/workflows/release.yml \
             secret github.com\n"
        ),
        "{call}"
    );
}

#[test]
fn what_was_not_verified_is_said() {
    let said = with_release().install();
    assert!(
        said.contains("not checked by attestation: there is no gh"),
        "{said}"
    );
    let said = with_release().with_program("gh", GH).install();
    assert!(said.contains("the input `token` is empty"), "{said}");
    let said = with_release()
        .with_program("gh", GH)
        .variable("SPEC2PROD_ATTESTATION_TOKEN", "secret")
        .variable("GITHUB_SERVER_URL", "https://git.example.com")
        .install();
    assert!(said.contains("https://git.example.com has none"), "{said}");
}
