"""Runs that are killed, and runs that come at the same time."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

from e2e_deploy_shop import COMPONENT, KILL, ROOT, Ran, Shop, command, expect, expect_in, wait_until

# What can be killed on the way forward: before and after each phase, and around the command itself.
PHASES = ("deploy", "health_check", "smoke_test", "integration_tests", "bake_time")
COMMAND = ("command:begun", "command:beside", "command:done")
SIDES = ("before", "after")
FORWARD = tuple(f"{moment} {phase}" for phase in PHASES for moment in SIDES)
BACKWARD = ("before rollback", "rollback:begun", "rollback:beside", "rollback:done")
BACKWARD = (*BACKWARD, "after rollback")


def prepare(shop: Shop) -> Path:
    """Puts the killer around the commands and into the hooks, and gives its marker."""
    marker = shop.folder / ".git" / "kill"
    killer = f"{sys.executable}, {KILL}, {marker}"
    deploy = "[python3, deploy/serve.py, start]"
    start = deploy.strip("[]")
    shop.configure(
        "",
        (
            f"deploy: {deploy}\n    current",
            f"deploy: [{killer}, command, {start}]\n"
            f"    rollback: [{killer}, rollback, {start}]\n    current",
        ),
        (
            "  production:\n    url",
            "    hooks:\n"
            + "".join(
                f"      - {{ {moment}: {phase}, command: [{killer}, {moment} {phase}] }}\n"
                for phase in (*PHASES, "rollback")
                for moment in SIDES
            )
            + "  production:\n    url",
        ),
    )
    return marker


def killed(shop: Shop, marker: Path, point: str) -> None:
    """Starts a run that is killed at a point."""
    marker.write_text(f"{shop.binary}\n{point}\n", "utf-8")
    ran = shop.run()
    expect(ran.status, -signal.SIGKILL, f"how the run to be killed {point} ended\n{ran.said}")
    expect(marker.exists(), False, f"whether it was not killed {point}")
    started = [event["deployment"] for event in shop.events("started")]
    ended = [event["deployment"] for event in shop.events("ended")]
    expect(len(set(started) - set(ended)), 1, f"open deployments after it was killed {point}")


def settled(shop: Shop, point: str, environment: str = "staging") -> None:
    """Demands that every deployment of the ledger has ended, once."""
    started = {event["deployment"] for event in shop.events("started", environment)}
    ended = [event["deployment"] for event in shop.events("ended", environment)]
    expect(sorted(ended), sorted(started), f"ends in the ledger, {point}")


def gone_on(shop: Shop, commit: str, point: str, most_calls: int) -> Ran:
    """Runs again, which must end as if nothing had happened."""
    ran = shop.run().ended(0)
    ran.deployment("healthy")
    settled(shop, point)
    shop.serves("staging", commit)
    calls = shop.calls(commit)
    expect(len(calls) <= most_calls, True, f"{len(calls)} calls, killed {point}")
    expect(len(set(calls)), 1, f"ids of the deployment that was killed {point}")
    return ran


def killed_forward(shop: Shop) -> None:
    """A run is killed before every phase and after it; the next one goes on."""
    killed_at(shop, *FORWARD[:5])


def killed_later(shop: Shop) -> None:
    """The same, in the second half of the phases."""
    killed_at(shop, *FORWARD[5:])


def killed_at(shop: Shop, *points: str) -> None:
    """A run is killed at some points."""
    marker = prepare(shop)
    shop.deployed()
    for point in points:
        commit = shop.version()
        killed(shop, marker, point)
        gone_on(shop, commit, point, most_calls=1)
        shop.saw(f"killed {point}: the next run ended healthy, one call of the deploy command")


def killed_command(shop: Shop) -> None:
    """A run is killed in the middle of its deploy command, which dies, goes on, or is done."""
    marker = prepare(shop)
    shop.deployed()
    for point in COMMAND:
        commit = shop.version()
        killed(shop, marker, point)
        gone_on(shop, commit, point, most_calls=2 if point.endswith("beside") else 1)
        shop.saw(f"killed at {point}: ended healthy, {len(shop.calls(commit))} calls, one id")


def killed_backward(shop: Shop) -> None:
    """A run is killed while it takes a bad version back; the next one finishes that."""
    marker = prepare(shop)
    good = shop.deployed()
    for point in BACKWARD:
        bad = shop.version("smoke")
        killed(shop, marker, point)
        ran = shop.run().ended(1)
        ran.deployment("rolled_back")
        settled(shop, point)
        shop.serves("staging", good)
        expect(shop.held()[-1], bad, "what is held")
        expect(len(shop.calls(bad)), 1, "calls for the bad version")
        shop.saw(f"killed at {point}: the next run finished the rollback")


def killed_drill(shop: Shop) -> None:
    """A drill is killed; the next run brings the version back."""
    marker = prepare(shop)
    earlier, commit = shop.deployed(), shop.deployed()
    drill = ("rollback", "--component", COMPONENT, "--environment", "staging", "--drill")
    for point in ("rollback:begun", "rollback:done", "command:begun"):
        marker.write_text(f"{shop.binary}\n{point}\n", "utf-8")
        ran = shop.spec2prod(*drill)
        expect(ran.status, -signal.SIGKILL, f"how the drill to be killed {point} ended\n{ran.said}")
        shop.run().ended(0)
        settled(shop, point)
        shop.serves("staging", commit)
        expect(shop.held(), [], "what is held")
        shop.saw(f"a drill killed at {point}: the next run brought the version back")
    shop.spec2prod(*drill).ended(0)
    expect(len(shop.calls(earlier)) > 1, True, "whether the drill went back")
    shop.saw("the drill after them worked")


def killed_production(shop: Shop) -> None:
    """A run is killed on the way to production; the next one goes on."""
    marker = shop.folder / ".git" / "kill"
    killer = f"{sys.executable}, {KILL}, {marker}"
    points = [f"{moment} {phase}" for phase in ("end_to_end_tests", "deploy") for moment in SIDES]
    hooks = [
        f"      - {{ {point.replace(' ', ': ')}, command: [{killer}, {point}] }}\n"
        for point in points
    ]
    shop.configure("", ("\npromotion:\n", "    hooks:\n" + "".join(hooks) + "\npromotion:\n"))
    for point in points:
        commit = shop.version()
        marker.write_text(f"{shop.binary}\n{point}\n", "utf-8")
        ran = shop.run("production")
        expect(ran.status, -signal.SIGKILL, f"how the run to be killed {point} ended\n{ran.said}")
        ran = shop.run("production").ended(0)
        ran.deployment("already_active")
        ran.deployment("healthy", "production")
        settled(shop, point, "production")
        shop.serves("production", commit)
        expect(len(shop.calls(commit, "production")), 1, "calls of the deploy command")
        shop.saw(f"production killed {point}: the next run ended healthy, one call")


def broken_ledger(shop: Shop) -> None:
    """The ledger cannot be read: nothing is deployed by guess."""
    good = shop.deployed()
    file = shop.ledger_file()
    whole = file.read_text("utf-8")
    commit = shop.version()
    file.write_text(whole.replace('"kind":"ended"', '"kind":"bended"'), "utf-8")
    ran = shop.run().ended(3)
    ran.deployment("refused")
    expect_in(f"{file.name}:", ran.said, "what is said")
    expect(shop.calls(commit), [], "calls of the deploy command")
    shop.serves("staging", good)
    shop.saw("a line that is no record: nothing is deployed, and file and line are said")
    lines = whole.splitlines(keepends=True)
    file.write_text("".join([*lines, lines[-1][: len(lines[-1]) // 2]]), "utf-8")
    shop.run().ended(0).deployment("healthy")
    shop.serves("staging", commit)
    shop.saw("half a line, as a killed run leaves it: the next run goes on")


def another_wanted(shop: Shop) -> None:
    """A run is killed, and the next one wants another version."""
    marker = prepare(shop)
    good = shop.deployed()
    for point in ("after deploy", "command:begun"):
        interrupted = shop.version()
        killed(shop, marker, point)
        wanted = shop.version()
        deployment = shop.run().ended(0).deployment("healthy")
        expect(deployment["previous"]["commit"], good, "the version to go back to")
        outcomes = {event["deployment"]: event["outcome"] for event in shop.events("ended")}
        id_of = {e["deployment"]: e["version"]["commit"] for e in shop.events("started")}
        ends = [outcomes[key] for key, commit in id_of.items() if commit == interrupted]
        expect(ends, ["interrupted"], "the end of the interrupted one")
        settled(shop, point)
        shop.serves("staging", wanted)
        good = wanted
        shop.saw(f"killed {point}, another version was deployed, the interrupted one is closed")


def ended_softly(shop: Shop) -> None:
    """A run is asked to end while its version bakes; the next one goes on."""
    shop.configure("", ("bake_time: 1\n", "bake_time: 3\n"))
    shop.deployed()
    commit = shop.version()
    process = shop.start("run", "--component", COMPONENT, "--target", "staging")
    wait_until(shop.is_baking, "baking")
    process.send_signal(signal.SIGTERM)
    ran = shop.finish(process)
    ran.ended(143).deployment("interrupted")
    shop.run().ended(0).deployment("healthy")
    settled(shop, "softly")
    expect(len(shop.calls(commit)), 1, "calls")
    shop.saw("ended by SIGTERM while it baked (143): the next run went on without a second call")


def two_at_once(shop: Shop) -> None:
    """Two runs want the same; one wins."""
    shop.configure("", ("bake_time: 1\n", "bake_time: 3\n"))
    commit = shop.version()
    line = ("run", "--component", COMPONENT, "--target", "staging")
    reports = [shop.folder.with_name(f"two-at-once-{number}.json") for number in (1, 2)]
    processes = [shop.start(*line, "--output", report) for report in reports]
    ran = [shop.finish(*each) for each in zip(processes, reports, strict=True)]
    statuses = sorted(each.status for each in ran)
    expect(0 in statuses, True, f"whether one won: {statuses}\n{ran[0].said}\n{ran[1].said}")
    expect(len(shop.calls(commit)), 1, "calls of the deploy command")
    refused(max(ran, key=lambda each: each.status))
    settled(shop, "two at once")
    shop.serves("staging", commit)
    shop.saw(f"two runs at once ended with {statuses}, one call of the deploy command")


def refused(loser: Ran) -> None:
    """Demands that a run that did not wait until it could begin says why, and touched nothing."""
    if loser.status:
        loser.ended(3).deployment("refused")
        expect_in("at work", loser.said, "what the other one says")


def two_machines(shop: Shop) -> None:
    """Two clones that share nothing but a branch want different versions."""
    origin = shop.folder.with_name("two-machines-origin.git")
    environments = str(shop.folder / ".environments")
    shop.configure(
        "\nhistory: { branch: spec2prod-history, remote: origin }\n",
        ("bake_time: 1\n", "bake_time: 3\n"),
    )
    first = shop.version()
    command("git", "init", "--quiet", "--bare", "--initial-branch=main", origin, cwd=ROOT)
    shop.git("remote", "add", "origin", str(origin))
    shop.git("push", "--quiet", "origin", "main")
    other = Shop.__new__(Shop)
    other.__dict__.update(shop.__dict__)
    other.folder = shop.folder.with_name("two-machines-other")
    command("git", "clone", "--quiet", origin, other.folder, cwd=ROOT)
    other.use_tools()
    second = other.version()
    line = ("run", "--component", COMPONENT, "--target", "staging")
    processes = [(each, each.start(*line, ENVIRONMENTS=environments)) for each in (shop, other)]
    ran = [each.finish(process) for each, process in processes]
    statuses = [each.status for each in ran]
    expect(0 in statuses, True, f"whether one won: {statuses}\n{ran[0].said}\n{ran[1].said}")
    refused(max(ran, key=lambda each: each.status))
    calls = [len(shop.calls(commit)) for commit in (first, second)]
    shop.git("fetch", "--quiet", "origin", "spec2prod-history")
    listed = shop.git("ls-tree", "-r", "--name-only", "FETCH_HEAD")
    expect_in(f"deployments/staging/{COMPONENT}.jsonl", listed, "the branch of the history")
    shop.saw(f"two clones with one branch ended with {statuses}, calls {calls}")


SCENARIOS: dict[str, Callable[[Shop], None]] = {
    "killed-forward": killed_forward,
    "killed-later": killed_later,
    "killed-production": killed_production,
    "killed-drill": killed_drill,
    "killed-backward": killed_backward,
    "killed-command": killed_command,
    "another-wanted": another_wanted,
    "ended-softly": ended_softly,
    "two-at-once": two_at_once,
    "two-machines": two_machines,
    "broken-ledger": broken_ledger,
}
