"""The service behind its socket, and its command line."""

import signal
import subprocess
import sys
from pathlib import Path

from conftest import Get
from price_service.__main__ import main


def test_answers_over_http(address: str, get: Get) -> None:
    """Status and body come as the service gives them."""
    assert get(f"{address}/health")[1]["status"] == "ok"
    assert get(f"{address}/gross?net=19.99&rate=21") == (200, {"gross": "24.19"})
    assert get(f"{address}/gross")[0] == 400


def test_serves_until_it_is_asked_to_end(tmp_path: Path, get: Get) -> None:
    """It says where it listens, and ends with status 0."""
    command = [sys.executable, "-m", "price_service", "--port", "0", "--version", "v"]
    data = ["--data", str(tmp_path / "data"), "--release", str(tmp_path)]
    sources = str(Path(__file__).resolve().parent.parent / "src")
    with subprocess.Popen(  # noqa: S603 - the program is this one
        [*command, *data], env={"PYTHONPATH": sources}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().split()[-1]
            assert get(f"http://127.0.0.1:{port}/health")[1] == {"status": "ok", "version": "v"}
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=5) == 0
        finally:
            process.kill()


def test_version_that_never_starts_ends_at_once(tmp_path: Path) -> None:
    """With an exit status that says so."""
    (tmp_path / "fault.txt").write_text("never-starts\n")
    arguments = ["--port", "0", "--version", "v", "--data", str(tmp_path / "data")]
    assert main([*arguments, "--release", str(tmp_path)]) == 1
