#!/usr/bin/env python3
"""Writes what the tests know of GitHub: its API's contract, and payloads of its events.

    scripts/github_contract.py

Both come from packages that GitHub's maintainers publish, in the versions below, which npm fetches
into a temporary folder. Nothing of them is executed.

- `@octokit/openapi` holds GitHub's own description of its REST API (OpenAPI 3.0). The operations
  that the tests answer become `tests/fixtures/github/contract.json`, as JSON Schema 2020-12.
- `@octokit/webhooks-examples` holds payloads of events. Those of the events that start workflows
  become `tests/fixtures/github/events.json`.

To let the tests answer one more operation, name it in OPERATIONS and run this again.
"""

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

OPENAPI = "@octokit/openapi@23.0.2"
DESCRIPTION = "package/generated/api.github.com.json"
EXAMPLES = "@octokit/webhooks-examples@7.6.1"
FOLDER = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "github"

OPERATIONS = [
    "actions/create-workflow-dispatch",
    "actions/download-artifact",
    "actions/get-artifact",
    "actions/get-reviews-for-run",
    "actions/get-workflow-run",
    "actions/list-artifacts-for-repo",
    "actions/list-jobs-for-workflow-run",
    "actions/list-workflow-run-artifacts",
    "actions/list-workflow-runs-for-repo",
    "checks/create",
    "checks/get",
    "checks/list-annotations",
    "checks/list-for-ref",
    "checks/update",
    "git/create-blob",
    "git/create-commit",
    "git/create-ref",
    "git/create-tree",
    "git/get-blob",
    "git/get-commit",
    "git/get-ref",
    "git/get-tree",
    "git/update-ref",
    "issues/create-comment",
    "issues/delete-comment",
    "issues/get-comment",
    "issues/list-comments",
    "issues/list-events-for-timeline",
    "issues/update-comment",
    "pulls/get",
    "pulls/list",
    "pulls/list-files",
    "pulls/list-reviews",
    "rate-limit/get",
    "repos/compare-commits-with-basehead",
    "repos/create-commit-status",
    "repos/create-deployment",
    "repos/create-deployment-status",
    "repos/create-or-update-file-contents",
    "repos/get",
    "repos/get-combined-status-for-ref",
    "repos/get-commit",
    "repos/get-content",
    "repos/get-deployment",
    "repos/list-commit-statuses-for-ref",
    "repos/list-deployment-statuses",
    "repos/list-deployments",
    "repos/list-pull-requests-associated-with-commit",
    "teams/get-by-name",
    "teams/get-membership-for-user-in-org",
]

EVENTS = ["push", "pull_request", "merge_group", "schedule", "workflow_dispatch", "workflow_run"]

# What says nothing about whether a value is valid.
PROSE = {"description", "example", "examples", "externalDocs", "title", "deprecated", "readOnly"}
# Their values are maps from names to schemas, and a name may be `description`.
MAPS = {"properties", "patternProperties"}


def main() -> int:
    """Writes both files.

    Returns:
        The exit status.
    """
    with tempfile.TemporaryDirectory() as scratch:
        description = read_json(fetch(OPENAPI, Path(scratch)), DESCRIPTION)
        examples = read_json(fetch(EXAMPLES, Path(scratch)), None)
    FOLDER.mkdir(parents=True, exist_ok=True)
    write(FOLDER / "contract.json", contract(description))
    write(FOLDER / "events.json", events(examples))
    return 0


def fetch(package: str, folder: Path) -> Path:
    """Downloads a package without installing it.

    Returns:
        The archive.
    """
    command = ["npm", "pack", "--silent", "--ignore-scripts", package]
    packed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return folder / packed.stdout.split()[-1]


def read_json(archive: Path, name: str | None) -> Any:
    """Reads a JSON file of a package; without a name, its `index.json`, the one nearest the root.

    Returns:
        The document.
    """
    with tarfile.open(archive) as package:
        names = package.getnames()
        if name is None:
            indexes = [each for each in names if each.endswith("/index.json")]
            name = min(indexes, key=lambda each: each.count("/"), default="index.json")
        if name not in names:
            sys.exit(f"{archive.name}: expected {name}, found {', '.join(names[:20])}")
        file = package.extractfile(name)
        assert file is not None, f"{name} is no file"
        return json.load(file)


def contract(description: dict[str, Any]) -> dict[str, Any]:
    """Takes what the tests answer out of GitHub's description.

    Returns:
        Operations, and the definitions that they use, as JSON Schema 2020-12.
    """
    found = {}
    for path, item in description["paths"].items():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if isinstance(operation, dict) and operation.get("operationId") in OPERATIONS:
                parameters = shared + operation.get("parameters", [])
                found[operation["operationId"]] = read_operation(
                    description, method.upper(), path, operation, parameters
                )
    if missing := [each for each in OPERATIONS if each not in found]:
        sys.exit(f"{OPENAPI}: no operation {', '.join(missing)}")
    operations = [found[each] for each in sorted(found)]
    always = {"basic-error", "validation-error"}
    definitions = reachable(description, references(operations) | always)
    return {
        "source": {
            "package": OPENAPI,
            "file": DESCRIPTION.removeprefix("package/"),
            "version": description["info"]["version"],
            "license": description["info"]["license"]["name"],
        },
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "operations": operations,
        "$defs": definitions,
    }


def read_operation(
    description: dict[str, Any],
    method: str,
    path: str,
    operation: dict[str, Any],
    parameters: list[dict[str, Any]],
) -> dict[str, Any]:
    """Converts one operation.

    Returns:
        Its name, place, parameters, body, and the schema of each answer (null: no body).
    """
    converted: dict[str, Any] = {
        "id": operation["operationId"],
        "method": method,
        "path": path,
        "params": [
            {
                "name": each["name"],
                "in": each["in"],
                "required": each.get("required", False),
                "schema": schema(each["schema"]),
            }
            for each in (resolved(description, each) for each in parameters)
        ],
    }
    if body := operation.get("requestBody"):
        body = resolved(description, body)
        converted["body_required"] = body.get("required", False)
        converted["body"] = json_schema_of(body)
    converted["responses"] = {
        status: json_schema_of(resolved(description, response))
        for status, response in operation["responses"].items()
    }
    return converted


def json_schema_of(holder: dict[str, Any]) -> Any:
    """Finds the schema of a body or an answer.

    Returns:
        It, or null where there is no JSON.
    """
    for kind, content in holder.get("content", {}).items():
        if kind.endswith("json") and "schema" in content:
            return schema(content["schema"])
    return None


def resolved(description: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """Follows a reference.

    Returns:
        What it stands for.
    """
    while "$ref" in value:
        target: Any = description
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


def schema(value: Any) -> Any:
    """Converts a schema of OpenAPI 3.0 to JSON Schema 2020-12.

    Without the conversion of `nullable`, which JSON Schema does not know, legal nulls are refused.

    Returns:
        The schema.
    """
    if isinstance(value, list):
        return [schema(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return {"$ref": value["$ref"].replace("#/components/schemas/", "#/$defs/")}
    converted = {}
    for key, inner in value.items():
        if key in MAPS:
            converted[key] = {name: schema(each) for name, each in inner.items()}
        elif key in {"enum", "default"}:
            converted[key] = inner
        elif key not in PROSE | {"nullable", "discriminator"} and not key.startswith("x-"):
            converted[key] = schema(inner)
    return with_null(converted) if value.get("nullable") else converted


def with_null(converted: dict[str, Any]) -> dict[str, Any]:
    """Lets a schema take null too.

    Returns:
        The schema.
    """
    if "type" not in converted:
        return {"anyOf": [converted, {"type": "null"}]}
    converted["type"] = [converted["type"], "null"]
    if "enum" in converted and None not in converted["enum"]:
        converted["enum"] = [*converted["enum"], None]
    return converted


def references(value: Any) -> set[str]:
    """Lists the definitions that a value names.

    Returns:
        Their names.
    """
    if isinstance(value, list):
        return {name for each in value for name in references(each)}
    if not isinstance(value, dict):
        return set()
    named = {name for each in value.values() for name in references(each)}
    target = value.get("$ref")
    if isinstance(target, str):
        named.add(target.removeprefix("#/$defs/"))
    return named


def reachable(description: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """Converts definitions, and those that they use in turn.

    Returns:
        Them by name.
    """
    definitions: dict[str, Any] = {}
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            definitions[name] = schema(description["components"]["schemas"][name])
            waiting.extend(references(definitions[name]))
    return dict(sorted(definitions.items()))


def events(examples: list[dict[str, Any]]) -> dict[str, Any]:
    """Takes one payload of each action of the events that start workflows.

    Returns:
        Payloads by event; an event that the package does not have is left out.
    """
    chosen: dict[str, Any] = {"source": {"package": EXAMPLES, "license": "MIT"}}
    for event in examples:
        if event["name"] not in EVENTS:
            continue
        by_action: dict[str, Any] = {}
        for payload in event["examples"]:
            by_action.setdefault(payload.get("action", ""), payload)
        chosen[event["name"]] = list(by_action.values())
    return chosen


def write(path: Path, document: dict[str, Any]) -> None:
    """Writes a document with a line for each entry of its maps and lists, for short diffs."""
    parts = []
    for key, value in document.items():
        if key != "source" and isinstance(value, list):
            lines = ",\n".join(compact(each) for each in value)
            parts.append(f"{compact(key)}:[\n{lines}\n]")
        elif key != "source" and isinstance(value, dict):
            lines = ",\n".join(f"{compact(name)}:{compact(each)}" for name, each in value.items())
            parts.append(f"{compact(key)}:{{\n{lines}\n}}")
        else:
            parts.append(f"{compact(key)}:{compact(value)}")
    path.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def compact(value: Any) -> str:
    """Writes a value without blanks.

    Returns:
        Its JSON.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main())
