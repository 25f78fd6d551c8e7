"""What `scripts/e2e_action.py` runs the action in: a release, a repository, `act`, a GitHub.

All of it lies in one temporary folder outside of this repository, so that no settings of it reach
the judged one. Nothing talks to any other machine.
"""

import functools
import http.server
import json
import os
import platform
import re
import shutil
import subprocess
import textwrap
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from e2e_repository import Judged, WrongError, command

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".spec2prod" / "test-tools" / "bin"
STAND_INS = ROOT / "tests" / "fixtures" / "act"

# The tokens of the stand-in for GitHub: tests/integration/support/github/access.rs.
FULL_TOKEN = "ghs_full"
READ_ONLY_TOKEN = "ghs_read_only"
RUN_ID = 4242

# The commit of the action that the judged repository pins; any will do.
PINNED = "0123456789abcdef0123456789abcdef01234567"
# That of the release for this machine, which runs Linux.
TRIPLE = f"{platform.machine()}-unknown-linux-musl"
# The longest that one run of a workflow may take, in seconds.
TIME_LIMIT = 300

# What the document leaves out around the steps that it shows.
JOB_WITH_STEPS = """\
on: pull_request
permissions: { contents: read, checks: write, pull-requests: write }
jobs:
  letters:
    runs-on: ubuntu-24.04
"""

# What every runner has. There is no cargo, so that nothing can be built.
PROGRAMS = (
    *("bash", "cat", "chmod", "cmp", "cp", "curl", "cut", "dirname", "env", "find", "git", "gzip"),
    *("mkdir", "mktemp", "mv", "rm", "sed", "sh", "sha256sum", "sleep", "sort", "tar", "test"),
    *("tr", "uname", "xargs"),
)


class Release:
    """A checkout of the action with the archive of its release, which a mirror serves."""

    def __init__(self, folder: Path, binary: Path) -> None:
        """Packs the binary, and starts the mirror."""
        self.action = folder / "action"
        self.downloads: list[str] = []
        for name in command("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT).splitlines():
            if not name.startswith(("tests/", "docs/")) and (ROOT / name).is_file():
                (self.action / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.action / name)
        built = self.action / "target" / TRIPLE / "release"
        built.mkdir(parents=True)
        shutil.copy2(binary, built / "spec2prod")
        files = folder / "release"
        command(self.action / "scripts/package", TRIPLE, files, cwd=folder)
        sums = command(self.action / "scripts/checksums", files, cwd=folder)
        (self.action / "checksums.txt").write_text(f"{sums}\n")
        shutil.rmtree(self.action / "target")
        downloads = self.downloads

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_request(self, *_: object) -> None:
                downloads.append(self.path)

        handler = functools.partial(Handler, directory=str(files))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.mirror = f"http://127.0.0.1:{self.server.server_port}"


class Fake:
    """The stand-in for GitHub, which is an ignored test."""

    def __init__(self, folder: Path, tests: Path) -> None:
        """Starts it and waits for its address."""
        place = folder / "github"
        self.log = (folder / "github.log").open("wb")
        self.process = subprocess.Popen(
            [tests, "--ignored", "--exact", "fake_github::serve::serve"],
            env={**os.environ, "FAKE_GITHUB_ADDRESS": str(place)},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        until = time.monotonic() + 30
        while not place.exists():
            if self.process.poll() is not None or time.monotonic() > until:
                raise WrongError(f"the stand-in for GitHub did not start; see {self.log.name}")
            time.sleep(0.02)
        self.url = place.read_text()

    def ask(self, name: str, body: object = None) -> dict:
        """Sends a request for those who use it."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/__{name}", data=data)
        # Whatever proxy there is does not know this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return json.loads(answer.read() or "null")

    def stop(self) -> None:
        """Ends it."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.log.close()


class Ran:
    """What one run of the workflow left."""

    def __init__(self, status: int, log: str, artifacts: Path) -> None:
        """Reads the log of act, which is JSON, one object a line."""
        self.status = status
        self.artifacts = artifacts
        self.lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]

    def said(self) -> Iterator[str]:
        """What all steps printed, without the summaries."""
        for line in self.lines:
            if line.get("jobID") and line.get("command") != "summary":
                yield line["msg"].rstrip("\n")

    def summaries(self, job: str, component: str = "") -> list[str]:
        """What the steps of a job wrote as summary; the step around them repeats the last one."""
        found = [
            line["content"]
            for line in self.lines
            if line.get("command") == "summary"
            and line["jobID"] == job
            and component in ("", line["matrix"].get("component"))
        ]
        return list(dict.fromkeys(found))

    def outputs(self, job: str) -> dict[str, str]:
        """The outputs of the action in a job that has one step with it."""
        return {
            line["name"]: line["arg"]
            for line in self.lines
            if line.get("command") == "set-output"
            and line["jobID"] == job
            and len(line["stepID"]) == 1
        }


@dataclass(frozen=True)
class Run:
    """A run of a workflow of the judged repository.

    Attributes:
        name: Its folder.
        workflow: The file in `.github/workflows`.
        event: What started it.
        payload: What GitHub says about that.
        token: What `github.token` is.
        sha: What `GITHUB_SHA` is.
        attempt: How often it was started.
        artifacts: Where its artifacts are, also those of earlier attempts.
        artifacts_of_base: Where those of the run for the base are, if there was one.
    """

    name: str
    workflow: str
    event: str
    payload: dict
    token: str
    sha: str
    attempt: int
    artifacts: Path
    artifacts_of_base: Path


class Setting:
    """Everything that a run needs."""

    def __init__(self, folder: Path, binary: Path, tests: Path) -> None:
        """Packs the program, makes the repository, and starts the mirror and the stand-in."""
        self.folder = folder
        self.release = Release(folder, binary)
        self.judged = Judged(folder, self.workflows(binary))
        self.fake = Fake(folder, tests)

    def workflows(self, binary: Path) -> dict[str, str]:
        """The workflows that the document shows, and the one that `init` writes."""
        page = (ROOT / "docs/github.md").read_text("utf-8")

        def shown(heading: str) -> str:
            section = page.split(f"\n## {heading}\n")[1]
            return section.split("```yml\n")[1].split("```\n")[0]

        begun = self.folder / "begun"
        begun.mkdir()
        command("git", "init", "--quiet", cwd=begun)
        command(binary, "init", cwd=begun)
        written = (begun / ".github/workflows/spec2prod.yml").read_text("utf-8")
        steps = textwrap.indent(shown("Gates as steps of a job"), "    ")
        texts = {
            "quick.yml": shown("Quick start").replace("shop", "letters"),
            "steps.yml": JOB_WITH_STEPS + steps.replace("shop", "letters"),
            "several.yml": shown("Several components"),
            "publish.yml": shown("Forks and Dependabot"),
            "init.yml": written,
        }
        return {name: self.pinned(name, text) for name, text in texts.items()}

    def pinned(self, name: str, text: str) -> str:
        """A workflow with the commit of the action, and with the mirror."""
        text, count = re.subn(
            r"(uses: OWNER/spec2prod\S*@)<sha>\n((?: {2})+)(.*?\2)??with:\n",
            rf"\g<1>{PINNED}\n\g<2>\g<3>with:\n\g<2>  mirror: {self.release.mirror}\n",
            text,
            flags=re.DOTALL,
        )
        text, count_of_short = re.subn(
            r"(uses: OWNER/spec2prod@)<sha>\n( +)(if: .*\n +)?with: {",
            rf"\g<1>{PINNED}\n\g<2>\g<3>with: {{ mirror: '{self.release.mirror}',",
            text,
        )
        if count + count_of_short == 0 or re.search(r"uses: .*<sha>", text):
            raise WrongError(f"{name}: no `with:` follows a `uses: OWNER/spec2prod`:\n{text}")
        return text

    def programs(self, place: Path) -> Path:
        """A folder with the programs of a runner."""
        place.mkdir()
        for program in PROGRAMS:
            found = shutil.which(program, path="/usr/local/bin:/usr/bin:/bin")
            if found is None:
                raise WrongError(f"{program} is not installed")
            (place / program).symlink_to(found)
        (place / "gh").symlink_to(STAND_INS / "gh")
        return place

    def act(self, run: Run) -> Ran:
        """Runs a workflow."""
        place = self.folder / run.name
        home = place / "home"
        home.mkdir(parents=True)
        run.artifacts.mkdir(exist_ok=True)
        self.judged.check_out(run.sha)
        (place / "event.json").write_text(json.dumps(run.payload))
        action = self.release.action
        variables = {
            "E2E_ACTION": action,
            "E2E_ARTIFACTS": run.artifacts,
            "E2E_BASE": run.artifacts_of_base,
            "E2E_BASE_COMMIT": self.judged.base,
            "E2E_HOME": home,
            "E2E_ORIGIN": f"file://{self.judged.folder}",
            "GITHUB_API_URL": self.fake.url,
            "GITHUB_RUN_ATTEMPT": run.attempt,
            "GITHUB_RUN_ID": RUN_ID,
            # As a step before would set it: nothing is then installed from the network.
            "VIRTUAL_ENV": TOOLS.parent,
        }
        arguments = [
            *(TOOLS / "act", run.event, "--json", "--directory", self.judged.runner),
            *("--workflows", self.judged.runner / ".github/workflows" / run.workflow),
            *("--eventpath", place / "event.json", "--platform", "ubuntu-24.04=-self-hosted"),
            *("--no-cache-server", "--no-skip-checkout", "--concurrent-jobs", "2"),
            *("--secret", f"GITHUB_TOKEN={run.token}", "--insecure-secrets"),
            *("--local-repository", f"OWNER/spec2prod@{PINNED}={action}"),
        ]
        used = (action / "action.yml", *sorted((action / ".github/workflows").glob("*.yml")))
        texts = "\n".join(file.read_text("utf-8") for file in used)
        for name, stand_in in re.findall(r"uses: (actions/([a-z-]+)@[0-9a-f]{40}) ", texts):
            if (STAND_INS / stand_in).is_dir():
                arguments += ["--local-repository", f"{name}={STAND_INS / stand_in}"]
        for variable, value in variables.items():
            arguments += ["--env", f"{variable}={value}"]
        ran = subprocess.run(
            [str(argument) for argument in arguments],
            cwd=place,
            env={
                "PATH": f"{self.programs(place / 'bin')}:{TOOLS}",
                "HOME": str(home),
                "LANG": "C.UTF-8",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIME_LIMIT,
        )
        (place / "act.log").write_text(ran.stdout + ran.stderr)
        return Ran(ran.returncode, ran.stdout, run.artifacts)

    def stop(self) -> None:
        """Ends what was started."""
        self.fake.stop()
        self.release.server.shutdown()
