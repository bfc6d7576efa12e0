#!/usr/bin/env python3
"""Writes docs/api.md, to stdout, from docs/openapi.yaml."""

import json
from pathlib import Path

import yaml

API = yaml.safe_load((Path(__file__).resolve().parent / "openapi.yaml").read_text())


def resolved(node: dict) -> dict:
    """What a `$ref` points at."""
    while "$ref" in node:
        target = API
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def kind(schema: dict) -> str:
    schema = resolved(schema)
    if "const" in schema:
        return f"`{schema['const']}`" if isinstance(schema["const"], str) else f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}s"
    return str(schema.get("type", "object"))


def properties(schema: dict) -> tuple[dict, set]:
    """Name → schema, and which are required, through `allOf`."""
    schema = resolved(schema)
    fields, required = dict(schema.get("properties", {})), set(schema.get("required", []))
    for part in schema.get("allOf", []):
        more, needed = properties(part)
        fields, required = {**more, **fields}, required | needed
    return fields, required


def table(heading: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [heading, ["---"] * len(heading), *rows]) + "\n"


def operation(path: str, verb: str, call: dict) -> str:
    parts = [f"## {verb.upper()} {path}\n", f"{call['summary']}.\n", call.get("description", "").strip() + "\n"]
    given = [resolved(parameter) for parameter in call.get("parameters", [])]
    rows = [[f"`{p['name']}`", p["in"], "yes" if p.get("required") else "no", line(p.get("description", ""))] for p in given]
    if rows:
        parts.append(table(["parameter", "in", "required", "meaning"], rows))
    if "requestBody" in call:
        fields, required = properties(call["requestBody"]["content"]["application/json"]["schema"])
        rows = [[f"`{n}`", kind(s), "yes" if n in required else "no", line(resolved(s).get("description", ""))] for n, s in fields.items()]
        parts.append(table(["field", "type", "required", "meaning"], rows))
    rows = [[status, line(resolved(answer)["description"])] for status, answer in call["responses"].items()]
    parts.append(table(["status", "when"], rows))
    return "\n".join(parts)


print("<!-- Written by docs/api.py from openapi.yaml: change that, then make api-reference. -->")
print(f"# API\n\n{API['info']['description'].strip()}\n")
print("Every body and every error is in [openapi.yaml](openapi.yaml), every code in [outcomes](outcomes.md), every example in")
print("[events](../events/README.md).\n")
print("\n".join(operation(path, verb, call) for path, verbs in API["paths"].items() for verb, call in verbs.items()).rstrip())
