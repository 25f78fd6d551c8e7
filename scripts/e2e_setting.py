"""What `scripts/e2e_action.py` runs the action in: a release, a mirror, a repository, `act`, a GitHub.

All of it lies in one temporary folder outside of this repository, so that no settings of it reach the
judged one. Nothing talks to any other machine.
"""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".spec2prod" / "test-tools" / "bin"
STAND_INS = ROOT / "tests" / "fixtures" / "act"

# The repository and the tokens of the stand-in for GitHub: tests/integration/support/github.
REPOSITORY = "octo/shop"
FULL_TOKEN = "ghs_full"
READ_ONLY_TOKEN = "ghs_read_only"
RUN_ID = "4242"

# The commit of the action that the judged repository pins; any will do.
PINNED = "0123456789abcdef0123456789abcdef01234567"
TRIPLE = "x86_64-unknown-linux-musl"
# The longest that one run of the workflow may take, in seconds.
TIME_LIMIT = 300

# What every runner has. There is no cargo, so that nothing can be built, and no gh, which would look
# for attestations on GitHub.
PROGRAMS = (
    *("bash", "cat", "chmod", "cmp", "cp", "curl", "cut", "dirname", "env", "find", "git", "gzip"),
    *(
        "mkdir",
        "mktemp",
        "mv",
        "rm",
        "sed",
        "sh",
        "sha256sum",
        "sleep",
        "sort",
        "tar",
        "test",
        "tr",
    ),
    *("uname", "xargs"),
)

CONFIGURATION = """\
components:
  example_component:
    path: examples/calculator/src/example_component
    tests: [examples/calculator/tests]
    spec: specs/example_component.md
  letters: { path: letters, tests: [tests_of_letters] }
  parcels: { path: parcels, toolchain: script }
toolchains:
  script:
    type: command
    commands:
      - name: check
        command: [sh, parcels/check.sh, "{report}"]
        evidence: [tests]
        report: { format: junit, path: "{report}" }
      - name: lint
        command: [test, -f, parcels/check.sh]
        evidence: [lint, format]
        report: { format: exit_status }
maturity_workflow:
  development: { required_gates: [test_pass_rate, linting] }
"""
SPECIFICATION = """\
# {name} Specification

**Component Name:** {name}

## Overview

It is judged in a test of the action.

## Requirements

### Functional Requirements

- FR-1: {name} MUST be judged
"""
CHECK = """\
# {comment}
echo '<testsuite name="s"><testcase classname="parcels" name="fit" time="0.1"/></testsuite>' > "$1"
"""
LETTERS = '"""Letters."""\n\n\ndef weight(pages: int) -> int:\n    """The weight in grams."""\n'
TEST_OF_LETTERS = (
    '"""Tests of letters."""\n\nfrom letters import weight\n\n\n'
    'def test_weight() -> None:\n    """A page has 5 grams."""\n    assert weight(2) == 10\n'
)


class Failure(Exception):
    """Something is not as it should be; the message says what."""


def command(*arguments: str | Path, cwd: Path, **variables: str) -> str:
    """Runs a command, which must succeed, and gives what it printed."""
    ran = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIME_LIMIT,
    )
    if ran.returncode != 0:
        line = " ".join(str(argument) for argument in arguments)
        raise Failure(f"`{line}` ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    return ran.stdout.strip()


class Release:
    """A checkout of the action with the archive of its release, which a mirror serves."""

    def __init__(self, folder: Path, binary: Path) -> None:
        """Packs the binary, and starts the mirror."""
        self.action = folder / "action"
        self.downloads: list[str] = []
        for name in command("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT).splitlines():
            if not name.startswith(("tests/", "docs/")) and (ROOT / name).is_file():
                (self.action / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.action / name)
        built = self.action / "target" / TRIPLE / "release"
        built.mkdir(parents=True)
        shutil.copy2(binary, built / "spec2prod")
        files = folder / "release"
        command(self.action / "scripts/package", TRIPLE, files, cwd=folder)
        sums = command(self.action / "scripts/checksums", files, cwd=folder)
        (self.action / "checksums.txt").write_text(f"{sums}\n")
        shutil.rmtree(self.action / "target")
        downloads = self.downloads

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                downloads.append(self.path)

        handler = functools.partial(Handler, directory=str(files))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.mirror = f"http://127.0.0.1:{self.server.server_port}"


class Judged:
    """The repository whose components are judged, and the commits of its events."""

    def __init__(self, folder: Path, mirror: str) -> None:
        """Makes the repository with `main`, a branch, a fork's branch, and what merges them."""
        self.folder = folder / "origin"
        self.runner = folder / "runner"
        self.folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        for tree in ("examples/calculator", "specs/example_component.md"):
            for name in command("git", "ls-files", tree, cwd=ROOT).splitlines():
                self.write(name, (ROOT / name).read_text("utf-8"))
        for name in ("letters", "parcels"):
            self.write(f"specs/{name}.md", SPECIFICATION.format(name=name))
        self.write("workflow_config.yaml", CONFIGURATION)
        self.write(".gitignore", ".spec2prod/\n__pycache__/\n")
        self.write(".github/workflows/spec2prod.yml", workflow(mirror))
        self.write("parcels/check.sh", CHECK.format(comment="Weighs parcels"))
        self.write("letters/__init__.py", f"{LETTERS}    return pages * 5\n")
        self.write("tests_of_letters/test_letters.py", TEST_OF_LETTERS)
        self.base = self.commit("All is well")
        self.head, self.merged = self.pull(7, "Three changes")
        self.fork_head, self.fork_merged = self.pull(8, "The same from a fork")
        command("git", "clone", "--quiet", "--no-checkout", self.folder, self.runner, cwd=folder)
        # act takes the repository's name from here.
        address = f"https://github.com/{REPOSITORY}.git"
        command("git", "remote", "set-url", "origin", address, cwd=self.runner)

    def pull(self, number: int, message: str) -> tuple[str, str]:
        """Makes a pull request that changes every component and breaks one; gives head and merge."""
        self.git("checkout", "--quiet", "--detach", self.base)
        calculator = "examples/calculator/src/example_component/numbers.py"
        text = (self.folder / calculator).read_text("utf-8")
        self.write(calculator, f"{text}\n\n# Changed by pull request {number}.\n")
        self.write("parcels/check.sh", CHECK.format(comment=f"Changed by {number}"))
        self.write("letters/__init__.py", f"{LETTERS}    return pages * 6\n")
        head = self.commit(message)
        self.git("update-ref", f"refs/pull/{number}/head", head)
        self.git("checkout", "--quiet", "--detach", self.base)
        self.git("merge", "--quiet", "--no-ff", "--message", f"Merge {number}", head)
        merged = self.git("rev-parse", "HEAD")
        self.git("update-ref", f"refs/pull/{number}/merge", merged)
        self.git("checkout", "--quiet", "main")
        return head, merged

    def git(self, *arguments: str) -> str:
        """Runs git in the repository."""
        identity = ("-c", "user.name=e2e", "-c", "user.email=e2e@localhost")
        return command("git", *identity, *arguments, cwd=self.folder, GIT_CONFIG_GLOBAL=os.devnull)

    def write(self, name: str, text: str) -> None:
        """Writes a file."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, "utf-8")

    def commit(self, message: str) -> str:
        """Commits all files."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def check_out(self, sha: str) -> None:
        """Puts a commit where act is started: its `HEAD` is `GITHUB_SHA`."""
        refs = ("+refs/heads/*:refs/heads/*", "+refs/pull/*:refs/pull/*")
        fetch = ("git", "fetch", "--quiet", "--update-head-ok", self.folder)
        command(*fetch, *refs, cwd=self.runner)
        command("git", "checkout", "--quiet", "--force", "--detach", sha, cwd=self.runner)


def workflow(mirror: str) -> str:
    """The workflow for several components that docs/github.md shows, with this mirror."""
    page = (ROOT / "docs/github.md").read_text("utf-8")
    section = page.split("\n## Several components\n")[1]
    text = section.split("```yml\n")[1].split("```\n")[0]
    if text.count("@<sha>") != 1 or "    with:\n" not in text:
        raise Failure("docs/github.md: the workflow for several components is not as it was")
    text = text.replace("@<sha>", f"@{PINNED}")
    return text.replace("    with:\n", f"    with:\n      mirror: {mirror}\n")


class Fake:
    """The stand-in for GitHub, which is an ignored test."""

    def __init__(self, folder: Path, tests: Path) -> None:
        """Starts it and waits for its address."""
        place = folder / "github"
        self.log = (folder / "github.log").open("wb")
        self.process = subprocess.Popen(
            [tests, "--ignored", "--exact", "fake_github::serve::serve"],
            env={**os.environ, "FAKE_GITHUB_ADDRESS": str(place)},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        until = time.monotonic() + 30
        while not place.exists():
            if self.process.poll() is not None or time.monotonic() > until:
                raise Failure(f"the stand-in for GitHub did not start; see {self.log.name}")
            time.sleep(0.02)
        self.url = place.read_text()

    def ask(self, name: str, body: object = None) -> dict:
        """Sends a request for those who use it."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/__{name}", data=data)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or "null")

    def stop(self) -> None:
        """Ends it."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.log.close()


class Ran:
    """What one run of the workflow left."""

    def __init__(self, status: int, log: str, artifacts: Path) -> None:
        """Reads the log of act, which is JSON, one object a line."""
        self.status = status
        self.artifacts = artifacts
        self.lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]

    def said(self) -> Iterator[str]:
        """What all steps printed, without the summaries."""
        for line in self.lines:
            if line.get("jobID") and line.get("command") != "summary":
                yield line["msg"].rstrip("\n")

    def summaries(self, job: str, component: str = "") -> list[str]:
        """What the steps of a job wrote as summary; the step around them repeats the last one."""
        found = [
            line["content"]
            for line in self.lines
            if line.get("command") == "summary"
            and line["jobID"] == job
            and component in ("", line["matrix"].get("component"))
        ]
        return list(dict.fromkeys(found))

    def outputs(self, job: str) -> dict[str, str]:
        """The outputs of the action in a job that has one step with it."""
        return {
            line["name"]: line["arg"]
            for line in self.lines
            if line.get("command") == "set-output"
            and line["jobID"] == job
            and len(line["stepID"]) == 1
        }


def act(
    folder: Path,
    judged: Judged,
    release: Release,
    *,
    event: str,
    payload: dict,
    fake: Fake,
    token: str,
    sha: str,
    name: str,
) -> Ran:
    """Runs the workflow for an event."""
    place = folder / name.replace(" ", "-")
    home, programs, artifacts = place / "home", place / "bin", place / "artifacts"
    for each in (home, programs, artifacts):
        each.mkdir(parents=True)
    for program in PROGRAMS:
        found = shutil.which(program, path="/usr/local/bin:/usr/bin:/bin")
        if found is None:
            raise Failure(f"{program} is not installed")
        (programs / program).symlink_to(found)
    judged.check_out(sha)
    (place / "event.json").write_text(json.dumps(payload))
    variables = {
        "E2E_ACTION": release.action,
        "E2E_ARTIFACTS": artifacts,
        "E2E_HOME": home,
        "E2E_ORIGIN": f"file://{judged.folder}",
        "GITHUB_API_URL": fake.url,
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_ID": RUN_ID,
        # As a step before would set it: nothing is then installed from the network.
        "VIRTUAL_ENV": TOOLS.parent,
    }
    arguments = [
        *(TOOLS / "act", event, "--json", "--directory", judged.runner),
        *("--eventpath", place / "event.json", "--platform", "ubuntu-24.04=-self-hosted"),
        *("--no-cache-server", "--no-skip-checkout", "--concurrent-jobs", "2"),
        *("--secret", f"GITHUB_TOKEN={token}", "--insecure-secrets"),
        *("--local-repository", f"OWNER/spec2prod@{PINNED}={release.action}"),
    ]
    for text in (release.action / "action.yml", release.action / ".github/workflows/component.yml"):
        for used in re.findall(r"uses: (actions/([a-z-]+)@[0-9a-f]{40}) ", text.read_text("utf-8")):
            arguments += ["--local-repository", f"{used[0]}={STAND_INS / used[1]}"]
    for variable, value in variables.items():
        arguments += ["--env", f"{variable}={value}"]
    ran = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=place,
        env={"PATH": f"{programs}:{TOOLS}", "HOME": str(home), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIME_LIMIT,
    )
    (place / "act.log").write_text(ran.stdout + ran.stderr)
    return Ran(ran.returncode, ran.stdout, artifacts)
