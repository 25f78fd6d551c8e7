#!/usr/bin/env python3
"""Runs clippy and writes what it finds as SARIF 2.1.0.

    scripts/clippy_sarif.py REPORT

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

Exit status: 0 when nothing was found, 1 when something was, 2 when clippy gave no evidence (it
could not run, or looked at no file of this repository); then there is no report.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

LEVELS = {"error": "error", "warning": "warning"}
NOT_A_FINDING = re.compile(r"^(\d+ warnings? emitted|aborting due to .*)$")
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def main(arguments: list[str]) -> int:
    """Runs clippy and writes the report."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    report = Path(arguments[0])
    report.unlink(missing_ok=True)
    command = ["cargo", "clippy", "--all-targets", "--locked", "--message-format=json"]
    process = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    messages = [json.loads(line) for line in process.stdout.splitlines() if line.startswith(b"{")]
    results = unique(result(message["message"]) for message in findings(messages))
    if process.returncode != 0 and not results:
        print(f"clippy ended with {process.returncode} and found nothing", file=sys.stderr)
        return 2
    if not results and not any(is_ours(message) for message in messages):
        print("clippy looked at no file of this repository", file=sys.stderr)
        return 2
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(sarif(results, process.returncode == 0), indent=1), "utf-8")
    for found in results:
        print(f"{place(found)}: {found['ruleId']}: {found['message']['text']}")
    print(f"{len(results)} findings")
    return 1 if results else 0


def findings(messages: list[dict]) -> list[dict]:
    """The messages of the compiler that say something about the code."""
    return [
        message
        for message in messages
        if message["reason"] == "compiler-message"
        and message["message"]["level"].split(":")[0] in LEVELS
        and not NOT_A_FINDING.match(message["message"]["message"])
    ]


def is_ours(message: dict) -> bool:
    """Whether a message is about a target of this repository that was compiled or still fresh."""
    if message["reason"] != "compiler-artifact":
        return False
    return Path.cwd() in Path(message["manifest_path"]).parents


def unique(results) -> list[dict]:
    """The results without repetitions: a library is compiled again for its tests."""
    seen = {json.dumps(found, sort_keys=True): found for found in results}
    return list(seen.values())


def result(message: dict) -> dict:
    """One finding in SARIF's terms."""
    found = {
        "ruleId": (message["code"] or {"code": "rustc"})["code"],
        "level": LEVELS[message["level"].split(":")[0]],
        "message": {"text": message["message"]},
    }
    for span in message["spans"]:
        if span["is_primary"]:
            found["locations"] = [location(span)]
            break
    return found


def location(span: dict) -> dict:
    """Where a finding is. The compiler names files relative to the repository's root."""
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": span["file_name"].replace("\\", "/")},
            "region": {
                "startLine": span["line_start"],
                "startColumn": span["column_start"],
                "endLine": span["line_end"],
                "endColumn": span["column_end"],
            },
        }
    }


def place(found: dict) -> str:
    """`file:line:column` of a result."""
    if "locations" not in found:
        return "(no place)"
    physical = found["locations"][0]["physicalLocation"]
    region = physical["region"]
    return f"{physical['artifactLocation']['uri']}:{region['startLine']}:{region['startColumn']}"


def sarif(results: list[dict], succeeded: bool) -> dict:
    """The whole report."""
    rules = sorted({found["ruleId"] for found in results})
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "clippy", "rules": [{"id": rule} for rule in rules]}},
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": succeeded}],
                "results": results,
            }
        ],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
