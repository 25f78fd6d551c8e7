#!/usr/bin/env python3
"""Runs the tests with cargo and writes what happened as JUnit XML.

    scripts/cargo_junit.py REPORT

Stable cargo has no machine-readable test report, so this reads what libtest prints for people and
trusts none of it alone: each test target is run by itself, and its cases are held against its
summary line and its exit status. Whatever does not add up becomes an errored case, so a crash, a
lost line or a target that does not compile never looks like success.

Exit status: 0 when every test passed, 1 otherwise, 2 for wrong usage.
"""

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

CASE = re.compile(
    r"^test (?P<name>.+?)(?: - should panic)? \.\.\. "
    r"(?P<outcome>ok|FAILED|ignored)(?:, (?P<why>.*))?$"
)
COUNT = re.compile(r"^running (?P<count>\d+) tests?$", re.MULTILINE)
SUMMARY = re.compile(
    r"^test result: (?P<result>ok|FAILED)\. (?P<passed>\d+) passed; (?P<failed>\d+) failed; "
    r"(?P<ignored>\d+) ignored; (?P<measured>\d+) measured; (?P<filtered>\d+) filtered out",
    re.MULTILINE,
)
FAILURE = re.compile(r"^---- (?P<name>.+?) std(?:out|err) ----$")
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class Case:
    """One test: `outcome` is `ok`, `FAILED`, `ignored` or `error`."""

    name: str
    outcome: str
    message: str = ""


@dataclass
class Suite:
    """The tests of one target."""

    name: str
    cases: list[Case] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, outcome: str) -> int:
        """How many cases ended this way."""
        return sum(case.outcome == outcome for case in self.cases)


def main(arguments: list[str]) -> int:
    """Runs every test target and writes the report."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    suites = run_all()
    write(suites, Path(arguments[0]))
    bad = [
        f"{suite.name}: {case.name}: {case.outcome}"
        for suite in suites
        for case in suite.cases
        if case.outcome in ("FAILED", "error")
    ]
    total = sum(len(suite.cases) for suite in suites)
    print("\n".join([*bad, f"{total - len(bad)} of {total} cases did not fail"]))
    return 1 if bad or total == 0 else 0


def run_all() -> list[Suite]:
    """Builds the test targets and runs each of them."""
    build = subprocess.run(
        ["cargo", "test", "--locked", "--no-run", "--message-format=json"],
        stdout=subprocess.PIPE,
        check=False,
    )
    if build.returncode != 0:
        return [Suite("cargo", [Case("build", "error", compiler_errors(build.stdout))])]
    selections = dict(sorted(targets(build.stdout)))
    if ["--lib"] in selections.values():
        selections["doc-tests"] = ["--doc"]
    return [run(name, selection) for name, selection in selections.items()]


def messages(output: bytes) -> list[dict]:
    """The JSON messages that cargo printed."""
    return [json.loads(line) for line in output.splitlines() if line.startswith(b"{")]


def compiler_errors(output: bytes) -> str:
    """What the compiler said, or where to look when it said nothing."""
    errors = [
        message["message"]["rendered"]
        for message in messages(output)
        if message["reason"] == "compiler-message" and message["message"]["level"] == "error"
    ]
    return "\n".join(errors) or "cargo failed before it compiled anything; see its own output"


def targets(output: bytes) -> list[tuple[str, list[str]]]:
    """Every test executable that was built: a name and how cargo is told to run just that one."""
    found = []
    for message in messages(output):
        if message["reason"] != "compiler-artifact" or not message["profile"]["test"]:
            continue
        name, kind = message["target"]["name"], message["target"]["kind"][0]
        is_library = kind in ("lib", "rlib", "dylib", "proc-macro")
        selection = ["--lib"] if is_library else [f"--{kind}", name]
        found.append((f"{kind} {name}", selection))
    return found


def run(name: str, selection: list[str]) -> Suite:
    """Runs one target."""
    began = time.monotonic()
    process = subprocess.run(
        [
            "cargo",
            "test",
            "--locked",
            "--quiet",
            *selection,
            "--",
            "--format=pretty",
            "--color=never",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    output = process.stdout.decode("utf-8", "replace")
    suite = Suite(name, read_cases(output), time.monotonic() - began)
    if problems := doubts(suite, output, process.returncode):
        tail = "\n".join(output.splitlines()[-60:])
        problem = f"{'; '.join(problems)}; exit status {process.returncode}\n{tail}"
        suite.cases.append(Case("(the target itself)", "error", problem))
    return suite


def read_cases(output: str) -> list[Case]:
    """Reads the cases, and for the failed ones what they printed."""
    details = read_failures(output)
    cases = []
    for line in output.splitlines():
        if match := CASE.match(line):
            name, outcome = match["name"], match["outcome"]
            message = match["why"] or "\n".join(details.get(name, []))
            cases.append(Case(name, outcome, message))
    return cases


def read_failures(output: str) -> dict[str, list[str]]:
    """What each failed test printed, by its name."""
    details: dict[str, list[str]] = {}
    current: list[str] = []
    for line in output.splitlines():
        if match := FAILURE.match(line):
            current = details.setdefault(match["name"], [])
        elif line == "failures:":
            current = []
        else:
            current.append(line)
    return details


def doubts(suite: Suite, output: str, status: int) -> list[str]:
    """All that the cases do not explain."""
    running = [int(match["count"]) for match in COUNT.finditer(output)]
    summaries = list(SUMMARY.finditer(output))
    groups = {"ok": "passed", "FAILED": "failed", "ignored": "ignored"}
    counted = {
        outcome: sum(int(summary[group]) for summary in summaries)
        for outcome, group in groups.items()
    }
    read = {outcome: suite.count(outcome) for outcome in groups}
    problems = []
    if not summaries or len(summaries) != len(running):
        problems.append("the tests ended without a summary")
    elif read != counted or sum(running) != sum(counted.values()):
        problems.append(f"{sum(running)} tests were announced, {counted} summed up, {read} read")
    if status != 0 and read["FAILED"] == 0:
        problems.append("no test failed and yet the target did")
    if status == 0 and read["FAILED"] > 0:
        problems.append("tests failed and yet the target did not")
    return problems


def write(suites: list[Suite], report: Path) -> None:
    """Writes the report, complete or not at all."""
    root = ElementTree.Element("testsuites")
    for suite in suites:
        element = ElementTree.SubElement(
            root,
            "testsuite",
            name=suite.name,
            tests=str(len(suite.cases)),
            failures=str(suite.count("FAILED")),
            errors=str(suite.count("error")),
            skipped=str(suite.count("ignored")),
            time=f"{suite.seconds:.3f}",
        )
        for case in suite.cases:
            add_case(element, suite, case)
    report.parent.mkdir(parents=True, exist_ok=True)
    unfinished = report.with_name(f"{report.name}.unfinished")
    ElementTree.ElementTree(root).write(unfinished, encoding="utf-8", xml_declaration=True)
    unfinished.replace(report)


def add_case(parent: ElementTree.Element, suite: Suite, case: Case) -> None:
    """Adds one case to its suite."""
    module, _, name = case.name.rpartition("::")
    is_path = re.fullmatch(r"\w+", name) is not None
    element = ElementTree.SubElement(
        parent,
        "testcase",
        classname=module if is_path and module else suite.name,
        name=printable(name if is_path else case.name),
    )
    tags = {"FAILED": "failure", "error": "error", "ignored": "skipped"}
    if tag := tags.get(case.outcome):
        text = printable(case.message)
        child = ElementTree.SubElement(element, tag, message=first_line(text))
        child.text = text


def first_line(text: str) -> str:
    """The first line that says something, without the line that only names the thread."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].startswith("thread '"):
        lines = lines[1:]
    return lines[0] if lines else ""


def printable(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return NOT_IN_XML.sub("\ufffd", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
