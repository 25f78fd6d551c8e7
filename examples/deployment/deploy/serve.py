#!/usr/bin/env python3
"""Brings a version of the service to an environment of this machine.

    deploy/serve.py start      makes the version the active one
    deploy/serve.py current    prints the version that is the active one
    deploy/serve.py stop       ends the service

What to do is in the variables that spec2prod sets for its commands: SPEC2PROD_ENVIRONMENT,
SPEC2PROD_ENVIRONMENT_URL, SPEC2PROD_COMMIT, SPEC2PROD_VERSION, SPEC2PROD_DEPLOYMENT_ID,
SPEC2PROD_ATTEMPT and SPEC2PROD_OUTPUTS. An environment is a folder and a port, and ENVIRONMENTS may
name another place for the folders:

    .environments/<environment>/
        releases/<commit>/     the sources of each version
        current                a link to the active one
        active.json            the active version and the deployment that made it so; not there
                               while that is being changed
        data/                  what versions leave to each other
        service.log            what the service says
        calls.log              each call of this script

On another machine this would be a service of systemd, a container or a function; what matters is
the same: a call with the same deployment and version as the one before changes nothing, two calls
wait for each other, and one that is killed leaves nothing that looks like a success.
"""

import contextlib
import fcntl
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

# At which attempt the network works for a version with that fault.
GOOD_ATTEMPT = 3
ROOT = Path(__file__).resolve().parent.parent
# How long the service may take to end, in seconds.
PATIENCE = 10.0


class Environment:
    """The environment that this call is about."""

    def __init__(self) -> None:
        """Reads which one it is."""
        name = os.environ["SPEC2PROD_ENVIRONMENT"]
        self.port = urlsplit(os.environ["SPEC2PROD_ENVIRONMENT_URL"]).port
        self.folder = Path(os.environ.get("ENVIRONMENTS", ROOT / ".environments")) / name
        self.active = self.folder / "active.json"
        self.folder.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def turn(self) -> Generator[None]:
        """Waits until no other call is at work. The system ends the turn of a killed one."""
        with (self.folder / "turn.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def note(self, *words: str) -> None:
        """Writes down what is done."""
        with (self.folder / "calls.log").open("a", encoding="utf-8") as file:
            file.write(" ".join(words) + "\n")

    def is_running(self) -> bool:
        """Whether the service runs: it holds this lock from its start to its end."""
        with (self.folder / "service.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def stop(self) -> None:
        """Ends the service, where it runs."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self.is_running():
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(int((self.folder / "service.pid").read_text("utf-8")), number)
            end = time.monotonic() + PATIENCE
            while self.is_running() and time.monotonic() < end:
                time.sleep(0.02)
        message = "the service does not end"
        raise SystemExit(message)

    def release(self, commit: str) -> Path:
        """The folder with the sources of a commit."""
        folder = self.folder / "releases" / commit
        if not folder.is_dir():
            folder.parent.mkdir(exist_ok=True)
            command = ["git", "archive", "--format=tar", commit]
            archive = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
            # A folder with the commit's name is whole, whenever this script ends.
            with tempfile.TemporaryDirectory(dir=self.folder) as temporary:
                whole = Path(temporary) / "release"
                with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                    tar.extractall(whole, filter="data")
                whole.rename(folder)
        return folder

    def switch(self, release: Path) -> None:
        """Lets the link lead to a release, at one stroke."""
        link = self.folder / "current.new"
        link.unlink(missing_ok=True)
        link.symlink_to(release.relative_to(self.folder))
        link.replace(self.folder / "current")

    def launch(self, version: str) -> None:
        """Starts the service from where the link leads."""
        release = (self.folder / "current").resolve()
        command = [sys.executable, "-m", "price_service", "--port", str(self.port)]
        command += ["--version", version, "--data", str(self.folder / "data")]
        with (
            (self.folder / "service.log").open("a") as log,
            (self.folder / "service.lock").open("w") as lock,
        ):
            fcntl.flock(lock, fcntl.LOCK_EX)
            # A session and an environment of its own: what spec2prod finds by them, it ends
            # together with this command.
            process = subprocess.Popen(
                command,
                cwd=release,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(release / "src")},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[lock.fileno()],
                start_new_session=True,
            )
        (self.folder / "service.pid").write_text(f"{process.pid}\n", "utf-8")


def start(environment: Environment) -> None:
    """Makes the version the active one, unless this deployment has done so before."""
    commit, version = os.environ["SPEC2PROD_COMMIT"], os.environ["SPEC2PROD_VERSION"]
    deployment = os.environ["SPEC2PROD_DEPLOYMENT_ID"]
    attempt = os.environ.get("SPEC2PROD_ATTEMPT", "1")
    environment.note("start", commit, deployment, attempt)
    wanted = {"version": version, "deployment": deployment}
    is_done = environment.active.is_file() and json.loads(environment.active.read_text()) == wanted
    if is_done and environment.is_running():
        print(f"{version} was made the active version by this deployment before")
        return
    release = environment.release(commit)
    fail_at_first(release, int(attempt))
    environment.active.unlink(missing_ok=True)
    environment.stop()
    environment.switch(release)
    environment.launch(version)
    temporary = environment.active.with_suffix(".new")
    temporary.write_text(json.dumps(wanted), "utf-8")
    temporary.replace(environment.active)
    if outputs := os.environ.get("SPEC2PROD_OUTPUTS"):
        with Path(outputs).open("a", encoding="utf-8") as file:
            file.write(f"release={release.name}\n")
    print(f"{version} is the active version")


def fail_at_first(release: Path, attempt: int) -> None:
    """Fails as a network does, at the first two attempts of a version with that fault."""
    fault = release / "fault.txt"
    if fault.is_file() and fault.read_text("utf-8").strip() == "network" and attempt < GOOD_ATTEMPT:
        message = "fetching the release: Connection reset by peer"
        raise SystemExit(message)


def current(environment: Environment) -> None:
    """Prints the version that is the active one; fails where that is not known."""
    if not environment.active.is_file():
        message = "no version is active, or one is being changed"
        raise SystemExit(message)
    print(json.loads(environment.active.read_text("utf-8"))["version"])


def stop(environment: Environment) -> None:
    """Ends the service."""
    environment.note("stop")
    environment.active.unlink(missing_ok=True)
    environment.stop()


def main(arguments: list[str]) -> None:
    """Does what was asked for."""
    actions = {"start": start, "current": current, "stop": stop}
    if len(arguments) != 1 or arguments[0] not in actions:
        raise SystemExit(__doc__)
    environment = Environment()
    with environment.turn():
        actions[arguments[0]](environment)


if __name__ == "__main__":
    main(sys.argv[1:])
