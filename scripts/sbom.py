#!/usr/bin/env python3
"""Prints what spec2prod is made of as CycloneDX JSON, from what cargo resolved.

    scripts/sbom.py TRIPLE

Every crate that is linked into the program for the target is a component, with version, licence,
package address and the checksum of Cargo.lock. See https://cyclonedx.org/docs/1.6/json/.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def resolved(triple: str) -> dict:
    """Asks cargo which crates the lock file gives for a target."""
    command = ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", triple]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def linked(metadata: dict) -> set[str]:
    """Gives the ids of what the program is linked with: no tests, no build scripts' needs."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    found: set[str] = set()
    unread = [metadata["resolve"]["root"]]
    while unread:
        node = unread.pop()
        if node in found:
            continue
        found.add(node)
        unread += [
            dependency["pkg"]
            for dependency in nodes[node]["deps"]
            if any(kind["kind"] is None for kind in dependency["dep_kinds"])
        ]
    return found


def component(package: dict, checksums: dict[tuple[str, str], str]) -> dict:
    """Describes one crate."""
    address = f"pkg:cargo/{package['name']}@{package['version']}"
    described = {
        "type": "library",
        "bom-ref": address,
        "name": package["name"],
        "version": package["version"],
        "purl": address,
    }
    if package["license"]:
        described["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    checksum = checksums.get((package["name"], package["version"]))
    if checksum:
        described["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return described


def main() -> int:
    """Prints the document."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    metadata = resolved(sys.argv[1])
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text("utf-8"))
    checksums = {
        (package["name"], package["version"]): package["checksum"]
        for package in lock["package"]
        if "checksum" in package
    }
    wanted = linked(metadata)
    packages = [package for package in metadata["packages"] if package["id"] in wanted]
    root = metadata["resolve"]["root"]
    program = next(package for package in packages if package["id"] == root)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": component(program, checksums) | {"type": "application"}},
        "components": [
            component(package, checksums)
            for package in sorted(packages, key=lambda one: (one["name"], one["version"]))
            if package["id"] != root
        ],
    }
    json.dump(document, sys.stdout, indent=2)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
