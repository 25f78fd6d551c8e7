"""The repository whose components `scripts/e2e_action.py` lets the action judge."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The repository of the stand-in for GitHub: tests/integration/support/github/repository.rs.
REPOSITORY = "octo/shop"
# A fork of it.
FORK = "stranger/shop"
# The longest that a command may take, in seconds.
TIME_LIMIT = 60

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


class WrongError(Exception):
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
        raise WrongError(f"`{line}` ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    return ran.stdout.strip()


@dataclass(frozen=True)
class Pull:
    """A pull request.

    Attributes:
        head: Its last commit.
        merged: The commit that GitHub makes of it and of `main`, which a runner checks out.
        repository: Where its branch is.
        base: Where it begins.
    """

    number: int
    head: str
    merged: str
    repository: str
    base: str

    @property
    def branch(self) -> str:
        """Its branch."""
        return f"topic-{self.number}"


class Judged:
    """The repository whose components are judged, and the commits of its events."""

    def __init__(self, folder: Path, workflows: dict[str, str]) -> None:
        """Makes the repository with `main`, and three pull requests with what merges them."""
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
        for name, text in workflows.items():
            self.write(f".github/workflows/{name}", text)
        self.write("parcels/check.sh", CHECK.format(comment="Weighs parcels"))
        self.write("letters/__init__.py", f"{LETTERS}    return pages * 5\n")
        self.write("tests_of_letters/test_letters.py", TEST_OF_LETTERS)
        self.base = self.commit("All is well")
        # What `main` is after a merge is known beforehand: that of the first pull request.
        self.pulls = {number: self.pull(number) for number in (7, 8, 9)}
        command("git", "clone", "--quiet", "--no-checkout", self.folder, self.runner, cwd=folder)
        # act copies this folder into each job, where only a checkout should put files.
        command("git", "sparse-checkout", "set", ".github", cwd=self.runner)
        # act takes the repository's name from here.
        address = f"https://github.com/{REPOSITORY}.git"
        command("git", "remote", "set-url", "origin", address, cwd=self.runner)

    def pull(self, number: int) -> Pull:
        """Makes a pull request; the last one concerns no component, the others break one."""
        self.git("checkout", "--quiet", "--detach", self.base)
        if number == 9:
            self.write("README.md", "# Shop\n")
        else:
            calculator = "examples/calculator/src/example_component/numbers.py"
            text = (self.folder / calculator).read_text("utf-8")
            self.write(calculator, f"{text}\n\n# Changed by pull request {number}.\n")
            self.write("parcels/check.sh", CHECK.format(comment=f"Changed by {number}"))
            self.write("letters/__init__.py", f"{LETTERS}    return pages * 6\n")
        head = self.commit(f"Change what pull request {number} changes")
        self.git("update-ref", f"refs/pull/{number}/head", head)
        self.git("checkout", "--quiet", "--detach", self.base)
        self.git("merge", "--quiet", "--no-ff", "--message", f"Merge {number}", head)
        merged = self.git("rev-parse", "HEAD")
        self.git("update-ref", f"refs/pull/{number}/merge", merged)
        self.git("checkout", "--quiet", "main")
        repository = FORK if number == 8 else REPOSITORY
        return Pull(number, head, merged, repository, self.base)

    def merge(self) -> None:
        """Merges the first pull request into `main`."""
        self.git("update-ref", "refs/heads/main", self.pulls[7].merged)

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
