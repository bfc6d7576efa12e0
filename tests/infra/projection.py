"""A resolved template in one canonical form, whichever tool wrote it: names, order and spelling no longer differ."""

import json
import re

# Types of which there are several, and what tells one from another.
TOLD_APART_BY = {
    "AWS::ApiGatewayV2::Route": lambda p: p["RouteKey"],
    "AWS::CloudWatch::Alarm": lambda p: p["AlarmName"],
    "AWS::IAM::Role": lambda p: p["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"],
    "AWS::Logs::LogGroup": lambda p: p["LogGroupName"],
    "AWS::Logs::MetricFilter": lambda p: p["MetricTransformations"][0]["MetricName"],
    "AWS::SecretsManager::Secret": lambda p: p["Description"].split(" as ")[0],
}
# What every resource has, though it does not say so; and what comes to nothing once everything is there.
ATTRIBUTES = {"Properties": {}, "DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete", "UpdatePolicy": {}}
LEFT_OUT = {"Type", "Metadata", "DependsOn"}
# Lists without an order, of text and of objects.
SETS = {"Action", "AllowedMethods", "Events", "Resource"}
UNORDERED = {"Alarms", "Dimensions", "Metrics", "Origins", "Statement"}
# What CloudFormation's schema knows as plain JSON, and passes on as it is: text stays text there, and "10" is not 10.
# Policies are plain JSON, too, but IAM takes text and numbers alike.
UNTYPED = {"RouteSettings"}


def canonical_names(resources: dict) -> dict[str, str]:
    """Logical id → a name that both tools' resources have."""
    names = {}
    for logical_id, resource in resources.items():
        kind = resource["Type"]
        told_apart_by = TOLD_APART_BY.get(kind)
        names[logical_id] = f"{kind} {told_apart_by(resource['Properties'])}" if told_apart_by else kind
    twice = {name for name in names.values() if list(names.values()).count(name) > 1}
    if twice:
        raise ValueError(f"cannot be told apart: {twice}")
    return names


def project(template: dict) -> dict:
    """Everything but metadata and the order of creation: {resource: …, output: …}, all scalars as text.

    A property has its type in CloudFormation's schema, and gets it there whatever the template wrote, 10 or "10". Not so in UNTYPED."""
    names = canonical_names(template["Resources"])
    parts = {}
    for logical_id, resource in template["Resources"].items():
        parts[names[logical_id]] = ATTRIBUTES | {key: value for key, value in resource.items() if key not in LEFT_OUT}
    for name, output in template["Outputs"].items():
        parts[f"Output {name}"] = output
    return {name: canonical(named_origins(part), names) for name, part in parts.items()}


def named_origins(part: dict) -> dict:
    """CloudFront's origins by what they are; their ids are of no consequence."""
    config = part.get("Properties", {}).get("DistributionConfig") if isinstance(part, dict) else None
    if not config:
        return part
    kinds = ["site" if "S3OriginConfig" in origin else "api" for origin in config["Origins"]]
    text = json.dumps(part)
    for origin, kind in zip(config["Origins"], kinds, strict=True):
        old, new = origin["Id"], kind if kinds.count(kind) == 1 else f"{kind} {origin['DomainName']}"
        text = text.replace(json.dumps(old), json.dumps(new))
    return json.loads(text)


def canonical(node, names: dict[str, str], key: str = ""):
    """Text that is JSON is parsed, references are renamed, lists without an order are sorted, or become sets."""
    match node:
        case dict() if key in UNTYPED:
            return {k: {name: json.dumps(value) for name, value in v.items()} for k, v in node.items()}
        case dict():
            return {k: canonical(v, names, k) for k, v in node.items() if k != "Sid"}
        case list():
            items = [canonical(item, names) for item in node]
            if key in SETS:
                return dict.fromkeys(items, "yes")
            return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if key in UNORDERED else items
        case str() if key in SETS:
            return canonical([node], names, key)
        case bool():
            return str(node).lower()
        case str() if node.startswith("{") and not node.startswith("{{") and key != "FilterPattern":
            return canonical(json.loads(node, object_pairs_hook=once), names)
        case str():
            return re.sub(r"\$\{(\w+)", lambda m: "${" + names.get(m[1], m[1]), node)
    return str(node)


def once(pairs: list[tuple]) -> dict | list:
    """An object of JSON; its pairs, if a name stands twice: whoever reads the text may take either."""
    return dict(pairs) if len({name for name, _ in pairs}) == len(pairs) else [list(pair) for pair in pairs]


def parts_of(node: dict | list) -> dict:
    """What is in it, by name. Objects of a list go by their own, where they have one for themselves."""
    if isinstance(node, dict):
        return node
    names = [name_of(item, n) for n, item in enumerate(node)]
    return {name if names.count(name) == 1 else f"{name} {n}": item for n, (name, item) in enumerate(zip(names, node, strict=True))}


def flatten(node, path: str = "") -> dict[str, str]:
    """One line for each leaf: its path, its value."""
    if not isinstance(node, dict | list):
        return {path: node}
    if not node:
        return {path: "empty"}
    return {leaf: value for name, item in parts_of(node).items() for leaf, value in flatten(item, f"{path}/{name}").items()}


def name_of(item, position: int) -> str:
    if isinstance(item, dict):
        for key in ("Id", "Name", "Header", "HeaderName", "PathPattern"):
            if isinstance(item.get(key), str):
                return item[key]
    return str(position)


def differences(left: dict, right: dict) -> list[str]:
    """What stands in one projection and not, or not so, in the other: one line each."""
    a, b = flatten(left), flatten(right)
    return [f"{path}: {a.get(path, 'absent')} ≠ {b.get(path, 'absent')}" for path in sorted({*a, *b}) if a.get(path) != b.get(path)]
