//! A runner of GitHub Actions as far as `scripts/install.sh` sees one: a checkout of the action, a tool
//! cache, and only the programs that the script may rely on.

use super::server::{Answer, FileServer};
use crate::support::{Ran, finish};
use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The programs that every runner has.
const PROGRAMS: [&str; 20] = [
    "bash",
    "chmod",
    "cmp",
    "curl",
    "cut",
    "dirname",
    "find",
    "git",
    "gzip",
    "mkdir",
    "mktemp",
    "mv",
    "rm",
    "sed",
    "sha256sum",
    "sleep",
    "sort",
    "tar",
    "tr",
    "xargs",
];

/// What the installed program says.
pub(super) const PROGRAM: &str = "#!/bin/sh\necho spec2prod 1.2.3\n";

/// Stands in for cargo: says how it was called, and "builds" [`PROGRAM`].
const CARGO: &str = r#"#!/bin/sh
[ "$SPEC2PROD_ATTESTATION_TOKEN$GH_TOKEN" = "" ] || echo "cargo has the token" >&2
[ "$RUSTFLAGS" = "" ] || echo "cargo has flags" >&2
echo "cargo $*"
while [ $# -gt 0 ]; do
    [ "$1" = --root ] && root=$2
    shift
done
mkdir -p "$root/bin"
for name in spec2prod spec2prod.exe; do
    printf '#!/bin/sh\necho spec2prod 1.2.3\n' > "$root/bin/$name"
    chmod +x "$root/bin/$name"
done
"#;

pub(super) struct Runner {
    folder: tempfile::TempDir,
    pub(super) server: FileServer,
    variables: Vec<(String, String)>,
}

/// What the script left.
pub(super) struct Installed {
    pub(super) ran: Ran,
    /// `GITHUB_OUTPUT`.
    pub(super) outputs: String,
}

impl Runner {
    /// Linux on x86-64 with the action's checkout, whose sources were not released.
    pub(super) fn new() -> Self {
        let runner = Self {
            folder: tempfile::tempdir().unwrap(),
            server: FileServer::start(),
            variables: Vec::new(),
        };
        for (file, text) in [
            (
                "Cargo.toml",
                "[package]\nname = \"spec2prod\"\nversion = \"1.2.3\"\n[dependencies]\na = { version = \"9\" }\n",
            ),
            ("Cargo.lock", "version = 4\n"),
            ("build.rs", "fn main() {}\n"),
            ("rust-toolchain.toml", "[toolchain]\n"),
            (".cargo/config.toml", "[build]\n"),
            ("schemas/a.json", "{}\n"),
            ("src/main.rs", "fn main() {}\n"),
            ("templates/a.html", "<p>\n"),
        ] {
            runner.write(file, text);
        }
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
        for script in ["install.sh", "sources.sh", "checksums"] {
            runner.write(
                &format!("scripts/{script}"),
                fs::read_to_string(scripts.join(script)).unwrap(),
            );
        }
        let programs = runner.folder.path().join("bin");
        fs::create_dir(&programs).unwrap();
        let path = std::env::var_os("PATH").unwrap();
        for program in PROGRAMS {
            let mut places = std::env::split_paths(&path).map(|folder| folder.join(program));
            let place = places.find(|file| file.is_file());
            let place = place.unwrap_or_else(|| panic!("{program} is not installed"));
            symlink(place, programs.join(program)).unwrap();
        }
        runner
            .variable("RUNNER_OS", "Linux")
            .variable("RUNNER_ARCH", "X64")
            .with_cache("cache")
    }

    /// The same with a tool cache in this folder.
    pub(super) fn with_cache(self, name: &str) -> Self {
        let folder = self.folder.path().join(name);
        let folder = folder.to_str().unwrap().to_owned();
        self.variable("RUNNER_TOOL_CACHE", &folder)
    }

    /// The same with a variable.
    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with a program, which is a script.
    pub(super) fn with_program(self, name: &str, script: &str) -> Self {
        let file = self.folder.path().join("bin").join(name);
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// The same with a cargo.
    pub(super) fn with_cargo(self) -> Self {
        self.with_program("cargo", CARGO)
    }

    /// The same with a release of these sources: the server has it, checksums.txt names it.
    pub(super) fn with_release(self, asset: &str, program: &str) -> Self {
        let staged = tempfile::tempdir().unwrap();
        fs::write(staged.path().join(program), PROGRAM).unwrap();
        fs::write(staged.path().join("LICENSE-MIT"), "MIT\n").unwrap();
        let bytes = archive(staged.path(), &[program, "LICENSE-MIT"]);
        self.with_released(asset, bytes)
    }

    /// The same with an archive of any content as the release.
    pub(super) fn with_released(self, asset: &str, bytes: Vec<u8>) -> Self {
        self.write(&format!("dist/{asset}"), &bytes);
        let listed = self
            .script("checksums", &["dist"])
            .current_dir(self.action())
            .spawn();
        let listed = finish(listed.unwrap()).expect_status(0);
        self.write("checksums.txt", listed.stdout);
        self.server.put(asset, Answer::Whole(bytes));
        let address = self.server.address().to_owned();
        self.variable("SPEC2PROD_MIRROR", &address)
    }

    /// Where the runner unpacked the action.
    pub(super) fn action(&self) -> PathBuf {
        self.folder.path().join("_actions/octo/spec2prod/0123abc")
    }

    /// Writes a file of the action.
    pub(super) fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let file = self.action().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    /// Every file below the runner's folder that has this name.
    pub(super) fn files_named(&self, name: &str) -> Vec<PathBuf> {
        let mut unread = vec![self.folder.path().to_owned()];
        let mut found = Vec::new();
        while let Some(folder) = unread.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.is_symlink() {
                    unread.push(path);
                } else if path.file_name().unwrap() == name {
                    found.push(path);
                }
            }
        }
        found
    }

    fn script(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("bash");
        command
            .arg(self.action().join("scripts").join(name))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", self.folder.path().join("bin"))
            .env("HOME", self.folder.path())
            .env("RUSTFLAGS", "-Dwarnings")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }

    /// Runs `install.sh`.
    pub(super) fn run(&self, subcommand: &str) -> Installed {
        let outputs = self.folder.path().join("outputs");
        fs::write(&outputs, "").unwrap();
        let mut command = self.script("install.sh", &[subcommand]);
        command.env("GITHUB_OUTPUT", &outputs);
        Installed {
            ran: finish(command.spawn().unwrap()),
            outputs: fs::read_to_string(outputs).unwrap(),
        }
    }

    /// Installs as the steps of the action do: what was released or built, else it is built.
    pub(super) fn steps(&self) -> Installed {
        let first = self.run("install");
        if first.ran.status != Some(0) || first.outputs.starts_with("binary=") {
            return first;
        }
        assert!(first.outputs.contains("\nkey=spec2prod-1.2.3-"));
        let mut second = self.run("build");
        second.ran.stdout.insert_str(0, &first.ran.stdout);
        second
    }

    /// Installs, which must succeed, and gives what was said.
    #[track_caller]
    pub(super) fn install(&self) -> String {
        let Installed { ran, outputs } = self.steps();
        let ran = ran.expect_status(0);
        assert!(!ran.stderr.contains("cargo has"), "{}", ran.stderr);
        let binary = Path::new(outputs.trim_end().strip_prefix("binary=").unwrap());
        let said = Command::new(binary).arg("--version").output().unwrap();
        assert_eq!(String::from_utf8_lossy(&said.stdout), "spec2prod 1.2.3\n");
        let ready = "spec2prod 1.2.3 is ready after ";
        assert!(ran.stdout.contains(ready), "{}", ran.stdout);
        for entry in binary.parent().unwrap().read_dir().unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.starts_with('.'), "{name} was left behind");
        }
        ran.stdout
    }

    /// Tries to install, which must be refused, and gives what was said.
    #[track_caller]
    pub(super) fn refuse(&self) -> String {
        let Installed { ran, outputs } = self.steps();
        let ran = ran.expect_status(3);
        assert_eq!(outputs, "");
        assert_eq!(self.files_named("spec2prod"), Vec::<PathBuf>::new());
        let errors = ran.stderr.lines().filter(|line| line.starts_with("::"));
        let errors: Vec<&str> = errors.collect();
        let [error] = errors[..] else {
            panic!("{errors:#?}\n{}", ran.stderr)
        };
        let message = error.strip_prefix("::error title=spec2prod was not installed::");
        message.unwrap().to_owned()
    }
}

/// Packs files of a folder, as tar names them.
pub(super) fn archive(folder: &Path, names: &[&str]) -> Vec<u8> {
    let packed = Command::new("tar")
        .args([
            "-czf",
            "-",
            "--absolute-names",
            "--transform",
            "s,^UP/,../,",
        ])
        .args(names)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(packed.status.success(), "{packed:?}");
    packed.stdout
}
