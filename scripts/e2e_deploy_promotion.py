"""From staging to production: what is asked, what shows it, and who may skip what."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from e2e_deploy_shop import COMPONENT, Ran, Shop, WrongError, expect, expect_in

TO_PRODUCTION = ("--component", COMPONENT, "--to", "production")
AT_STAGING = ("--component", COMPONENT, "--environment", "staging")
AT_PRODUCTION = ("--component", COMPONENT, "--environment", "production")
# What production asks where it is not the gates that are looked at.
ASKS = """
maturity_workflow:
  development: { required_gates: [linting] }
  staging: { required_gates: [linting] }
  production:
    required_gates: [linting]
    additional_requirements:
"""


def asking(shop: Shop, *requirements: str) -> None:
    """Lets production ask for this, and for nothing else but a clean lint."""
    shop.extra = shop.extra[: shop.extra.index("\nmaturity_workflow:")]
    shop.configure(ASKS + "".join(f"      - {each}\n" for each in requirements))


def moment(at: datetime) -> str:
    """A time as the ledger has it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def back_date(shop: Shop, age: timedelta) -> None:
    """Makes the record of staging older: what the ledger would be, had the runs been then."""

    def older(value: object) -> object:
        if isinstance(value, dict):
            times = ("at", "lease_until")
            return {
                key: moment(datetime.fromisoformat(str(each)) - age)
                if key in times
                else older(each)
                for key, each in value.items()
            }
        return value

    file = shop.ledger_file()
    lines = [json.dumps(older(record)) for record in shop.ledger()]
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def sample(
    shop: Shop, commit: str, age: timedelta, without: tuple[timedelta, timedelta] | None = None
) -> None:
    """Writes the looks of a schedule at staging, up every ten minutes, from an age until now.

    Args:
        shop: Whose staging it is.
        commit: The version that was active.
        age: How old the first look is.
        without: The ages of a gap, older first.
    """
    folder = shop.ledger_file().parents[2] / "samples" / "staging" / COMPONENT
    for file in folder.glob("*.jsonl"):
        file.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    while age > timedelta():
        if not without or not without[0] >= age >= without[1]:
            at = now - age
            look = {"at": moment(at), "is_up": True, "version": {"commit": commit}}
            with (folder / f"{at:%Y-%m}.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({**look, "latency_ms": 2, "message": "status 200"}) + "\n")
        age -= timedelta(minutes=10)


def criterion(ran: Ran, name: str, environment: str = "production") -> dict:
    """One line of what was asked."""
    found = [one for one in ran.stage(environment)["criteria"] if one["name"] == name]
    if len(found) != 1:
        raise WrongError(f"{len(found)} criteria {name!r}:\n{ran.said}")
    return found[0]


def blocked(ran: Ran, **criteria: str) -> None:
    """Demands that production is blocked, and by what."""
    ran.ended(1, 3)
    found = {one["name"]: one["verdict"] for one in ran.stage("production")["criteria"]}
    blocking = {name: verdict for name, verdict in found.items() if verdict not in PASSED}
    expect(blocking, criteria, "what blocks production")


PASSED = ("passed", "warned", "skipped")


def sign_off(shop: Shop, commit: str) -> None:
    """Signs off a version."""
    lines = (f"commit: {commit}", "reviewer: Ada Lovelace", f"date: {datetime.now(UTC):%Y-%m-%d}")
    shop.write(f"reviews/{COMPONENT}.md", "# Security review\n\n" + "\n".join(lines) + "\n")


def to_production(shop: Shop) -> None:
    """A version gets to production: eight days, a drill, a review."""
    earlier = shop.deployed()
    commit = shop.deployed()
    shop.saw("two versions went to staging, judged by every gate of the example")
    shop.run().ended(0).deployment("already_active")
    expect(len(shop.calls(commit)), 1, "calls of a version that is active")
    shop.saw("a version that is active and verified is looked at, not deployed again")
    blocked(
        shop.run("production"),
        staging_uptime_days="no_data",
        staging_uptime_percentage="no_data",
        security_review_complete="failed",
        rollback_tested="failed",
    )
    expect(shop.ask("production")[0], 0, "what production answers")
    shop.saw("production is blocked by what nobody looked at")

    back_date(shop, timedelta(days=8))
    gap = (timedelta(days=5), timedelta(days=3))
    sample(shop, commit, timedelta(days=8), gap)
    ran = shop.spec2prod("promote", *TO_PRODUCTION)
    expect(criterion(ran, "staging_uptime_days")["verdict"], "no_data", "days with a gap")
    shop.saw(f"two days without a look: {criterion(ran, 'staging_uptime_days')['gap']}")
    sample(shop, commit, timedelta(days=8))
    shop.spec2prod("probe", *AT_STAGING).ended(0)
    drilled(shop, earlier, commit)
    sign_off(shop, earlier)
    ran = shop.spec2prod("promote", *TO_PRODUCTION)
    blocked(ran, security_review_complete="failed")
    expect_in(earlier[:12], json.dumps(criterion(ran, "security_review_complete")), "the review")
    shop.saw("a review of another commit does not count")

    sign_off(shop, commit)
    began = time.monotonic()
    ran = shop.spec2prod("promote", *TO_PRODUCTION).ended(0)
    deployment = ran.deployment("healthy", "production")
    phases = [phase["phase"] for phase in deployment["phases"]]
    wanted = ["end_to_end_tests", "deploy", "health_check", "smoke_test", "bake_time"]
    expect(phases, wanted, "the phases")
    shop.serves("production", commit)
    days = criterion(ran, "staging_uptime_days")["measurements"][0]["actual"]["number"]
    expect(7.9 < days < 8.1, True, f"{days} days")
    shop.saw(f"{days:.2f} days: it went to production in {time.monotonic() - began:.1f} s")
    stated(shop, commit)
    shown(shop, commit)


def drilled(shop: Shop, earlier: str, commit: str) -> None:
    """Shows that a rollback works."""
    before = {each: len(shop.calls(each)) for each in (earlier, commit)}
    shop.spec2prod("rollback", *AT_STAGING, "--drill").ended(0)
    for each in (earlier, commit):
        expect(len(shop.calls(each)), before[each] + 1, f"calls for {each} in the drill")
    shop.serves("staging", commit)
    expect(shop.held(), [], "what is held after the drill")
    shop.saw("a drill went back to the version before, and came back")


def stated(shop: Shop, commit: str) -> None:
    """Verifies the statement, and one that somebody changed."""
    found = [file for file in shop.folder.rglob("*statement*.json") if ".git" not in file.parts]
    expect(len(found) >= 1, True, "whether there is a statement")
    statement = max(found, key=lambda file: file.stat().st_mtime)
    subject = json.loads(statement.read_text("utf-8"))["subject"]
    expect(subject[0]["digest"]["gitCommit"], commit, "the subject of the statement")
    shop.spec2prod("verify", statement, "--report", shop.report_file).ended(0)
    changed = shop.folder.with_name("changed-statement.json")
    changed.write_text(statement.read_text("utf-8").replace(commit, "0" * 40), "utf-8")
    shop.spec2prod("verify", changed, "--report", shop.report_file).ended(1)
    shop.saw("its statement is verified offline, and a changed one is refused")


def shown(shop: Shop, commit: str) -> None:
    """Looks at the status, for people and for programs."""
    ran = shop.spec2prod("status", "--format", "json").ended(0)
    status = json.loads(ran.stdout)
    expect([one["component"] for one in status], [COMPONENT], "the components")
    expect(status[0]["maturity"], "production", "the maturity")
    actives = [place["active"]["version"]["commit"] for place in status[0]["environments"]]
    expect(actives, [commit, commit], "what is active")
    expect_in("production", shop.spec2prod("status").ended(0).stdout, "the status")
    shop.spec2prod("status", "--component", COMPONENT, "--maturity-file").ended(0)
    found = [file for file in shop.folder.rglob("*MATURITY*.md") if ".git" not in file.parts]
    expect(len(found), 1, "files MATURITY.md")
    expect_in(commit[:12], found[0].read_text("utf-8"), "MATURITY.md")
    shop.run().ended(0).deployment("already_active")
    shop.saw(f"status and {found[0].relative_to(shop.folder)} name the level and the versions")


def hotfix(shop: Shop) -> None:
    """It skips the days in staging, and nothing else."""
    asking(
        shop, "staging_uptime_days: 7", "staging_uptime_percentage: 99.5", "rollback_tested: true"
    )
    earlier = shop.deployed()
    commit = shop.deployed()
    shop.judged()
    reason = ("--hotfix", "CVE-2026-1: prices of others were shown")
    blocked(
        shop.spec2prod("promote", *TO_PRODUCTION),
        staging_uptime_days="no_data",
        staging_uptime_percentage="no_data",
        rollback_tested="failed",
    )
    blocked(shop.spec2prod("promote", *TO_PRODUCTION, *reason), rollback_tested="failed")
    shop.saw("a hotfix does not skip the rollback that has to be shown")
    drilled(shop, earlier, commit)
    ran = shop.spec2prod("promote", *TO_PRODUCTION, *reason).ended(0)
    expect(ran.deployment("healthy", "production")["is_hotfix"], True, "the deployment")
    expect(shop.events("started", "production")[0]["is_hotfix"], True, "the ledger")
    expect_in("hotfix", ran.said.lower(), "what is said")
    expect_in("CVE-2026-1", ran.said, "what is said")
    shop.serves("production", commit)
    shop.saw("after a drill it is in production, and it is said that it skipped the days")


def holds(shop: Shop) -> None:
    """A person holds a version, takes one back, and releases it."""
    good = shop.deployed()
    commit = shop.version()
    named = ("--version", commit, "--reason", "ada saw wrong prices")
    shop.spec2prod("hold", *AT_STAGING, *named).ended(0)
    ran = shop.run()
    ran.ended(1, 3).deployment("refused")
    expect_in("ada saw wrong prices", ran.said, "why it is refused")
    expect(shop.calls(commit), [], "calls for a held version")
    shop.serves("staging", good)
    shop.saw("a version that a person holds is refused, and the reason is said")
    shop.spec2prod("release", *AT_STAGING, *named).ended(0)
    shop.run().ended(0).deployment("healthy")
    shop.serves("staging", commit)
    shop.spec2prod("rollback", *AT_STAGING, "--reason", "ada wants it").ended(0)
    shop.serves("staging", good)
    expect(shop.held(), [commit], "what is held after the rollback")
    shop.saw("released it is deployed, and `rollback` takes it back and holds it")
    shop.judged()
    ran = shop.spec2prod("promote", *TO_PRODUCTION).ended(1, 3)
    expect(shop.ask("production")[0], 0, "what production answers")
    expect_in("held", ran.said, "what is said")
    shop.saw("what is held in staging does not get to production")
    another_in_staging(shop)


def another_in_staging(shop: Shop) -> None:
    """A version was verified, and staging has another one by now, which the tests would judge."""
    commit = shop.deployed()
    shop.judged()
    judged = shop.folder.with_name("report-of-holds.json")
    judged.write_bytes(shop.report_file.read_bytes())
    newer = shop.deployed()
    shop.git("checkout", "--quiet", "--detach", commit)
    ran = shop.spec2prod("promote", *TO_PRODUCTION, "--report", judged).ended(3)
    ran.deployment("not_deployed", "production")
    expect_in(newer[:12], ran.said, "what is said")
    expect(shop.ask("production")[0], 0, "what production answers")
    shop.saw("while staging has another version, the end-to-end tests judge nothing")


def other_commit(shop: Shop) -> None:
    """The report is about another commit than the one that would be deployed."""
    shop.version()
    shop.run("dev").ended(0)
    judged = shop.folder.with_name("report-of-another-commit.json")
    judged.write_bytes(shop.report_file.read_bytes())
    commit = shop.version()
    to_staging = ("promote", "--component", COMPONENT, "--to", "staging", "--report", judged)
    ran = shop.spec2prod(*to_staging)
    expect(ran.status != 0, True, f"whether it is refused:\n{ran.said}")
    expect_in(commit[:7], ran.said, "what is said")
    expect(shop.calls(commit), [], "calls of the deploy command")
    expect(shop.ask("staging")[0], 0, "what staging answers")
    shop.saw(f"promoting what was not judged is refused with {ran.status}")
    shop.write("src/price_service/more.py", '"""More."""\n')
    ran = shop.run().ended(1, 3)
    expect_in(commit, ran.said, "what is said")
    expect(shop.calls(commit), [], "calls of the deploy command")
    shop.saw("so is deploying files that are no commit")


def approval(shop: Shop) -> None:
    """Somebody else has to agree."""
    shop.configure(
        "\nstages:\n  production_deployment: { require_manual_approval: true }\n",
        ("promotion:\n", "promotion:\n  approvers: [ada, grace]\n  approvals: 1\n"),
    )
    commit = shop.version()
    run = ("run", "--component", COMPONENT, "--target", "production")
    ran = shop.spec2prod(*run, USER="grace")
    ran.ended(1, 3)
    expect(shop.ask("production")[0], 0, "what production answers")
    expect_in("approve", ran.said, "what is said")
    agree = ("approve", *AT_PRODUCTION, "--version", commit, "--reason", "looked at it")
    shop.spec2prod(*agree, USER="grace")
    shop.spec2prod(*run, USER="grace").ended(1, 3)
    expect(shop.ask("production")[0], 0, "what production answers")
    shop.saw("nobody agreed, or only the one who deploys: refused")
    shop.spec2prod(*agree, USER="ada").ended(0)
    ran = shop.spec2prod(*run, USER="grace").ended(0)
    deployment = ran.deployment("healthy", "production")
    expect(deployment["approved_by"], ["ada"], "who agreed")
    shop.serves("production", commit)
    shop.saw("ada agreed: deployed, and the report says who did")


def exempted(shop: Shop) -> None:
    """A criterion is excused for a while, and not for longer."""
    asking(shop, "monitoring_configured: true", "security_review_complete: true")
    until = "component: price_service, criterion: security_review_complete, owner: ada, expires: "
    excuse = f'\nexemptions:\n  - {{ {until}%s, reason: "the reviewer is ill" }}\n'
    shop.configure(excuse % "2020-01-31")
    shop.version()
    ran = shop.run("production")
    blocked(ran, security_review_complete="failed")
    expect_in("2020-01-31", ran.said, "what is said")
    shop.saw("an exemption that has expired excuses nothing, and it is said")
    shop.extra = shop.extra.replace(
        "2020-01-31", f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"
    )
    shop.configure()
    commit = shop.version()
    ran = shop.run("production").ended(0)
    expect_in("the reviewer is ill", ran.said, "what is said")
    expect(bool(criterion(ran, "security_review_complete")["exemption"]), True, "the report")
    shop.serves("production", commit)
    expect_in("ada", shop.spec2prod("status").ended(0).stdout, "the status")
    shop.saw("one that holds does, and is shown in the result and the status")


def level(shop: Shop) -> tuple[str, dict | None]:
    """The level of the component, and why one was taken away."""
    ran = shop.spec2prod("status", "--component", COMPONENT, "--format", "json").ended(0)
    (status,) = json.loads(ran.stdout)
    return status["maturity"], status.get("demotion")


def demotion(shop: Shop) -> None:
    """A level that was reached is not kept."""
    asking(shop, "staging_uptime_percentage: 99.5")
    commit = shop.deployed()
    shop.judged()
    hotfix = ("--hotfix", "prices are needed today")
    shop.spec2prod("promote", *TO_PRODUCTION, *hotfix).ended(0)
    expect(level(shop), ("production", None), "the level")
    shop.spec2prod("hold", *AT_PRODUCTION, "--version", commit, "--reason", "seen by ada").ended(0)
    expect(level(shop)[0], "staging", "the level while the version is held")
    shop.saw(f"held: {level(shop)[1]['reason']}")
    release = ("release", *AT_PRODUCTION, "--version", commit, "--reason", "it was the network")
    shop.spec2prod(*release).ended(0)
    expect(level(shop), ("production", None), "the level after the release")

    shop.stop("production")
    for _ in range(2):
        shop.spec2prod("probe", *AT_PRODUCTION).ended(1)
    expect(len(shop.events("demoted", "production")), 1, "demotions in the ledger")
    found, why = level(shop)
    expect(found, "staging", "the level after an outage")
    shop.saw(f"down: {why['reason']}")
    expect_in("staging", shop.spec2prod("status").ended(0).stdout, "the status")
    again = shop.deployed()
    shop.judged()
    shop.spec2prod("promote", *TO_PRODUCTION, *hotfix).ended(0)
    shop.serves("production", again)
    expect(level(shop), ("production", None), "the level after another deployment")
    shop.saw("the next version that is healthy there has it again")


CATALOG = """components:
  catalog:
    path: src/catalog
    spec: specs/catalog.md
    suites:
      integration: { command: ["true"], report: { format: exit_status } }
      end_to_end: { command: ["true"], report: { format: exit_status } }
    environments:
      staging: &of_catalog
        deploy: ["true"]
        current: [printenv, SPEC2PROD_VERSION]
        health_check: { command: ["true"] }
        smoke_test: ["true"]
      production: *of_catalog
"""


def depends_on(shop: Shop) -> None:
    """Another component has to be there first."""
    spec = "    spec: specs/price_service.md\n"
    depends = (spec, f"{spec}    depends_on: [catalog]\n")
    shop.configure("", ("components:\n", CATALOG), depends)
    shop.write("src/catalog/__init__.py", '"""What is sold."""\n')
    specification = (shop.folder / "specs" / f"{COMPONENT}.md").read_text("utf-8")
    shop.write("specs/catalog.md", specification.replace(COMPONENT, "catalog"))
    commit = shop.version()
    for environment, verdict in (("staging", "no_data"), ("production", "failed")):
        ran = shop.run(environment).ended(1, 3)
        found = criterion(ran, "dependencies", environment)
        expect(found["verdict"], verdict, f"the dependencies before {environment}")
        expect(shop.calls(commit, environment), [], "calls of the deploy command")
        shop.saw(f"{environment} is refused: {found['gap']}")
        to_environment = ("--component", "catalog", "--target", environment)
        shop.spec2prod("run", *to_environment).ended(0)
        shop.run(environment).ended(0).deployment("healthy", environment)
        shop.serves(environment, commit)
    shop.saw("where catalog is, it may go, too")


SCENARIOS: dict[str, Callable[[Shop], None]] = {
    "to-production": to_production,
    "hotfix": hotfix,
    "approval": approval,
    "holds": holds,
    "exempted": exempted,
    "other-commit": other_commit,
    "depends-on": depends_on,
    "demotion": demotion,
}
