"""The repository with the example that `scripts/e2e_deploy.py` deploys, and what is seen of it."""

import functools
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "deployment"
TOOLS = ROOT / ".spec2prod" / "test-tools" / "bin"
KILL = ROOT / "scripts" / "e2e_deploy_kill.py"

COMPONENT = "price_service"
ENVIRONMENTS = ("staging", "production")
# The longest that one command may take, in seconds.
TIME_LIMIT = 120

# What the example's configuration says, and what it says here, so that nobody has to wait.
QUICKER = (
    ("interval: 1\n", "interval: 0.1\n"),
    ("failures: 10\n", "failures: 30\n"),
    ("bake_time: 30\n", "bake_time: 1\n"),
    ("bake_time: 60\n", "bake_time: 1\n"),
)
# The quickest tool is enough where it is not the gates that are looked at.
FEW_GATES = """
maturity_workflow:
  development: { required_gates: [linting] }
  staging: { required_gates: [linting] }
  production: { required_gates: [linting] }
"""
NO_WAITS = """
error_recovery:
  staging_deployment: { base_delay: 0.1, max_delay: 0.2 }
  production_deployment: { base_delay: 0.1, max_delay: 0.2 }
"""


class WrongError(Exception):
    """Something is not as it should be; the message says what."""


def expect(found: object, wanted: object, what: str) -> None:
    """Ends the scenario where something is not as wanted."""
    if found != wanted:
        raise WrongError(f"{what}: found {found!r}, expected {wanted!r}")


def expect_in(part: object, whole: object, what: str) -> None:
    """Ends the scenario where something lacks a part."""
    if isinstance(part, str) and isinstance(whole, str):
        # At a terminal lines are broken.
        is_in = " ".join(part.split()) in " ".join(whole.split())
    else:
        is_in = part in whole  # type: ignore[operator]
    if not is_in:
        raise WrongError(f"{what}: lacks {part!r}:\n{whole}")


@dataclass(frozen=True)
class Ran:
    """What a run of spec2prod left.

    Attributes:
        report: The component's report, where the command wrote one.
    """

    line: str
    status: int
    stdout: str
    stderr: str
    report: dict | None

    @property
    def said(self) -> str:
        """Everything that it printed."""
        return f"{self.stdout}{self.stderr}"

    def ended(self, *statuses: int) -> "Ran":
        """Demands one of these exit statuses."""
        if self.status not in statuses:
            raise WrongError(
                f"`{self.line}` ended with {self.status}, expected {statuses}:\n{self.said}"
            )
        return self

    def stage(self, environment: str = "staging") -> dict:
        """The record of the stage that deploys to an environment."""
        if self.report is None:
            raise WrongError(f"`{self.line}` wrote no report:\n{self.said}")
        return self.report["stage_results"][f"{environment}_deployment"]

    def deployment(self, outcome: str, environment: str = "staging") -> dict:
        """The deployment to an environment, which must have ended like this."""
        found = self.stage(environment).get("deployment")
        if not found or found["outcome"] != outcome:
            raise WrongError(
                f"`{self.line}`: the deployment is {json.dumps(found, indent=2)},"
                f" expected {outcome}:\n{self.said}"
            )
        return found


class Shop:
    """A repository with the example, and its two environments."""

    def __init__(self, folder: Path, binary: Path, *, few_gates: bool = True) -> None:
        """Makes the repository, with nothing in it that is committed."""
        self.folder = folder
        self.binary = binary
        self.ports = dict(zip(ENVIRONMENTS, free_ports(len(ENVIRONMENTS)), strict=True))
        self.extra = NO_WAITS + (FEW_GATES if few_gates else "")
        self.replaced: list[tuple[str, str]] = []
        self.count = 0
        self.seen: list[str] = []
        listed = command("git", "ls-files", "-co", "--exclude-standard", ".", cwd=EXAMPLE)
        for name in listed.splitlines():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(EXAMPLE / name, folder / name)
        self.git("init", "--quiet", "--initial-branch=main")
        self.use_tools()
        self.configure()

    def use_tools(self) -> None:
        """Lets the component have the tests' tools, so that none are installed."""
        exclude = self.folder / ".git" / "info" / "exclude"
        exclude.write_text(".venv\n", "utf-8")
        (self.folder / ".venv").symlink_to(TOOLS.parent)

    def configure(self, extra: str = "", *replaced: tuple[str, str]) -> None:
        """Writes the configuration: the example's, with these ports and times, and more.

        Args:
            extra: Blocks to add.
            replaced: Texts to replace, from now on.
        """
        self.extra += extra
        self.replaced += replaced
        text = (EXAMPLE / "workflow_config.yaml").read_text("utf-8")
        ports = [(":8101\n", f":{self.ports['staging']}\n")]
        ports += [(":8102\n", f":{self.ports['production']}\n")]
        for old, new in (*ports, *QUICKER, *self.replaced):
            expect_in(old, text, "the example's configuration")
            text = text.replace(old, new)
        self.write("workflow_config.yaml", text + self.extra)

    def saw(self, text: str) -> None:
        """Notes what was as it should be."""
        self.seen.append(text)

    def write(self, name: str, text: str) -> None:
        """Writes a file."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, "utf-8")

    def git(self, *arguments: str) -> str:
        """Runs git in the repository."""
        identity = ("-c", "user.name=e2e", "-c", "user.email=e2e@localhost")
        return command("git", *identity, *arguments, cwd=self.folder)

    def version(self, fault: str = "") -> str:
        """Commits another version, and gives its commit."""
        self.count += 1
        self.write("CHANGES.md", f"# Version {self.count}\n")
        (self.folder / "fault.txt").unlink(missing_ok=True)
        if fault:
            self.write("fault.txt", f"{fault}\n")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", f"Version {self.count} {fault}".strip())
        return self.git("rev-parse", "HEAD")

    @functools.cached_property
    def environment(self) -> dict[str, str]:
        """The variables of spec2prod: a person's, at a terminal."""
        unwanted = ("GITHUB_", "RUNNER_", "ACTIONS_", "SPEC2PROD_", "PYTHON", "VIRTUAL_ENV")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(unwanted) and k != "CI"}
        kept["PATH"] = f"{TOOLS}{os.pathsep}{kept['PATH']}"
        kept["NO_COLOR"] = "1"
        return kept

    def start(self, *arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
        """Starts spec2prod."""
        return subprocess.Popen(
            [str(self.binary), *map(str, arguments)],
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str], report: Path | None = None) -> Ran:
        """Waits for it, and reads what it left.

        Args:
            process: What was started.
            report: Where the report is, if not where it usually is.
        """
        try:
            stdout, stderr = process.communicate(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            stdout, stderr = process.communicate()
            raise WrongError(f"spec2prod did not end:\n{stdout}{stderr}") from None
        line = " ".join(["spec2prod", *map(str, process.args[1:])])  # type: ignore[index]
        return Ran(line, process.returncode, stdout, stderr, read(report or self.report_file))

    def spec2prod(self, *arguments: str | Path, **variables: str) -> Ran:
        """Runs spec2prod. A report of an earlier run is not taken for one of this."""
        before = self.report_file.stat().st_mtime_ns if self.report_file.is_file() else 0
        ran = self.finish(self.start(*arguments, **variables))
        is_new = self.report_file.is_file() and self.report_file.stat().st_mtime_ns != before
        return ran if is_new else Ran(ran.line, ran.status, ran.stdout, ran.stderr, None)

    def run(self, target: str = "staging") -> Ran:
        """Takes the version that is checked out to a target."""
        return self.spec2prod("run", "--component", COMPONENT, "--target", target)

    def judged(self) -> Ran:
        """Lets the gates of production be judged, and deploys nothing."""
        production = ("--component", COMPONENT, "--target", "production", "--no-deploy")
        return self.spec2prod("run", *production)

    def deployed(self, fault: str = "") -> str:
        """Brings another version to staging, which must succeed, and gives its commit."""
        commit = self.version(fault)
        self.run().ended(0).deployment("healthy")
        self.serves("staging", commit)
        return commit

    @property
    def report_file(self) -> Path:
        """Where the report is."""
        return self.folder / f"workflow_report_{COMPONENT}.json"

    def ledger_file(self, environment: str = "staging") -> Path:
        """Where the record of the deployments to an environment is."""
        folder = self.folder / ".spec2prod" / "history" / "deployments"
        return folder / environment / f"{COMPONENT}.jsonl"

    def ledger(self, environment: str = "staging") -> list[dict]:
        """Every record of the deployments to an environment."""
        file = self.ledger_file(environment)
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        return [json.loads(line) for line in lines]

    def events(self, kind: str, environment: str = "staging") -> list[dict]:
        """The events of one kind."""
        events = (record["event"] for record in self.ledger(environment))
        return [event for event in events if event["kind"] == kind]

    def is_baking(self) -> bool:
        """Whether the version that was deployed last is being watched."""
        events = [record["event"] for record in self.ledger()]
        phases = [e for e in events if e["kind"] in ("phase_started", "phase_ended", "ended")]
        last = phases[-1] if phases else {}
        return last.get("kind") == "phase_started" and last["phase"] in ("bake_time", "analysis")

    def held(self, environment: str = "staging") -> list[str]:
        """The commits that are held."""
        held: dict[str, bool] = {}
        for record in self.ledger(environment):
            event = record["event"]
            if event["kind"] in ("held", "released"):
                held[event["version"]["commit"]] = event["kind"] == "held"
        return [commit for commit, is_held in held.items() if is_held]

    def url(self, environment: str) -> str:
        """Where an environment is seen."""
        return f"http://127.0.0.1:{self.ports[environment]}"

    def ask(self, environment: str, path: str = "/health") -> tuple[int, dict]:
        """What the service answers; status 0 where nothing does."""
        try:
            with urllib.request.urlopen(self.url(environment) + path, timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, json.load(answer)
        except OSError:
            return 0, {}

    def serves(self, environment: str, commit: str) -> None:
        """Demands that a version is the one that answers, and is healthy."""
        wanted = (200, {"status": "ok", "version": commit})
        expect(self.ask(environment), wanted, f"what {environment} answers")

    def calls(self, commit: str, environment: str = "staging") -> list[str]:
        """The deployments by which the deploy script was asked to make a version active."""
        file = self.folder / ".environments" / environment / "calls.log"
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        return [line.split()[2] for line in lines if line.startswith(f"start {commit} ")]

    def stop(self, environment: str) -> None:
        """Ends the service of an environment."""
        variables = {
            "SPEC2PROD_ENVIRONMENT": environment,
            "SPEC2PROD_ENVIRONMENT_URL": self.url(environment),
        }
        script = self.folder / "deploy" / "serve.py"
        command(TOOLS / "python", script, "stop", cwd=self.folder, **variables)

    def close(self) -> None:
        """Ends what still runs."""
        for environment in ENVIRONMENTS:
            if (self.folder / ".environments" / environment).is_dir():
                self.stop(environment)


def read(report: Path) -> dict | None:
    """A report, where there is one."""
    return json.loads(report.read_text("utf-8")) if report.is_file() else None


def command(*arguments: str | Path, cwd: Path, **variables: str) -> str:
    """Runs a command, which must succeed, and gives what it printed."""
    ran = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **variables},
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


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextmanager
def shop(folder: Path, binary: Path, *, few_gates: bool = True) -> Iterator[Shop]:
    """A shop for as long as it is needed."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Shop(folder, binary, few_gates=few_gates)
    try:
        yield made
    finally:
        made.close()


def wait_until(is_so: object, what: str, limit: float = 20) -> None:
    """Waits until something is so."""
    end = time.monotonic() + limit
    while not is_so():  # type: ignore[operator]
        if time.monotonic() > end:
            raise WrongError(f"{what}: not within {limit} s")
        time.sleep(0.05)
