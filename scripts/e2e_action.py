#!/usr/bin/env python3
"""Runs the action for real, by `act`, and looks at what it left.

    scripts/e2e_action.py SPEC2PROD TESTS [EVENT...]

SPEC2PROD is packed as a release, TESTS is the compiled integration test, which has the stand-in for
GitHub. For each event the workflow of docs/github.md runs on this machine (plan, a job for each
component, one verdict), and what is then on GitHub, in the summaries, outputs and artifacts, and the
exit status, are held against what the documents say. The first difference ends it.
"""

import copy
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import e2e_setting as setting
from e2e_setting import Failure, Fake, Judged, Ran, Release

EVENTS = setting.ROOT / "tests/fixtures/github/events.json"
ALL = ("example_component", "letters", "parcels")
# The one whose test fails.
BROKEN = "letters"


@dataclass(frozen=True)
class Scenario:
    """An event, and what must follow from it.

    Attributes:
        name: What it is called here.
        event: GitHub's name of it.
        payload: Makes the payload.
        sha: The commit that the runner checks out.
        head: The commit that the result is about.
        components: Those that are judged.
        pull: The pull request that gets a comment.
        can_write: Whether the token may write.
    """

    name: str
    event: str
    payload: Callable[[Judged], dict]
    sha: Callable[[Judged], str]
    head: Callable[[Judged], str]
    components: tuple[str, ...] = ALL
    pull: int | None = None
    can_write: bool = True

    @property
    def verdict(self) -> str:
        """What the run must come to."""
        return "failed" if BROKEN in self.components else "passed"


def example(event: str, action: str = "") -> dict:
    """A payload of GitHub's examples, about the judged repository."""
    examples = json.loads(EVENTS.read_text("utf-8"))[event]
    found = next(each for each in examples if each.get("action", "") == action)
    payload = copy.deepcopy(found)
    name_repository(payload["repository"], setting.REPOSITORY)
    return payload


def name_repository(described: dict, full_name: str) -> None:
    """Gives a repository in a payload another name."""
    owner, name = full_name.split("/")
    described.update(full_name=full_name, name=name, default_branch="main")
    described["fork"] = full_name != setting.REPOSITORY
    described["owner"]["login"] = owner


def push(judged: Judged) -> dict:
    """The pull request was merged."""
    refs = {"ref": "refs/heads/main", "before": judged.base, "after": judged.merged}
    return {**example("push"), **refs, "deleted": False}


def pull_request(judged: Judged, number: int, head: str, repository: str) -> dict:
    """A pull request got new commits."""
    payload = example("pull_request", "synchronize")
    payload["number"] = number
    described = payload["pull_request"]
    described.update(number=number, state="open")
    described["head"].update(sha=head, ref=f"topic-{number}")
    described["base"].update(sha=judged.base, ref="main")
    name_repository(described["head"]["repo"], repository)
    name_repository(described["base"]["repo"], setting.REPOSITORY)
    return payload


def dispatch(judged: Judged) -> dict:
    """Somebody starts it for two components."""
    assert judged.base
    inputs = {"component": "example_component, parcels", "target": "dev"}
    return {**example("workflow_dispatch"), "inputs": inputs, "ref": "refs/heads/main"}


SCENARIOS = (
    Scenario(
        name="pull request",
        event="pull_request",
        payload=lambda judged: pull_request(judged, 7, judged.head, setting.REPOSITORY),
        sha=lambda judged: judged.merged,
        head=lambda judged: judged.head,
        pull=7,
    ),
    Scenario(
        name="fork",
        event="pull_request",
        payload=lambda judged: pull_request(judged, 8, judged.fork_head, "stranger/shop"),
        sha=lambda judged: judged.fork_merged,
        head=lambda judged: judged.fork_head,
        pull=8,
        can_write=False,
    ),
    Scenario(
        name="push",
        event="push",
        payload=push,
        sha=lambda judged: judged.merged,
        head=lambda judged: judged.merged,
    ),
    Scenario(
        name="dispatch",
        event="workflow_dispatch",
        payload=dispatch,
        sha=lambda judged: judged.merged,
        head=lambda judged: judged.merged,
        components=("example_component", "parcels"),
    ),
)


def expect(found: object, wanted: object, what: str) -> None:
    """Ends with a message where something is not as wanted."""
    if found != wanted:
        raise Failure(f"{what}: found {found!r}, expected {wanted!r}")


def expect_in(part: str, text: str, what: str) -> None:
    """Ends with a message where a text lacks a part."""
    if part not in text:
        raise Failure(f"{what}: lacks {part!r}:\n{text}")


def say(scenario: Scenario, text: str) -> None:
    """Prints what was seen."""
    print(f"{scenario.name:12} {text}", flush=True)


def judge(folder: Path, scenario: Scenario, judged: Judged, release: Release, fake: Fake) -> None:
    """Runs the workflow for an event, and looks at everything that it left."""
    if scenario.event in ("push", "workflow_dispatch"):
        judged.git("update-ref", "refs/heads/main", judged.merged)
    pulls = [
        {
            "number": number,
            "head_sha": head,
            "head_branch": f"topic-{number}",
            "head_repository": repository,
            "base_sha": judged.base,
        }
        for number, head, repository in (
            (7, judged.head, setting.REPOSITORY),
            (8, judged.fork_head, "stranger/shop"),
        )
    ]
    fake.ask("reset", {"commits": [judged.base, judged.merged], "pulls": pulls})
    began, count = time.monotonic(), len(release.downloads)
    ran = setting.act(
        folder,
        judged,
        release,
        event=scenario.event,
        payload=scenario.payload(judged),
        fake=fake,
        token=setting.FULL_TOKEN if scenario.can_write else setting.READ_ONLY_TOKEN,
        sha=scenario.sha(judged),
        name=scenario.name,
    )
    took = time.monotonic() - began
    state = fake.ask("state")
    expect(state["violations"], [], "requests that GitHub does not describe")
    look_at_job(scenario, ran)
    look_at_installation(scenario, ran, release.downloads[count:])
    look_at_plan(scenario, ran)
    look_at_artifacts(scenario, ran, scenario.head(judged))
    look_at_summaries(scenario, ran)
    look_at_check_runs(scenario, state, scenario.head(judged))
    look_at_comment(scenario, state)
    look_at_writes(scenario, ran, state)
    say(scenario, f"took {took:.1f} s")


def look_at_job(scenario: Scenario, ran: Ran) -> None:
    """The run ends as the verdict says."""
    outputs = ran.outputs("verdict")
    expect(outputs.get("verdict"), scenario.verdict, "the output `verdict`")
    success = scenario.verdict == "passed"
    expect(outputs.get("success"), str(success).lower(), "the output `success`")
    expect(ran.status, 0 if success else 1, "the exit status of the workflow")
    say(scenario, f"the verdict is {scenario.verdict}, the workflow ended with {ran.status}")


def look_at_installation(scenario: Scenario, ran: Ran, downloads: list[str]) -> None:
    """The archive of the release was downloaded once, and is right."""
    said = "\n".join(ran.said())
    expect(len(downloads), 1, f"downloads of the release ({downloads})")
    expect_in("the checksum is right", said, "the log of the installation")
    expect(said.count("the cache was asked for"), 0, "uses of the cache")
    say(scenario, f"installed {downloads[0].lstrip('/')} from the mirror")


def look_at_plan(scenario: Scenario, ran: Ran) -> None:
    """The matrix has a job for each component."""
    outputs = ran.outputs("plan")
    expect(outputs.get("components"), ",".join(scenario.components), "the output `components`")
    expect(outputs.get("has-components"), "true", "the output `has-components`")
    jobs = json.loads(outputs["matrix"])["include"]
    expect(sorted(job["component"] for job in jobs), list(scenario.components), "the matrix")
    legs = {line["matrix"]["component"] for line in ran.lines if line.get("jobID") == "judge"}
    expect(sorted(legs), list(scenario.components), "the jobs of the matrix")
    say(scenario, f"planned {len(jobs)} jobs: {', '.join(sorted(legs))}")


def look_at_artifacts(scenario: Scenario, ran: Ran, head: str) -> None:
    """Each job left its report and dashboard, the verdict the dashboard of all."""
    names = sorted(each.name for each in ran.artifacts.iterdir())
    wanted = [f"spec2prod-{name}-linux-1" for name in scenario.components]
    legs = [name for name in names if name in wanted]
    expect(legs, wanted, f"the artifacts of the jobs, of {names}")
    for component, name in zip(scenario.components, wanted, strict=True):
        files = {file.name: file for file in (ran.artifacts / name).rglob("*") if file.is_file()}
        for file in (f"workflow_report_{component}.json", f"workflow_dashboard_{component}.html"):
            expect(file in files, True, f"{file} in the artifact {name} ({sorted(files)})")
        report = json.loads(files[f"workflow_report_{component}.json"].read_text("utf-8"))
        expect(report["success"], component != BROKEN, f"the success of {component}")
        expect(report["source"]["head"], head, f"the commit in the report of {component}")
    others = [name for name in names if name not in wanted]
    expect(len(others), 1, f"the artifacts of the verdict ({others})")
    files = [file.name for file in (ran.artifacts / others[0]).rglob("*")]
    expect("workflow_dashboard.html" in files, True, f"the dashboard of all in {files}")
    say(scenario, f"uploaded {', '.join(names)}")


def look_at_summaries(scenario: Scenario, ran: Ran) -> None:
    """Each job shows its result, the verdict shows all."""
    for component in scenario.components:
        [summary] = ran.summaries("judge", component)
        words = "is blocked" if component == BROKEN else "is ready"
        expect_in(f"`{component}` {words}", summary, f"the summary of {component}")
    [summary] = ran.summaries("verdict")
    for component in scenario.components:
        expect_in(component, summary, "the summary of the verdict")
    say(scenario, f"{len(scenario.components) + 1} job summaries")


def look_at_check_runs(scenario: Scenario, state: dict, head: str) -> None:
    """One check run with a fixed name, and one for each component."""
    found = {run["name"]: run["conclusion"] for run in state["check_runs"]}
    wanted = {"spec2prod": "failure" if scenario.verdict == "failed" else "success"}
    for component in scenario.components:
        wanted[f"spec2prod: {component}"] = "failure" if component == BROKEN else "success"
    expect(found, wanted if scenario.can_write else {}, "the check runs")
    expect(len(state["check_runs"]), len(found), "check runs with names of their own")
    for run in state["check_runs"]:
        expect((run["head_sha"], run["status"]), (head, "completed"), run["name"])
    shown = ", ".join(f"{name} ({conclusion})" for name, conclusion in found.items())
    say(scenario, f"check runs: {shown or 'none'}")


def look_at_comment(scenario: Scenario, state: dict) -> None:
    """One comment that says what blocks; none without a pull request."""
    comments = state["comments"]
    is_wanted = scenario.pull is not None and scenario.can_write
    expect(len(comments), int(is_wanted), "the number of comments")
    for comment in comments:
        expect(comment["number"], scenario.pull, "the pull request of the comment")
        body = comment["body"]
        expect_in("1 of 3 components is blocked", body, "the comment")
        expect_in("`test_pass_rate`", body, "the comment")
        expect_in("test_weight", body, "the comment")
    say(scenario, f"{len(comments)} comments")


def look_at_writes(scenario: Scenario, ran: Ran, state: dict) -> None:
    """Only the verdict's job writes, and what the token may not do is said once."""
    writes = [each for each in state["requests"] if each["is_write"]]
    done = [each for each in writes if each["status"] < 300]
    notes = [line for line in ran.said() if "checks: write" in line]
    if scenario.can_write:
        expect(len(done), len(writes), "writes that GitHub took")
        expect(notes, [], "notes on permissions")
    else:
        expect(done, [], "writes that GitHub took")
        expect(len(notes), 1, f"notes on permissions ({notes})")
        expect_in("pull-requests: write", notes[0], "the note on permissions")
        [summary] = ran.summaries("verdict")
        expect(summary.count("checks: write"), 1, "notes on permissions in the summary")
    say(scenario, f"{len(state['requests'])} requests, {len(done)} of {len(writes)} writes done")


def main(arguments: list[str]) -> int:
    """Runs the scenarios that are named, or all."""
    known = [scenario.name for scenario in SCENARIOS]
    names = arguments[2:] or known
    if len(arguments) < 2 or not set(names) <= set(known):
        print(f"{__doc__}\nEVENT: {', '.join(known)}", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="spec2prod-e2e-"))
    fake = None
    try:
        release = Release(folder, Path(arguments[0]).resolve())
        judged = Judged(folder, release.mirror)
        fake = Fake(folder, Path(arguments[1]).resolve())
        for scenario in SCENARIOS:
            if scenario.name in names:
                judge(folder, scenario, judged, release, fake)
    except Failure as failure:
        print(f"{failure}\n{folder} has the logs", file=sys.stderr)
        return 1
    finally:
        if fake:
            fake.stop()
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
