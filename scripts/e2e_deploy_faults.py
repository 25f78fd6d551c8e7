"""Versions that are bad, each in its way."""

from collections.abc import Callable

from e2e_deploy_shop import COMPONENT, Ran, Shop, expect, expect_in

PHASES = ["deploy", "health_check", "smoke_test", "integration_tests", "bake_time"]


def verdicts(deployment: dict) -> dict[str, str]:
    """The verdict of each phase; those of a rollback are marked."""
    return {
        ("rollback " if phase["is_rollback"] else "") + phase["phase"]: phase["verdict"]
        for phase in deployment["phases"]
    }


def taken_back(shop: Shop, fault: str, phase: str, extra: str = "") -> tuple[str, str, Ran]:
    """Deploys a good version and a bad one, which must fail in a phase and be taken back.

    The bad one has more in its configuration.
    """
    good = shop.deployed()
    shop.configure(extra)
    bad = shop.version(fault)
    ran = shop.run().ended(1)
    deployment = ran.deployment("rolled_back")
    failed = [name for name, verdict in verdicts(deployment).items() if verdict == "failed"]
    expect(failed, [phase], "the phases that failed")
    expect(deployment["version"]["commit"], bad, "the version")
    expect(deployment["previous"]["commit"], good, "the version before")
    expect(deployment["active"]["commit"], good, "the version that is active")
    expect(verdicts(deployment)["rollback health_check"], "passed", "the health afterwards")
    shop.serves("staging", good)
    expect(shop.held(), [bad], "what is held")
    expect(shop.events("ended")[-1]["outcome"], "rolled_back", "the end in the ledger")
    expect_in("rolled back", ran.said.replace("_", " "), "what is said")
    shop.saw(f"{phase} failed: {good[:12]} is back and healthy, {bad[:12]} is held")
    return good, bad, ran


def smoke(shop: Shop) -> None:
    """Its smoke test fails; it is held until it is released."""
    good, bad, _ = taken_back(shop, "smoke", "smoke_test")
    calls = shop.calls(bad)
    ran = shop.run()
    expect(ran.ended(1, 3).deployment("refused")["version"]["commit"], bad, "the version")
    expect_in("held", ran.said, "why it is refused")
    expect(shop.calls(bad), calls, "calls for a held version")
    shop.serves("staging", good)
    shop.saw("it is refused while it is held, and nothing was called")
    release = ("release", "--component", COMPONENT, "--environment", "staging")
    shop.spec2prod(*release, "--version", bad, "--reason", "seen by ada").ended(0)
    expect(shop.held(), [], "what is held after the release")
    shop.run().ended(1).deployment("rolled_back")
    expect(len(shop.calls(bad)), len(calls) + 1, "calls after the release")
    expect(shop.held(), [bad], "what is held again")
    shop.serves("staging", good)
    shop.saw("released, it is deployed again, fails again, and is held again")


def bake(shop: Shop) -> None:
    """It turns unhealthy while it is watched."""
    shop.configure("", ("bake_time: 1\n", "bake_time: 5\n"), ("failures: 30\n", "failures: 10\n"))
    taken_back(shop, "bake", "bake_time")


def in_production(shop: Shop) -> None:
    """Staging does not watch it until it turns unhealthy, and production does."""
    shop.configure("", ("bake_time: 1\n  production:", "bake_time: 0\n  production:"))
    good = shop.version()
    shop.run("production").ended(0).deployment("healthy", "production")
    bad = shop.version("bake")
    ran = shop.run("production").ended(1)
    ran.deployment("healthy", "staging")
    deployment = ran.deployment("rolled_back", "production")
    expect(verdicts(deployment)["bake_time"], "failed", "the bake time in production")
    expect(deployment["active"]["commit"], good, "the version that is active in production")
    shop.serves("production", good)
    expect(shop.held("production"), [bad], "what is held in production")
    expect(shop.held("staging"), [], "what is held in staging")
    calls = shop.calls(bad, "production")
    to_production = ("promote", "--component", COMPONENT, "--to", "production")
    shop.spec2prod(*to_production).ended(1, 3).deployment("refused", "production")
    expect(shop.calls(bad, "production"), calls, "calls for a held version")
    shop.serves("production", good)
    shop.saw(f"production took it back: {good[:12]} is healthy there, {bad[:12]} is refused")


def never_starts(shop: Shop) -> None:
    """It ends at once."""
    taken_back(shop, "never-starts", "health_check")


def flaps(shop: Shop) -> None:
    """Its health is good at every other look only."""
    # It is never ready, so that all the time is spent; the version before needs no such limit.
    limit = "\nstages:\n  staging_deployment: { timeout_seconds: 15 }\n"
    taken_back(shop, "flaps", "health_check", limit)


def migration(shop: Shop) -> None:
    """It breaks the data, so that the version before is not healthy either."""
    good = shop.deployed()
    bad = shop.version("migration")
    ran = shop.run().ended(1)
    deployment = ran.deployment("rollback_failed")
    expect(verdicts(deployment)["rollback health_check"], "failed", "the health afterwards")
    expect(bool(deployment["remedy"]), True, "whether it is said what to do")
    expect_in(deployment["message"], ran.said, "what is said")
    expect(shop.ask("staging")[0], 503, "what staging answers")
    expect(len(shop.calls(good)), 2, "calls for the version before: one rollback, not two")
    expect(shop.held(), [bad], "what is held")
    shop.saw(f"the rollback failed, and it is said: {deployment['message']}")


def first(shop: Shop) -> None:
    """The first version of all is bad, so that there is nothing to go back to."""
    bad = shop.version("smoke")
    ran = shop.run().ended(1)
    found = ran.stage()["deployment"]
    expect(found["previous"], None, "the version before")
    expect(found["outcome"] in ("rollback_failed", "left_failed"), True, found["outcome"])
    expect(shop.held(), [bad], "what is held")
    shop.saw(f"{found['outcome']}: {found['message']}")


def network(shop: Shop) -> None:
    """Its deploy command fails twice with a network error."""
    commit = shop.version("network")
    deployment = shop.run().ended(0).deployment("healthy")
    deploy = deployment["phases"][0]
    expect(deploy["phase"], "deploy", "the first phase")
    expect(len(deploy["attempts"]), 3, "its attempts")
    expect(len(set(shop.calls(commit))), 1, "ids by which it was called")
    expect(len(shop.calls(commit)), 3, "calls")
    expect(deployment["outputs"].get("release"), commit, "what the deploy command gave back")
    shop.serves("staging", commit)
    shop.saw("the third attempt of the deploy command worked, under the same id")


def left(shop: Shop) -> None:
    """It fails, and the configuration says that it is left."""
    shop.configure("\nstages:\n  staging_deployment: { rollback_on_failure: false }\n")
    good = shop.deployed()
    bad = shop.version("smoke")
    ran = shop.run().ended(1)
    deployment = ran.deployment("left_failed")
    expect(deployment["active"]["commit"], bad, "the version that is active")
    expect(len(shop.calls(good)), 1, "calls for the version before")
    expect_in("rollback_on_failure", ran.said, "why it was left")
    shop.serves("staging", bad)
    shop.saw(f"it was left, and it is said: {deployment['message']}")


def cannot_measure(shop: Shop) -> None:
    """The smoke test cannot be started: that says nothing about the version."""
    shop.deployed()
    shop.configure("", ("[python3, deploy/smoke_test.py]", "[no-such-program]"))
    commit = shop.version()
    ran = shop.run().ended(3)
    deployment = ran.deployment("unverified")
    expect(verdicts(deployment)["smoke_test"], "errored", "the smoke test")
    expect(shop.held(), [], "what is held")
    shop.serves("staging", commit)
    shop.saw("a smoke test that cannot be started takes nothing back, and blocks")


SCENARIOS: dict[str, Callable[[Shop], None]] = {
    "production": in_production,
    "flaps": flaps,
    "smoke": smoke,
    "bake": bake,
    "never-starts": never_starts,
    "migration": migration,
    "network": network,
    "first": first,
    "left": left,
    "cannot-measure": cannot_measure,
}
