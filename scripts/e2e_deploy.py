#!/usr/bin/env python3
"""Deploys the example for real, and looks at what came of it.

    scripts/e2e_deploy.py SPEC2PROD [SCENARIO...]

Each scenario has a repository and two environments of its own, with a real service behind each.
What is seen is the exit status, the report, the ledger, the calls of the deploy script, and what
the service answers. The first thing that is not as it should be ends a scenario, and this script
ends with status 1.
"""

import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import e2e_deploy_faults
import e2e_deploy_interrupted
import e2e_deploy_monitoring
import e2e_deploy_promotion
from e2e_deploy_shop import Shop, WrongError, shop

Scenario = Callable[[Shop], None]

# The longest ones first, so that nothing has to wait for them at the end.
SCENARIOS: dict[str, Scenario] = {
    **e2e_deploy_interrupted.SCENARIOS,
    **e2e_deploy_promotion.SCENARIOS,
    **e2e_deploy_monitoring.SCENARIOS,
    **e2e_deploy_faults.SCENARIOS,
}
# Those that are judged by every gate of the example.
WITH_ALL_GATES = {"to-production"}
# A scenario waits more than it works.
AT_THE_SAME_TIME = 4


def play(name: str, folder: Path, binary: Path) -> bool:
    """Plays one scenario, and says what was seen or what was wrong."""
    began = time.monotonic()
    try:
        with shop(folder / name, binary, few_gates=name not in WITH_ALL_GATES) as made:
            SCENARIOS[name](made)
            seen = made.seen
    except WrongError as error:
        print(f"{name}: WRONG\n{error}\n", file=sys.stderr, flush=True)
        return False
    except Exception:
        # The other scenarios go on.
        print(f"{name}: WRONG\n{traceback.format_exc()}\n", file=sys.stderr, flush=True)
        return False
    print(f"{name} ({time.monotonic() - began:.1f} s)", *seen, sep="\n  ", flush=True)
    return True


def main(arguments: list[str]) -> int:
    """Plays the scenarios."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    binary, names = Path(arguments[0]).resolve(), arguments[1:] or list(SCENARIOS)
    if unknown := set(names) - set(SCENARIOS):
        print(f"no such scenario: {', '.join(sorted(unknown))}", file=sys.stderr)
        print(f"there are: {', '.join(SCENARIOS)}", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="spec2prod-e2e-deploy-"))
    with ThreadPoolExecutor(AT_THE_SAME_TIME) as pool:
        is_right = list(pool.map(lambda name: play(name, folder, binary), names))
    if all(is_right):
        shutil.rmtree(folder)
        print(f"all is as it should be in {len(names)} scenarios")
        return 0
    wrong = [name for name, right in zip(names, is_right, strict=True) if not right]
    print(f"wrong: {', '.join(wrong)}; see {folder}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
