#!/usr/bin/env python3
"""Judges published Python libraries, and holds every number against the tools run by hand.

    scripts/e2e.py SPEC2PROD [NAME...]

Each library is fetched in a pinned version that is checked by hash, unpacked with its own tests
into a repository of its own, and given an environment with the tools. There spec2prod judges it,
and then this script runs each tool itself, reads the tool's own words (not the report files that
spec2prod reads), and compares. Every difference fails.

No library meets every limit, so the repository's own example is judged as well, with the command
of the README: it must reach staging. Its name is `example_component`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".spec2prod" / "e2e"
TOOLS = ROOT / ".spec2prod" / "test-tools" / "bin"
REQUIREMENTS = ROOT / "tests" / "requirements.txt"

EXAMPLE = "example_component"
# The longest that one command may take, in seconds.
TIME_LIMIT = 900

Measured = dict[str, float | str | None]


@dataclass(frozen=True)
class Library:
    """A published library.

    Attributes:
        path: Its sources, from the root of its source distribution.
        tests: Its tests, from there too.
        is_installed: Whether its tests need it to be installed.
        blocked_by: The required gates that follow from the numbers by the default limits.
    """

    name: str
    version: str
    sha256: str
    path: str
    tests: str
    is_installed: bool
    blocked_by: str

    @property
    def archive(self) -> Path:
        """Where its source distribution is kept."""
        return CACHE / "downloads" / f"{self.name}-{self.version}.tar.gz"

    @property
    def folder(self) -> Path:
        """The repository in which it is judged."""
        return CACHE / f"{self.name}-{self.version}"


LIBRARIES = [
    Library(
        name="itsdangerous",
        version="2.2.0",
        sha256="e0050c0b7da1eea53ffaf149c0cfbb5c6e2e2b69c4bef22c81fa6eb73e5f6173",
        path="src/itsdangerous",
        tests="tests",
        is_installed=True,
        blocked_by="security",
    ),
    Library(
        name="toolz",
        version="1.2.0",
        sha256="9667a038e9d6ecba37995e26cb2f59ec6420b6ad8dd9677de59db9b956b08490",
        path="toolz",
        tests="toolz/tests",
        is_installed=False,
        blocked_by="linting, security, type_checking",
    ),
    Library(
        name="click",
        version="8.5.1",
        sha256="9bbfada76703fd1d784b83eea012e3e8c6a001a876543ef104fa56aaaeb072b4",
        path="src/click",
        tests="tests",
        is_installed=True,
        blocked_by="type_checking",
    ),
]

SPECIFICATION = """\
    # {name} Specification

    **Component Name:** {name}
    **Target Stage:** staging

    ## Overview

    The library {name} {version} as it was published, judged by its own tests.

    ## Requirements

    ### Functional Requirements

    - **FR-1:** It does what its own tests ask

    ### Non-Functional Requirements

    - **NFR-1:** Every number that is reported about it equals that of the tool run by hand

    ## API Design

    ```python
    import {name}
    ```

    ## Testing Requirements

    - Its own tests pass

    ## Dependencies

    - Python 3.11+

    ## Acceptance Criteria

    - [x] AC-1: Its own tests pass

    ## Maturity Stage Targets

    ### Development

    - Its own tests pass

    ## Example Usage

    ```python
    import {name}
    ```
    """

CONFIGURATION = """\
    components:
      {name}:
        path: {path}
        tests: [{tests}]
        spec: specs/{name}.md
    toolchains:
      python:
        type_checker: pyright
    """


def main(arguments: list[str]) -> int:
    """Judges the libraries and prints the comparison."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    binary, names = Path(arguments[0]).resolve(), arguments[1:]
    if unknown := set(names) - {library.name for library in LIBRARIES} - {EXAMPLE}:
        print(f"no such library: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    if not names or EXAMPLE in names:
        judge_example(binary)
    differences = 0
    for library in LIBRARIES:
        if not names or library.name in names:
            prepare(library)
            differences += compare(library, judge(binary, library), by_hand(library))
    print(f"{differences} differences" if differences else "every number is the same")
    return 1 if differences else 0


def judge_example(binary: Path) -> None:
    """Judges the repository's example, which must reach staging."""
    report = CACHE / f"{EXAMPLE}.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    command = (binary, "run", "--component", EXAMPLE, "--target", "staging")
    run(*command, "--output", report, cwd=ROOT)
    print(f"{EXAMPLE} reaches staging")


def run(*command: str | Path, cwd: Path, accept: tuple[int, ...] = (0,)) -> str:
    """Runs a command in the library's environment and gives what it printed.

    Args:
        command: Program and arguments.
        cwd: The folder to run it in.
        accept: The exit statuses that are fine; any other ends this script.
    """
    unwanted = {"PYTHONPATH", "VIRTUAL_ENV", "CI", "GITHUB_ACTIONS"}
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    environment["NO_COLOR"] = "1"
    environment["UV_CACHE_DIR"] = str(CACHE / "uv")
    environment["PATH"] = f"{cwd / '.venv' / 'bin'}{os.pathsep}{environment['PATH']}"
    process = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIME_LIMIT,
    )
    if process.returncode not in accept:
        line = " ".join(str(part) for part in command)
        print(f"{line}\nended with {process.returncode}:", file=sys.stderr)
        print(process.stdout[-4000:], process.stderr[-4000:], file=sys.stderr)
        sys.exit(1)
    return process.stdout


def prepare(library: Library) -> None:
    """Makes the library's repository anew, with its environment."""
    fetch(library)
    shutil.rmtree(library.folder, ignore_errors=True)
    with tarfile.open(library.archive) as archive:
        archive.extractall(CACHE, filter="data")
    folder = library.folder
    fields = vars(library)
    (folder / "specs").mkdir()
    write(folder / "specs" / f"{library.name}.md", SPECIFICATION, fields)
    write(folder / "workflow_config.yaml", CONFIGURATION, fields)
    write(folder / ".gitignore", ".spec2prod/\n.venv/\n__pycache__/\n", fields)
    run("git", "init", "--quiet", cwd=folder)
    run("git", "add", "--all", "--force", ":!.venv", cwd=folder)
    identity = ("-c", "user.name=e2e", "-c", "user.email=e2e@localhost")
    message = f"{library.name} {library.version}"
    run("git", *identity, "commit", "--quiet", "--message", message, cwd=folder)
    run(TOOLS / "uv", "venv", "--quiet", "--python", TOOLS / "python", ".venv", cwd=folder)
    install = (TOOLS / "uv", "pip", "install", "--quiet", "--python", ".venv/bin/python")
    run(*install, "--require-hashes", "--requirement", REQUIREMENTS, cwd=folder)
    if library.is_installed:
        run(*install, "--no-deps", "--no-build-isolation", "--editable", ".", cwd=folder)


def fetch(library: Library) -> None:
    """Fetches the source distribution, unless it is there. pip checks the hash."""
    if library.archive.is_file():
        return
    downloads = library.archive.parent
    downloads.mkdir(parents=True, exist_ok=True)
    wanted = downloads / f"{library.name}.txt"
    wanted.write_text(f"{library.name}=={library.version} --hash=sha256:{library.sha256}\n")
    pip = (TOOLS / "python", "-m", "pip", "--disable-pip-version-check", "download", "--quiet")
    source_only = ("--no-deps", "--no-binary", library.name, "--require-hashes")
    run(*pip, *source_only, "--dest", downloads, "--requirement", wanted, cwd=downloads)


def write(file: Path, template: str, fields: dict[str, object]) -> None:
    """Fills a template and writes it."""
    file.write_text(textwrap.dedent(template).format(**fields))


def judge(binary: Path, library: Library) -> Measured:
    """Lets spec2prod judge the library and takes the numbers from its report."""
    command = (binary, "run", "--component", library.name, "--target", "staging")
    report = json.loads(run(*command, "--format", "json", cwd=library.folder, accept=(0, 1)))
    gates = {
        name: gate
        for stage in ("testing", "refactoring")
        for name, gate in report["stage_results"][stage]["quality_gates"].items()
    }
    inspect = (binary, "inspect", "--format", "json", f"{report['run']['folder']}/pytest.xml")
    evidence = json.loads(run(*inspect, cwd=library.folder))["evidence"]
    outcomes = ("total", "passed", "failed", "errored", "skipped")
    security, linting = gates["security"], gates["linting"]
    unformatted = [one for one in linting["findings"] if one["rule"] == "unformatted"]
    low = [finding for finding in security["findings"] if finding["severity"] == "low"]
    blocking = [
        name
        for name, gate in sorted(gates.items())
        if gate["requirement"] == "required" and not gate["passed"]
    ]
    return {
        **{f"tests {outcome}": evidence[outcome] for outcome in outcomes},
        "coverage percent": measured(gates["test_coverage"], "coverage"),
        "lint findings": len(linting["findings"]) - len(unformatted),
        "unformatted files": len(unformatted),
        "lint findings and unformatted files": measured(linting, "lint"),
        "type errors": measured(gates["type_checking"], "type errors"),
        "new secrets": measured(security, "critical"),
        "bandit high": measured(security, "high"),
        "bandit medium": measured(security, "medium"),
        "bandit low": len(low),
        "blocked by": ", ".join(blocking),
    }


def measured(gate: dict, what: str) -> float | None:
    """The value of the gate's only measurement that begins with these words."""
    found = [one["actual"] for one in gate["measurements"] if one["what"].startswith(what)]
    if len(found) != 1 or not isinstance(found[0], dict):
        return None
    return found[0]["number"]


def by_hand(library: Library) -> Measured:
    """Runs each tool as a person would and takes the numbers that it states."""
    folder, places = library.folder, (library.path, library.tests)
    coverage = CACHE / f"{library.name}-coverage.json"
    words = run(
        "pytest",
        *("-q", "-p", "no:cacheprovider", library.tests),
        *(f"--cov={library.path}", f"--cov-report=json:{coverage}"),
        cwd=folder,
        accept=(0, 1),
    )
    lint = json.loads(
        run("ruff", "check", "--output-format=json", *places, cwd=folder, accept=(0, 1))
    )
    words_of_format = run("ruff", "format", "--check", *places, cwd=folder, accept=(0, 1))
    unformatted = re.search(r"^(\d+) files? would be reformatted", words_of_format, re.MULTILINE)
    unformatted_files = int(unformatted[1]) if unformatted else 0
    types = json.loads(run("pyright", "--outputjson", library.path, cwd=folder, accept=(0, 1)))
    bandit = json.loads(
        run("bandit", "-q", "-r", "-f", "json", library.path, cwd=folder, accept=(0, 1))
    )
    secrets = json.loads(run("detect-secrets", "scan", "--all-files", *places, cwd=folder))
    weights = bandit["metrics"]["_totals"]
    return {
        **counted(words),
        "coverage percent": json.loads(coverage.read_text())["totals"]["percent_covered"],
        "lint findings": len(lint),
        "unformatted files": unformatted_files,
        "lint findings and unformatted files": len(lint) + unformatted_files,
        "type errors": types["summary"]["errorCount"],
        "new secrets": sum(len(found) for found in secrets["results"].values()),
        "bandit high": weights["SEVERITY.HIGH"],
        "bandit medium": weights["SEVERITY.MEDIUM"],
        "bandit low": weights["SEVERITY.LOW"],
        "blocked by": library.blocked_by,
    }


def counted(words: str) -> Measured:
    """Reads pytest's closing line, such as `2434 passed, 24 skipped, 1 xfailed in 8.12s`.

    An expected failure counts as skipped, as in pytest's own JUnit report.
    """
    closing = words.strip().splitlines()[-1]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", closing)}
    passed = counts.get("passed", 0) + counts.get("xpassed", 0)
    failed = counts.get("failed", 0)
    errored = counts.get("error", 0) + counts.get("errors", 0)
    skipped = counts.get("skipped", 0) + counts.get("xfailed", 0)
    return {
        "tests total": passed + failed + errored + skipped,
        "tests passed": passed,
        "tests failed": failed,
        "tests errored": errored,
        "tests skipped": skipped,
    }


def compare(library: Library, reported: Measured, expected: Measured) -> int:
    """Prints both columns and gives how many lines differ."""
    print(f"\n{library.name} {library.version}")
    print(f"  {'':36} {'spec2prod':34} by hand")
    differences = 0
    for what, right in expected.items():
        found = reported.get(what)
        is_same = shown(found) == shown(right)
        differences += not is_same
        mark = "" if is_same else "  ← differs"
        print(f"  {what:36} {shown(found):34} {shown(right)}{mark}")
    return differences


def shown(value: float | str | None) -> str:
    """A value for people: counts without decimals, percentages with as many as are exact."""
    if isinstance(value, int | float):
        return f"{value:.9f}".rstrip("0").rstrip(".")
    return value or "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
