#!/usr/bin/env python3
"""Measures spec2prod side by side with the same tools run without it.

    scripts/bench.py SPEC2PROD [ROUNDS]

Judges the example component. In every round (five unless told otherwise) three ways take turns, so
that what else the machine does falls on all of them alike:

- one after another: each tool by itself, as a person would type them;
- all at once: every tool started together by a shell, which waits for all;
- spec2prod: `spec2prod run --target staging`, with the tools already installed.

All work in a clone of the last commit. What runs of the day leave in their session is removed
before each round, because it grows with every run.

Processor time and memory are spec2prod's own, without its children. The time is that of the
process's own clock (https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html), read after
it ended and before it is reaped; /proc/PID/stat has the same in steps of 10 ms only. A process that
has ended has no memory any more, so `VmHWM` of /proc/PID/status is read every few milliseconds
while it runs; the last value is its peak.

Limits are printed beside what was measured. They are no test: a busy machine breaks them.
"""

import ctypes
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".spec2prod" / "test-tools"
SOURCES, TESTS = "src/example_component", "tests"
SCRATCH = ROOT / ".spec2prod" / "bench"
CLONE = SCRATCH / "clone"
PROJECT = CLONE / "examples" / "calculator"

BY_HAND = [
    ["pytest", "-q", TESTS, f"--cov={SOURCES}", f"--cov-report=json:{SCRATCH / 'coverage.json'}"],
    ["ruff", "check", "--no-cache", SOURCES, TESTS],
    ["ruff", "format", "--check", "--no-cache", SOURCES, TESTS],
    ["pyright", "--outputjson", SOURCES],
    ["bandit", "-q", "-r", SOURCES],
    ["detect-secrets", "scan", "--all-files", SOURCES, TESTS],
]


@dataclass
class Usage:
    """What one process used itself, without its children."""

    wall_seconds: float
    cpu_milliseconds: float
    peak_megabytes: float
    beside_tools_milliseconds: float


@dataclass
class Measurements:
    """What was measured in all rounds."""

    one_after_another: list[float] = field(default_factory=list)
    all_at_once: list[float] = field(default_factory=list)
    runs: list[Usage] = field(default_factory=list)
    version_milliseconds: list[float] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Measures and prints the table."""
    if len(arguments) not in (1, 2) or sys.platform != "linux":
        print(__doc__, file=sys.stderr)
        return 2
    binary = Path(arguments[0]).resolve()
    rounds = int(arguments[1]) if len(arguments) > 1 else 5
    shutil.rmtree(CLONE, ignore_errors=True)
    SCRATCH.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "clone", "--quiet", ROOT, CLONE], check=True)
    os.environ["PATH"] = f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}"
    os.environ["VIRTUAL_ENV"] = str(TOOLS)
    measured = Measurements()
    one_after_another()
    spec2prod(binary)
    for _ in range(rounds):
        measured.one_after_another.append(seconds(one_after_another))
        measured.all_at_once.append(seconds(all_at_once))
        measured.runs.append(spec2prod(binary))
    for _ in range(max(rounds, 20)):
        measured.version_milliseconds.append(1000 * seconds(lambda: start([binary, "--version"])))
    show(measured, binary.stat().st_size / 1e6, rounds)
    return 0


def seconds(action: Callable[[], None]) -> float:
    """How long an action takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def start(command: Sequence[str | Path]) -> None:
    """Runs a command in the example's folder. A tool may find something; that is no trouble."""
    quiet = subprocess.DEVNULL
    subprocess.run(command, cwd=PROJECT, stdout=quiet, stderr=quiet, check=False)


def one_after_another() -> None:
    """Runs the tools by hand."""
    for command in BY_HAND:
        start(command)


def all_at_once() -> None:
    """Runs the tools as `a & b & wait` does."""
    quiet = subprocess.DEVNULL
    processes = [
        subprocess.Popen(command, cwd=PROJECT, stdout=quiet, stderr=quiet) for command in BY_HAND
    ]
    for process in processes:
        process.wait()


def spec2prod(binary: Path) -> Usage:
    """Runs spec2prod on the example and measures the process itself."""
    shutil.rmtree(CLONE / ".spec2prod" / "context", ignore_errors=True)
    report = SCRATCH / "report.json"
    report.unlink(missing_ok=True)
    command = [binary, "run", "--component", "example_component", "--target", "staging"]
    log = (SCRATCH / "spec2prod.log").open("wb")
    began = time.perf_counter()
    process = subprocess.Popen([*command, "--output", report], cwd=CLONE, stdout=log, stderr=log)
    peak = Peak(process.pid)
    peak.start()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    wall = time.perf_counter() - began
    cpu = cpu_milliseconds(process.pid)
    peak.join()
    process.wait()
    log.close()
    if process.returncode != 0 or not report.is_file():
        print(f"spec2prod ended with {process.returncode}; see {log.name}", file=sys.stderr)
        sys.exit(1)
    beside_tools = 1000 * (wall - tools_seconds(json.loads(report.read_text())))
    return Usage(wall, cpu, peak.kilobytes / 1000, beside_tools)


def tools_seconds(report: dict[str, Any]) -> float:
    """How long it was from the start of the first tool to the end of the last one."""
    attempts = [attempt for tool in report["tools"] for attempt in tool["attempts"]]
    started = [datetime.fromisoformat(attempt["started_at"]).timestamp() for attempt in attempts]
    durations = [attempt["duration_ms"] / 1000 for attempt in attempts]
    ended = [start + duration for start, duration in zip(started, durations, strict=True)]
    return max(ended) - min(started)


def cpu_milliseconds(pid: int) -> float:
    """User and system time of a process that has ended and is not reaped yet."""
    clock = ctypes.c_int()
    if error := ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock)):
        raise OSError(error, os.strerror(error))
    return 1000 * time.clock_gettime(clock.value)


class Peak(threading.Thread):
    """Reads the highest memory use of a process until it ends, in units of 1024 bytes."""

    def __init__(self, pid: int) -> None:
        """Watches the process with this id."""
        super().__init__()
        self._status = Path(f"/proc/{pid}/status")
        self.kilobytes = 0.0

    def run(self) -> None:
        """Reads until there is nothing to read."""
        while lines := [one for one in self._lines() if one.startswith("VmHWM:")]:
            self.kilobytes = int(lines[0].split()[1]) * 1.024
            time.sleep(0.005)

    def _lines(self) -> list[str]:
        try:
            return self._status.read_text().splitlines()
        except OSError:
            return []


def show(measured: Measurements, binary_megabytes: float, rounds: int) -> None:
    """Prints the medians with what product asks of them."""
    sequential = statistics.median(measured.one_after_another)
    together = statistics.median(measured.all_at_once)
    wall = statistics.median(run.wall_seconds for run in measured.runs)
    cpu = statistics.median(run.cpu_milliseconds for run in measured.runs)
    peak = max(run.peak_megabytes for run in measured.runs)
    beside = statistics.median(run.beside_tools_milliseconds for run in measured.runs)
    version = statistics.median(measured.version_milliseconds)
    print(
        f"example_component to staging, medians of {rounds} rounds, {os.cpu_count()} processors\n"
    )
    print(f"  {'tools one after another':34} {sequential:8.2f} s")
    print(f"  {'tools all at once':34} {together:8.2f} s")
    print(f"  {'spec2prod run':34} {wall:8.2f} s\n")
    rows: list[tuple[str, float, float, str]] = [
        ("spec2prod ÷ all at once", wall / together, 1.10, ""),
        ("wall time beside the tools", beside, 150, "ms"),
        ("own processor time", cpu, 60, "ms"),
        ("own memory at its peak", peak, 40, "MB"),
        ("spec2prod --version", version, 5, "ms"),
        ("size of the binary", binary_megabytes, 12, "MB"),
    ]
    for what, value, limit, unit in rows:
        verdict = "holds" if value <= limit else "does not hold"
        print(f"  {what:34} {value:8.2f} {unit:2}   at most {limit:6.2f} {unit:2}   {verdict}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
