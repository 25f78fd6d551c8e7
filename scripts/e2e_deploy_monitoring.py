"""A real Prometheus watches the environments."""

import contextlib
import json
import re
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from e2e_deploy_faults import verdicts
from e2e_deploy_promotion import TO_PRODUCTION, asking, back_date, criterion
from e2e_deploy_shop import EXAMPLE, Shop, WrongError, command, expect, free_ports, wait_until

SCRAPES = """
global: {{ scrape_interval: 500ms, scrape_timeout: 500ms }}
scrape_configs:
  - job_name: price_service
    static_configs:
      - targets: ["127.0.0.1:{staging}"]
        labels: {{ environment: staging }}
"""
# How old the first look of the monitoring is, and how far its looks are apart.
PAST = timedelta(days=8)
STEP = timedelta(minutes=1)


class Prometheus:
    """A running server.

    Attributes:
        url: Where it is.
    """

    def __init__(self, shop: Shop) -> None:
        """Takes a port and a folder."""
        self.folder: Path = shop.folder / ".git" / "prometheus"
        self.folder.mkdir()
        port = free_ports(1)[0]
        self.address = f"127.0.0.1:{port}"
        self.url = f"http://{self.address}"
        (self.folder / "prometheus.yml").write_text(SCRAPES.format(**shop.ports), "utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def fill(self, downtimes: dict[timedelta, timedelta]) -> None:
        """Puts a past into it: up, but for times that begin at an age and last for a while."""
        now = time.time()
        lines = ["# TYPE up gauge"]
        age = PAST
        while age > timedelta():
            is_up = not any(begin >= age > begin - lasts for begin, lasts in downtimes.items())
            labels = 'job="price_service",environment="staging"'
            lines.append(f"up{{{labels}}} {int(is_up)} {now - age.total_seconds():.3f}")
            age -= STEP
        past = self.folder / "past.txt"
        past.write_text("\n".join([*lines, "# EOF", ""]), "utf-8")
        data = str(self.folder / "data")
        # A few long blocks are written within a second, many short ones take a quarter of a minute.
        promtool = ("promtool", "tsdb", "create-blocks-from", "--max-block-duration=162h")
        command(*promtool, "openmetrics", past, data, cwd=self.folder)

    def start(self) -> None:
        """Starts it, and waits until it has looked at staging, which takes it some seconds."""
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={self.folder}/prometheus.yml",
                    f"--storage.tsdb.path={self.folder}/data",
                    f"--web.listen-address={self.address}",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(self.has_looked, f"Prometheus looks at staging (see {self.folder}/log)")

    def has_looked(self) -> bool:
        """Whether it asked what it watches for its numbers, with whatever result."""
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/targets", timeout=1) as answer:
                targets = json.load(answer)["data"]["activeTargets"]
                return bool(targets) and all(one["health"] != "unknown" for one in targets)
        except OSError:
            return False

    def stop(self) -> None:
        """Ends it."""
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None


@contextmanager
def prometheus(shop: Shop) -> Iterator[Prometheus]:
    """A server for as long as it is needed."""
    made = Prometheus(shop)
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def customers(shop: Shop) -> Iterator[None]:
    """Customers who ask staging for prices while a version is watched."""
    end = threading.Event()

    def ask() -> None:
        url = f"{shop.url('staging')}/gross?net=1&rate=21"
        while not end.wait(0.03):
            if shop.is_baking():
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(url, timeout=2).close()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def of_readme(word: str, url: str) -> str:
    """The block of the example's README with a word, with this server."""
    blocks = re.findall(r"```yaml\n(.*?)```", (EXAMPLE / "README.md").read_text("utf-8"), re.DOTALL)
    found = [block for block in blocks if word in block]
    expect(len(found), 1, f"blocks of the README with {word!r}")
    return found[0].replace("http://127.0.0.1:9090", url)


def analysis(shop: Shop) -> None:
    """The share of errors is asked for while a version bakes."""
    with prometheus(shop) as server, customers(shop):
        server.start()
        block = of_readme("analysis:", server.url)
        for old, new in (
            ("[1m]", "[3s]"),
            ("interval: 15", "interval: 3"),
            ("count: 4", "count: 2"),
        ):
            block = block.replace(old, new)
        block += "        errors: 1\n"
        shop.configure("", ("  production:\n    url", f"{block}  production:\n    url"))
        good = shop.version()
        deployment = shop.run().ended(0).deployment("healthy")
        measured = phase_of(deployment, "analysis")
        expect(measured["verdict"], "passed", "the analysis of a good version")
        shop.serves("staging", good)
        shop.saw(f"a good version passed: {measured['message']}")

        bad = shop.version("errors")
        deployment = shop.run().ended(1).deployment("rolled_back")
        expect(verdicts(deployment)["analysis"], "failed", "the analysis of a bad version")
        expect(verdicts(deployment)["smoke_test"], "passed", "its smoke test")
        expect(shop.held(), [bad], "what is held")
        shop.serves("staging", good)
        shop.saw(f"one with errors was taken back: {phase_of(deployment, 'analysis')['message']}")

        server.stop()
        commit = shop.version()
        deployment = shop.run().ended(3).deployment("unverified")
        expect(verdicts(deployment)["analysis"], "errored", "the analysis without Prometheus")
        expect(shop.held(), [bad], "what is held")
        shop.serves("staging", commit)
        shop.saw("without Prometheus nothing is taken back, and the version is not verified")


def phase_of(deployment: dict, name: str) -> dict:
    """The record of a phase on the way forward."""
    found = [one for one in deployment["phases"] if one["phase"] == name and not one["is_rollback"]]
    if len(found) != 1:
        raise WrongError(f"{len(found)} phases {name}: {json.dumps(deployment, indent=2)}")
    return found[0]


def uptime(shop: Shop) -> None:
    """The uptime of eight days is asked for by a range query."""
    asking(shop, "staging_uptime_days: 7", "staging_uptime_percentage: 99.5")
    with prometheus(shop) as server:
        server.fill({timedelta(days=2): timedelta(minutes=20)})
        server.start()
        old = "  uptime: { source: samples, max_gap: 900, coverage: 95 }\n"
        shop.configure("", (old, of_readme("source: prometheus", server.url)))
        commit = shop.deployed()
        shop.judged()
        back_date(shop, PAST)
        ran = shop.spec2prod("promote", *TO_PRODUCTION).ended(0)
        ran.deployment("healthy", "production")
        shop.serves("production", commit)
        found = criterion(ran, "staging_uptime_percentage")
        percent = found["measurements"][0]["actual"]["number"]
        expect(99.7 < percent < 99.9, True, f"{percent} % with 20 minutes down in 7 days")
        shop.saw(f"20 minutes down in 7 days: {percent:.3f} % by {found['source']}")


def outage(shop: Shop) -> None:
    """There were more than 50.4 minutes without the service."""
    asking(shop, "staging_uptime_percentage: 99.5")
    with prometheus(shop) as server:
        server.fill({timedelta(days=2): timedelta(minutes=90)})
        server.start()
        old = "  uptime: { source: samples, max_gap: 900, coverage: 95 }\n"
        shop.configure("", (old, of_readme("source: prometheus", server.url)))
        shop.deployed()
        shop.judged()
        back_date(shop, PAST)
        ran = shop.spec2prod("promote", *TO_PRODUCTION).ended(1)
        found = criterion(ran, "staging_uptime_percentage")
        expect(found["verdict"], "failed", "the uptime")
        expect(shop.ask("production")[0], 0, "what production answers")
        shop.saw(f"90 minutes down: {found['gap']}")


SCENARIOS: dict[str, Callable[[Shop], None]] = {
    "analysis": analysis,
    "uptime": uptime,
    "outage": outage,
}
