#!/usr/bin/env python3
"""Kills the program that started it, where it is told to, and only once.

    scripts/e2e_deploy_kill.py MARKER POINT [COMMAND...]

MARKER is a file with the path of spec2prod and the name of a point. Where that is POINT, the parent
is killed as a machine that goes away kills it. A COMMAND is run, and killing has three forms:
`POINT:begun` kills in place of it, `POINT:beside` before it, so that it goes on without its parent,
and `POINT:done` after it.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

# How long a command that goes on alone lets the next run begin, in seconds.
HEAD_START = 1.0


def kill_parent(marker: Path) -> None:
    """Kills spec2prod, and nothing else."""
    binary = marker.read_text("utf-8").splitlines()[0]
    marker.unlink()
    parent = os.getppid()
    program = os.readlink(f"/proc/{parent}/exe")
    if program != binary:
        raise SystemExit(f"the parent is {program}, not {binary}")
    os.kill(parent, signal.SIGKILL)


def main(arguments: list[str]) -> int:
    """Kills where it should, and gives the command's exit status."""
    marker, point, command = Path(arguments[0]), arguments[1], arguments[2:]
    asked = marker.read_text("utf-8").splitlines()[1] if marker.is_file() else ""
    if asked in (point, f"{point}:begun"):
        kill_parent(marker)
        return 1
    if asked == f"{point}:beside":
        kill_parent(marker)
        time.sleep(HEAD_START)
    status = subprocess.run(command, check=False).returncode if command else 0
    if asked == f"{point}:done":
        kill_parent(marker)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
