"""infra/resolved.yaml: what the templates come to, to be read when it changes.

A check looks at what somebody thought of; a layer, a replica or another right that nobody thought of is a line more in this file, in the review of
whoever adds it. It has SAM's template in the form in which test_equality.py compares it with the CDK's: the case `plain` in full, of every other
case what is otherwise than there."""

import difflib
import json
import re

import yaml
from cases import CASES
from expansion import ROOT, expand_sam, resolved, sam_source
from projection import ATTRIBUTES, SETS, parts_of, project

FILE = ROOT / "infra/resolved.yaml"
COMMAND = ".tools/infra/bin/python tests/infra/resolved.py"
HEAD = f"""\
# What both templates come to (infra/README.md, The whole in one file). Written by {COMMAND}.
# `plain` is a stage as it comes; of every other case of tests/infra/cases.py there is what is otherwise than in `plain`.
"""


def text(stacks: dict[str, dict]) -> str:
    """The file for these stacks: case → resolved template."""
    shown = {case: told(staged(project(stacks[case]), case)) for case in CASES}
    (first, plain), *others = shown.items()
    return HEAD + "".join(
        yaml.dump(part, Dumper=Lines, width=float("inf"), allow_unicode=True)
        for part in ({first: plain}, *({case: dict(otherwise(plain, other))} for case, other in others))
    )


def now() -> dict[str, dict]:
    """SAM's template as it is, for every case."""
    source = sam_source()
    return {case: resolved(expand_sam(source, values), values) for case, values in CASES.items()}


def changes(stacks: dict[str, dict]) -> list[str]:
    """The lines that the file does not have, or has and should not."""
    return list(difflib.unified_diff(FILE.read_text().splitlines(), text(stacks).splitlines(), "written down", "now", n=0, lineterm=""))


def staged(projection: dict, case: str) -> dict:
    """STAGE for the stage's name, where it stands as one: otherwise all names differ between cases."""
    stage = CASES[case].get("Stage", "test")
    place = r'[Tt]ill[-/ ]|"Stage", "|"Name": "Stage", "Value": "|"STAGE": "'
    return json.loads(re.sub(rf"({place}){stage}\b", r"\1STAGE", json.dumps(projection, sort_keys=True)))


def told(projection: dict) -> dict:
    """Of each resource what it says itself."""
    return {name: {key: brief(value) for key, value in part.items() if ATTRIBUTES.get(key) != value} for name, part in projection.items()}


def brief(node, key: str = ""):
    """A list for a set."""
    if isinstance(node, list):
        return [brief(item) for item in node]
    if not isinstance(node, dict):
        return node
    if key in SETS and all(value == "yes" for value in node.values()):
        return sorted(node)
    return {name: brief(value, name) for name, value in node.items()}


def otherwise(left, right, path: str = ""):
    """(path, what is there in the right one), outermost."""
    alike = type(left) is type(right) and isinstance(left, dict | list)
    if left == right:
        return
    if not alike or isinstance(left, list) and [*parts_of(left)] != [*parts_of(right)]:
        yield path.removeprefix("/"), right
        return
    a, b = parts_of(left), parts_of(right)
    for name in sorted({*a, *b}):
        yield from otherwise(a.get(name, "absent"), b.get(name, "absent"), f"{path}/{name}")


class Lines(yaml.SafeDumper):
    """A line for each value; what is short and all but flat has one together."""

    def ignore_aliases(self, data):
        return True

    def represent_data(self, data):
        node = super().represent_data(data)
        if isinstance(data, dict | list):
            below = [value for value in (data.values() if isinstance(data, dict) else data) if isinstance(value, dict | list)]
            flat = not any(isinstance(value, dict | list) for one in below for value in (one.values() if isinstance(one, dict) else one))
            node.flow_style = flat and len(json.dumps(data, ensure_ascii=False)) < 110
        return node


if __name__ == "__main__":
    FILE.write_text(text(now()))
