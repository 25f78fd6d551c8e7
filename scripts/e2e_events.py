"""The events for which `scripts/e2e_action.py` runs the action, and what must follow from each."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass

from e2e_repository import REPOSITORY, ROOT, Judged, Pull

EVENTS = ROOT / "tests/fixtures/github/events.json"
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
        workflow: The file of the workflow.
        components: Those that are judged.
        number: The pull request that it is about.
        can_write: Whether the token may write.
        attempt: How often the run was started.
        follows: The scenario before, whose artifacts, check runs and comments are still there.
        broken: The component that is blocked, or none.
        is_merged: Whether `main` has the first pull request, where it is about `main`.
    """

    name: str
    event: str
    payload: Callable[[Judged], dict]
    workflow: str = "several.yml"
    components: tuple[str, ...] = ALL
    number: int | None = None
    can_write: bool = True
    attempt: int = 1
    follows: str = ""
    broken: str = BROKEN
    is_merged: bool = True

    @property
    def has_jobs(self) -> bool:
        """Whether the workflow plans jobs, and sums them up."""
        return self.workflow in ("several.yml", "init.yml")

    @property
    def verdict(self) -> str:
        """What the run must come to."""
        return "failed" if self.broken in self.components else "passed"

    def sha(self, judged: Judged) -> str:
        """The commit that the runner checks out: that of `main`, where it is no pull request's."""
        if not self.is_merged:
            return judged.base
        is_pull = self.event == "pull_request"
        return judged.pulls[self.number if is_pull and self.number else 7].merged

    def head(self, judged: Judged) -> str:
        """The commit that the result is about."""
        return judged.pulls[self.number].head if self.number else self.sha(judged)


def example(event: str, action: str = "") -> dict:
    """A payload of GitHub's examples, about the judged repository."""
    examples = json.loads(EVENTS.read_text("utf-8"))[event]
    payload = copy.deepcopy(next(each for each in examples if each.get("action", "") == action))
    name_repository(payload["repository"], REPOSITORY)
    return payload


def name_repository(described: dict, full_name: str) -> None:
    """Gives a repository in a payload another name."""
    owner, name = full_name.split("/")
    described.update(full_name=full_name, name=name, default_branch="main")
    described["fork"] = full_name != REPOSITORY
    described["owner"]["login"] = owner


def push(judged: Judged) -> dict:
    """A pull request was merged."""
    refs = {"ref": "refs/heads/main", "before": judged.base, "after": judged.pulls[7].merged}
    return {**example("push"), **refs, "deleted": False}


def first_push(judged: Judged) -> dict:
    """The branch `main` is new."""
    refs = {"ref": "refs/heads/main", "before": "0" * 40, "after": judged.base}
    return {**example("push"), **refs, "created": True, "deleted": False}


def pull_request(pull: Pull) -> dict:
    """A pull request got new commits."""
    payload = example("pull_request", "synchronize")
    payload["number"] = pull.number
    described = payload["pull_request"]
    described.update(number=pull.number, state="open")
    described["head"].update(sha=pull.head, ref=pull.branch)
    described["base"].update(sha=pull.base, ref="main")
    name_repository(described["head"]["repo"], pull.repository)
    name_repository(described["base"]["repo"], REPOSITORY)
    return payload


def dispatch(_: Judged) -> dict:
    """Somebody starts it for two components."""
    inputs = {"component": "example_component, parcels", "target": "dev"}
    return {**example("workflow_dispatch"), "inputs": inputs, "ref": "refs/heads/main"}


def run_of_fork(judged: Judged) -> dict:
    """The run for the pull request of a fork ended. It then names no pull request."""
    pull = judged.pulls[8]
    payload = example("workflow_run", "completed")
    described = payload["workflow_run"]
    described.update(id=4242, event="pull_request", conclusion="failure", pull_requests=[])
    described.update(head_sha=pull.head, head_branch=pull.branch)
    name_repository(described["repository"], REPOSITORY)
    name_repository(described["head_repository"], pull.repository)
    return payload


# The artifacts of the first are those of the base for all pull requests.
SCENARIOS = (
    Scenario(
        name="first-push",
        event="push",
        payload=first_push,
        broken="",
        is_merged=False,
    ),
    Scenario(
        name="pull-request",
        event="pull_request",
        payload=lambda judged: pull_request(judged.pulls[7]),
        number=7,
    ),
    Scenario(
        name="again",
        event="pull_request",
        payload=lambda judged: pull_request(judged.pulls[7]),
        number=7,
        attempt=2,
        follows="pull-request",
    ),
    Scenario(
        name="nothing",
        event="pull_request",
        payload=lambda judged: pull_request(judged.pulls[9]),
        components=(),
        number=9,
    ),
    Scenario(
        name="fork",
        event="pull_request",
        payload=lambda judged: pull_request(judged.pulls[8]),
        number=8,
        can_write=False,
    ),
    Scenario(
        name="publish",
        event="workflow_run",
        payload=run_of_fork,
        workflow="publish.yml",
        number=8,
        follows="fork",
    ),
    *(
        Scenario(
            name=name,
            event="pull_request",
            payload=lambda judged: pull_request(judged.pulls[7]),
            workflow=f"{name}.yml",
            components=("letters",),
            number=7,
        )
        for name in ("quick", "steps")
    ),
    Scenario(name="push", event="push", payload=push),
    Scenario(
        name="dispatch",
        event="workflow_dispatch",
        payload=dispatch,
        workflow="init.yml",
        components=("example_component", "parcels"),
    ),
)
