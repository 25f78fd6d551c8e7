#!/usr/bin/env python3
"""Measures how long the service takes for a price, and how much memory it needs.

    benchmarks/measure.py REPORT

The report is as `hyperfine --export-json` writes it, which spec2prod reads.
"""

import json
import resource
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from price_service.server import Server
from price_service.service import Service

REQUESTS = 200
# What is not counted: the first requests find nothing in any cache.
WARM_UP = 20


def measure(url: str) -> list[float]:
    """The seconds that each request took."""
    times: list[float] = []
    for _ in range(WARM_UP + REQUESTS):
        begun = time.perf_counter()
        with urllib.request.urlopen(url, timeout=5) as answer:
            answer.read()
        times.append(time.perf_counter() - begun)
    return times[WARM_UP:]


def main(report: Path) -> None:
    """Serves, measures, and writes the report."""
    with tempfile.TemporaryDirectory() as data:
        service = Service("measured", Path(data))
        service.open()
        with Server(0, service) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            times = measure(f"http://127.0.0.1:{server.server_port}/gross?net=19.99&rate=21")
            server.shutdown()
            thread.join()
    result = {
        "command": "GET /gross",
        "mean": statistics.fmean(times),
        "stddev": statistics.stdev(times),
        "median": statistics.median(times),
        "min": min(times),
        "max": max(times),
        "times": times,
        # Of this process, which serves and asks; Linux counts in KiB.
        "memory_usage_byte": [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024],
    }
    report.write_text(json.dumps({"results": [result]}), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
