"""The command line: `python -m price_service --port 8101 --version V --data DIR`."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from price_service.faults import Fault, fault_of
from price_service.server import Server
from price_service.service import Service


def main(arguments: Sequence[str]) -> int:
    """Serves until it is asked to end, and gives the exit status."""
    parser = argparse.ArgumentParser(prog="price_service", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--version", required=True, help="what runs")
    parser.add_argument("--data", type=Path, required=True, help="the folder with the data")
    parser.add_argument("--release", type=Path, default=Path(), help="the version's own folder")
    options = parser.parse_args(arguments)
    fault = fault_of(options.release)
    if fault is Fault.NEVER_STARTS:
        sys.stderr.write("price_service: no prices today\n")
        return 1
    service = Service(options.version, options.data, fault)
    service.open()
    with Server(options.port, service) as server:

        def end(*_: object) -> None:
            # `shutdown` waits for the loop, which this thread runs.
            threading.Thread(target=server.shutdown).start()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        sys.stdout.write(f"listening on port {server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever(poll_interval=0.05)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
