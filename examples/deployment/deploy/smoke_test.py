#!/usr/bin/env python3
"""Asks the deployed service for one price. The exit status says whether it is right."""

import json
import os
import sys
import urllib.request

PATH = "/gross?net=19.99&rate=21"
PRICE = "24.19"


def main() -> int:
    """Compares what is answered with what must be."""
    url = os.environ["SPEC2PROD_ENVIRONMENT_URL"] + PATH
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            price = json.load(answer)["gross"]
    except (OSError, ValueError, KeyError) as error:
        print(f"{url}: {error}", file=sys.stderr)
        return 1
    if price != PRICE:
        print(f"{url} is {price}, expected {PRICE}", file=sys.stderr)
        return 1
    print(f"{url} is {price}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
