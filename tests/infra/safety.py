"""What has to hold of a stack, whoever made it: each check takes a resolved template and names what is wrong."""

import json
import re
from functools import cache

from expansion import ROOT
from projection import canonical_names

# Who may do what on more than one thing named in full.
LISTED = {
    ("AWS::IAM::Role lambda.amazonaws.com", "xray:PutTraceSegments", "*"): "X-Ray's actions take no resource.",
    ("AWS::IAM::Role lambda.amazonaws.com", "xray:PutTelemetryRecords", "*"): "X-Ray's actions take no resource.",
    ("AWS::S3::BucketPolicy", "s3:GetObject", "${AWS::S3::Bucket.Arn}/*"): "The site's files, to this distribution alone.",
}
MANAGED = {"arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited"}  # AWS's own, for CodeDeploy alone


def of_type(stack: dict, kind: str) -> list[dict]:
    return [r.get("Properties", {}) for r in stack["Resources"].values() if r["Type"] == kind]


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def statements(stack: dict):
    """(resource, statement) of every policy there is."""
    names = canonical_names(stack["Resources"])
    for logical_id, resource in stack["Resources"].items():
        properties = resource.get("Properties", {})
        documents = [p["PolicyDocument"] for p in properties.get("Policies", [])] if resource["Type"] == "AWS::IAM::Role" else []
        documents += [properties["PolicyDocument"]] if "PolicyDocument" in properties else []
        for document in documents:
            for statement in document["Statement"]:
                renamed = re.sub(r"\$\{(\w+)", lambda m: "${" + names.get(m[1], m[1]), json.dumps(statement))
                yield names[logical_id], json.loads(renamed)


def unlisted_wildcards(stack: dict) -> list[str]:
    found = []
    for name, statement in statements(stack):
        if statement["Effect"] == "Allow":
            pairs = [(a, r) for a in listed(statement["Action"]) for r in listed(statement["Resource"])]
            found += [f"{name}: {a} on {r}" for a, r in pairs if re.search(r"[*?]", a + r) and (name, a, r) not in LISTED]
    for role in of_type(stack, "AWS::IAM::Role"):
        found += [f"managed policy {arn}" for arn in role.get("ManagedPolicyArns", []) if arn not in MANAGED]
    return found


def secrets_read_beside_the_one(stack: dict) -> list[str]:
    """Whoever may do anything with a secret, beside the function reading the one. IAM passes over the case of an action's letters."""
    rights = [(a, r) for _, s in statements(stack) for a in listed(s["Action"]) for r in listed(s["Resource"])]
    used = [(a, r) for a, r in rights if a.lower().startswith("secretsmanager:")]
    (function,) = of_type(stack, "AWS::Lambda::Function")
    stripe = function["Environment"]["Variables"]["STRIPE_SECRET_ID"].strip("${}")
    name = canonical_names(stack["Resources"])[stripe]
    one = [("secretsmanager:GetSecretValue", "${" + name + "}")]
    return [] if used == one and "Stripe's secret key" in name else [f"{a} on {r}" for a, r in used]


def public_bucket(stack: dict) -> list[str]:
    found = []
    for bucket in of_type(stack, "AWS::S3::Bucket"):
        block = bucket.get("PublicAccessBlockConfiguration", {})
        for flag in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"):
            found += [] if block.get(flag) is True else [flag]
        found += [key for key in ("WebsiteConfiguration", "AccessControl") if key in bucket]
    for name, statement in statements(stack):
        anybody = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        found += [f"{name} lets anybody"] if anybody and statement["Effect"] == "Allow" else []
    return found


def secret_values(stack: dict) -> list[str]:
    found = re.findall(r"(?:sk|rk)_(?:test|live)_\w+", json.dumps(stack))
    for secret in of_type(stack, "AWS::SecretsManager::Secret"):
        found += ["SecretString"] if "SecretString" in secret else []
        found += ["a generated Stripe key"] if "Stripe" in secret["Description"] and "GenerateSecretString" in secret else []
    reference = r"\{\{resolve:secretsmanager:\$\{\w+\}:SecretString\}\}"
    (function,) = of_type(stack, "AWS::Lambda::Function")
    accepted = function["Environment"]["Variables"]["ORIGIN_VERIFY"]
    found += [] if re.fullmatch(f"{reference}(,{reference})?", accepted) else ["ORIGIN_VERIFY"]
    for origin in distribution(stack)["Origins"]:
        for header in origin.get("OriginCustomHeaders", []):
            known = re.fullmatch(reference, header["HeaderValue"]) and header["HeaderValue"] in accepted
            found += [] if known else [header["HeaderName"]]
    return found


def unkept_logs(stack: dict) -> list[str]:
    found = [group["LogGroupName"] for group in of_type(stack, "AWS::Logs::LogGroup") if not group.get("RetentionInDays")]
    (function,) = of_type(stack, "AWS::Lambda::Function")
    (stage,) = of_type(stack, "AWS::ApiGatewayV2::Stage")
    kept = {name for name, r in stack["Resources"].items() if r["Type"] == "AWS::Logs::LogGroup"}
    used = [function.get("LoggingConfig", {}).get("LogGroup", "none"), stage["AccessLogSettings"]["DestinationArn"]]
    return found + [name for name in used if name.strip("${}").removesuffix(".Arn") not in kept]


def logged_too_much(stack: dict) -> list[str]:
    (stage,) = of_type(stack, "AWS::ApiGatewayV2::Stage")
    fields = json.loads(stage["AccessLogSettings"]["Format"]).values()
    return [field for field in fields if re.search(r"header|body|identity|authorizer|path\b", field, re.IGNORECASE)]


def distribution(stack: dict) -> dict:
    (found,) = of_type(stack, "AWS::CloudFront::Distribution")
    return found["DistributionConfig"]


def other_headers(stack: dict) -> list[str]:
    """What CloudFront would send, against infra/headers.json."""
    wanted = {h["name"]: h["value"] for h in json.loads((ROOT / "infra/headers.json").read_text())["headers"]}
    (policy,) = [p["ResponseHeadersPolicyConfig"] for p in of_type(stack, "AWS::CloudFront::ResponseHeadersPolicy")]
    named, custom = policy["SecurityHeadersConfig"], policy["CustomHeadersConfig"]["Items"]
    hsts = named["StrictTransportSecurity"]
    flags = [flag for flag, key in (("includeSubDomains", "IncludeSubdomains"), ("preload", "Preload")) if hsts.get(key)]
    sent = {
        "Content-Security-Policy": named["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "Referrer-Policy": named["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": "; ".join([f"max-age={hsts['AccessControlMaxAgeSec']}", *flags]),
        **({"X-Content-Type-Options": "nosniff"} if "ContentTypeOptions" in named else {}),
        **{item["Header"]: item["Value"] for item in custom},
    }
    weak = [item.get("Header", "one of CloudFront's own") for item in [*named.values(), *custom] if item.get("Override") is not True]
    behaviours = [distribution(stack)["DefaultCacheBehavior"], *distribution(stack)["CacheBehaviors"]]
    (ours,) = ["${" + name + "}" for name, r in stack["Resources"].items() if r["Type"] == "AWS::CloudFront::ResponseHeadersPolicy"]
    bare = [b.get("PathPattern", "the site") for b in behaviours if b.get("ResponseHeadersPolicyId") != ours]
    return [name for name in {*wanted, *sent} if wanted.get(name) != sent.get(name)] + weak + bare


def ladder(stack: dict) -> list[int]:
    """Seconds: the function's budget, Lambda's timeout, the API's, CloudFront's."""
    source = (ROOT / "functions/payments/src/deadline.rs").read_text()
    budget = int(re.search(r"const MOST: Duration = Duration::from_secs\((\d+)\);", source)[1])
    (function,) = of_type(stack, "AWS::Lambda::Function")
    (integration,) = of_type(stack, "AWS::ApiGatewayV2::Integration")
    (api,) = [o["CustomOriginConfig"] for o in distribution(stack)["Origins"] if "CustomOriginConfig" in o]
    return [budget, function["Timeout"], integration["TimeoutInMillis"] / 1000, api["OriginReadTimeout"]]


def ladder_out_of_order(stack: dict) -> list[str]:
    steps = ladder(stack)
    return [f"{low} s is not below {high} s" for low, high in zip(steps, steps[1:], strict=False) if not low < high]


def careless_distribution(stack: dict) -> list[str]:
    config = distribution(stack)
    (api,) = config["CacheBehaviors"]
    wanted = {
        "PathPattern": "/api/*",
        "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # CachingDisabled, which forwards nothing
    }
    found = [key for key, value in wanted.items() if api.get(key) != value]
    found += [key for key in ("CustomErrorResponses",) if key in config]
    behaviours = [config["DefaultCacheBehavior"], api]
    found += ["http"] if any(b["ViewerProtocolPolicy"] != "redirect-to-https" for b in behaviours) else []
    certificate = config.get("ViewerCertificate")
    found += ["old TLS"] if certificate and certificate["MinimumProtocolVersion"] != "TLSv1.2_2021" else []
    (site,) = [o for o in config["Origins"] if "S3OriginConfig" in o]
    (behind,) = [o for o in config["Origins"] if "CustomOriginConfig" in o]
    tls = behind["CustomOriginConfig"]["OriginProtocolPolicy"], behind["CustomOriginConfig"]["OriginSSLProtocols"]
    found += ["the way to the API"] if tls != ("https-only", ["TLSv1.2"]) else []
    found += ["nothing is shown to the API"] if [h["HeaderName"] for h in behind.get("OriginCustomHeaders", [])] != ["x-origin-verify"] else []
    return found + ([] if site.get("OriginAccessControlId") else ["no origin access control"])


@cache
def read_by_the_function() -> set[str]:
    """The headers of a request that the function reads, in small letters."""
    sources = [path for path in (ROOT / "functions/payments/src/http").glob("*.rs") if path.name not in ("event.rs", "response.rs")]  # these carry all, and write
    text = "\n".join(path.read_text() for path in sources)
    constants = dict(re.findall(r'const (\w+): &str = "([\w-]+)";', text))
    found = set()
    for how, what in re.findall(r"\bheaders(?:\(\))?\s*\.\s*(\w+)\(([^()]*)\)", text):
        name = what.strip('"') if what.startswith('"') else constants.get(what)
        if how not in ("get", "get_all", "contains_key") or name is None:
            raise ValueError(f"no such reading here yet: headers.{how}({what})")
        found.add(name.lower())
    return found


def forwarded_otherwise(stack: dict) -> list[str]:
    """Of a request to the API CloudFront forwards what the function reads, and nothing else: beside method, path and body, which it always does."""
    kind = "AWS::CloudFront::OriginRequestPolicy"
    ours = {"${" + name + "}": r["Properties"]["OriginRequestPolicyConfig"] for name, r in stack["Resources"].items() if r["Type"] == kind}
    (api,) = distribution(stack)["CacheBehaviors"]
    policy = ours.get(api.get("OriginRequestPolicyId"))
    if policy is None:
        return ["what the policy of somebody else says"]
    headers = policy["HeadersConfig"]
    forwarded = {name.lower() for name in headers.get("Headers", [])}
    written = {header["HeaderName"].lower() for origin in distribution(stack)["Origins"] for header in origin.get("OriginCustomHeaders", [])}
    wanted = read_by_the_function() - written
    modes = {
        "headers": (headers["HeaderBehavior"], "whitelist"),
        "cookies": (policy["CookiesConfig"]["CookieBehavior"], "none"),
        "query strings": (policy["QueryStringsConfig"]["QueryStringBehavior"], "none"),
    }
    found = [f"{what}: {mode}" for what, (mode, right) in modes.items() if mode != right]
    return found + [f"no {name}" for name in sorted(wanted - forwarded)] + sorted(forwarded - wanted)


def open_doors(stack: dict) -> list[str]:
    """Ways in beside CloudFront's and the API's, and whoever may act as one of the roles."""
    found = [r["Type"] for r in stack["Resources"].values() if r["Type"] in ("AWS::Lambda::Url", "AWS::SecretsManager::ResourcePolicy")]
    (api,) = [name for name, r in stack["Resources"].items() if r["Type"] == "AWS::ApiGatewayV2::Api"]
    for permission in of_type(stack, "AWS::Lambda::Permission"):
        source = f"arn:aws:execute-api:us-east-1:123456789012:${{{api}}}/*/*/*"
        known = permission["Principal"] == "apigateway.amazonaws.com" and permission.get("SourceArn") == source
        found += [] if known else [f"{permission['Principal']} may call the function"]
    found += ["other sites may read answers" for one in of_type(stack, "AWS::ApiGatewayV2::Api") if "CorsConfiguration" in one]
    for role in of_type(stack, "AWS::IAM::Role"):
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            principal = statement["Principal"]
            services = listed(principal.get("Service", [])) if isinstance(principal, dict) else []
            alone = {*services} <= {"lambda.amazonaws.com", "codedeploy.amazonaws.com"} and services and {*principal} == {"Service"}
            found += [] if alone else [f"{principal} may take a role"]
    return found


def other_readers(stack: dict) -> list[str]:
    """Who reads the bucket beside the one distribution, and how; and who could be there before it, under a name that is known."""
    found = ["its name is known beforehand" for bucket in of_type(stack, "AWS::S3::Bucket") if "BucketName" in bucket]
    (distributed,) = [name for name, r in stack["Resources"].items() if r["Type"] == "AWS::CloudFront::Distribution"]
    (policy,) = of_type(stack, "AWS::S3::BucketPolicy")
    allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    denied = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
    ours = {"StringEquals": {"AWS:SourceArn": f"arn:aws:cloudfront::123456789012:distribution/${{{distributed}}}"}}
    if [(s["Principal"], s.get("Condition")) for s in allowed] != [({"Service": "cloudfront.amazonaws.com"}, ours)]:
        found.append("others than the distribution read it")
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    if not any(s["Action"] == "s3:*" and s.get("Condition") == plain and len(listed(s["Resource"])) == 2 for s in denied):
        found.append("it is read over http")
    (access,) = of_type(stack, "AWS::CloudFront::OriginAccessControl")
    config = access["OriginAccessControlConfig"]
    return found + ([] if (config["SigningBehavior"], config["SigningProtocol"]) == ("always", "sigv4") else ["it is read unsigned"])


# What the page needs, by directive; nothing else is allowed, and what is not named here is not allowed at all.
NEEDED = {
    "default-src": {"'none'"},
    "script-src": {"'self'", "https://js.stripe.com", "https://*.js.stripe.com"},
    "frame-src": {"https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"},
    "connect-src": {"'self'", "https://api.stripe.com"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}
SHUT = {"default-src", "base-uri", "form-action", "frame-ancestors"}  # without them everything is allowed


def weak_headers(stack: dict) -> list[str]:
    """What CloudFront would send, against what the page needs."""
    (policy,) = [p["ResponseHeadersPolicyConfig"] for p in of_type(stack, "AWS::CloudFront::ResponseHeadersPolicy")]
    named = policy["SecurityHeadersConfig"]
    csp = named["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    directives = {name: {*values} for name, *values in (part.split() for part in csp.split(";") if part.strip())}
    found = [f"{name} {value}" for name, values in directives.items() for value in values - NEEDED.get(name, set())]
    found += [f"no {name}" for name in SHUT - {*directives}]
    hsts = named["StrictTransportSecurity"]
    found += [] if int(hsts["AccessControlMaxAgeSec"]) >= 31_536_000 else ["https is forgotten"]
    found += [] if "ContentTypeOptions" in named else ["types are guessed"]
    custom = {item["Header"]: item["Value"] for item in policy["CustomHeadersConfig"]["Items"]}
    features = dict(re.findall(r"([a-z-]+)=\(([^)]*)\)", custom.get("Permissions-Policy", "")))
    found += [f"{name} is open" for name in ("camera", "geolocation", "microphone", "usb", "display-capture") if features.get(name) != ""]
    return found + ([] if custom.get("Cross-Origin-Opener-Policy", "").startswith("same-origin") else ["other windows reach the page"])


def other_origins(stack: dict) -> list[str]:
    """The one site that may call the function is the address that shoppers see."""
    (function,) = of_type(stack, "AWS::Lambda::Function")
    (name,) = [name for name, r in stack["Resources"].items() if r["Type"] == "AWS::CloudFront::Distribution"]
    (host,) = distribution(stack).get("Aliases") or ["${" + name + ".DomainName}"]
    origin = function["Environment"]["Variables"].get("SITE_ORIGIN")
    return [] if origin == f"https://{host}" else [f"{origin} may call"]


def names_without_stage(stack: dict) -> list[str]:
    """What has a name of its own has the stage in it; the rest is named by CloudFormation."""
    (function,) = of_type(stack, "AWS::Lambda::Function")
    stage = function["Environment"]["Variables"]["STAGE"]
    keys = ("Name", "FunctionName", "LogGroupName", "AlarmName", "DashboardName", "RoleName", "BucketName", "TopicName")
    nested = ("OriginAccessControlConfig", "OriginRequestPolicyConfig", "ResponseHeadersPolicyConfig")
    places = [p for r in stack["Resources"].values() for p in (r["Properties"], *(r["Properties"].get(key, {}) for key in nested))]
    own = {value for place in places for key in keys if (value := place.get(key)) and value not in ("live", "$default")}
    return [name for name in own if not name.startswith("${") and f"till-{stage}" not in name]


def throttles_before_routes(stack: dict) -> list[str]:
    """Throttles name routes, which have to be there before the stage."""
    (stage,) = [r for r in stack["Resources"].values() if r["Type"] == "AWS::ApiGatewayV2::Stage"]
    before = {stack["Resources"][name]["Properties"].get("RouteKey") for name in listed(stage.get("DependsOn", []))}
    return sorted({*stage["Properties"]["RouteSettings"]} - before)


CHECKS = [
    open_doors,
    other_readers,
    weak_headers,
    other_origins,
    names_without_stage,
    throttles_before_routes,
    unlisted_wildcards,
    secrets_read_beside_the_one,
    public_bucket,
    secret_values,
    unkept_logs,
    logged_too_much,
    other_headers,
    ladder_out_of_order,
    careless_distribution,
    forwarded_otherwise,
]
