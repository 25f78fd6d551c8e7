#!/usr/bin/env python3
"""Runs shellcheck on every `run:` block of action.yml and the workflows.

    scripts/run_blocks.py

actionlint does not look into composite actions, and shellcheck does not look into YAML. A block
that holds `${{ }}` is refused: text of the event would become part of the script.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def blocks(document: dict) -> Iterator[tuple[str, str]]:
    """Gives the name and the text of each block of a workflow or an action."""
    jobs = document.get("jobs") or {"runs": document.get("runs", {})}
    for job_name, job in jobs.items():
        for number, step in enumerate(job.get("steps", []), 1):
            if "run" in step:
                yield f"{job_name}, step {number}", step["run"]


def is_clean(place: str, script: str) -> bool:
    """Says what is wrong with a block, if anything is."""
    if "${{" in script:
        print(f"{place}: ${{{{ }}}} in a script; hand the value over by `env:`", file=sys.stderr)
        return False
    command = ["shellcheck", "--shell=bash", "--external-sources", "-"]
    checked = subprocess.run(command, cwd=ROOT, input=script, text=True, check=False)
    if checked.returncode != 0:
        print(f"{place}: see above", file=sys.stderr)
    return checked.returncode == 0


def main() -> int:
    """Checks every block."""
    files = [ROOT / "action.yml", *sorted((ROOT / ".github/workflows").glob("*.yml"))]
    found = [
        (f"{file.relative_to(ROOT)}: {name}", script)
        for file in files
        for name, script in blocks(yaml.safe_load(file.read_text("utf-8")))
    ]
    clean = [is_clean(place, script) for place, script in found]
    print(f"{len(clean)} run blocks, {clean.count(False)} with something wrong")
    return 0 if clean and all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
