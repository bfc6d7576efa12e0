"""The stages that both templates are expanded for: together they take every branch."""

KEY = {"StripePublishableKey": "pk_test_51TillTest"}

CASES = {
    "plain": {**KEY},
    "own-domain": {
        "Stage": "live",
        "StripePublishableKey": "pk_live_51TillTest",
        "CardAuthentication": "handle",
        "StatementDescriptorSuffix": "SHOP",
        "DomainName": "shop.example.com",
        "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000",
        "AlarmEmail": "owner@example.com",
        "LogRetentionDays": "365",
        "RequestsPerAddress": "300",
        "PaymentsPerAddress": "60",
        "IPv6": "on",
        "PaymentsPerSecond": "50",
        "DeclinesPerHour": "200",
        "ReservedConcurrency": "20",
        "MemorySize": "512",
        "Architecture": "x86_64",
        "Deployment": "Canary10Percent5Minutes",
        "OriginVerify": "ab",
    },
    "cheap": {**KEY, "Alarms": "off", "Dashboard": "off", "WebAcl": "off", "OriginVerify": "b", "LogRetentionDays": "7"},
    "rotating": {**KEY, "OriginVerify": "ba", "Alarms": "on", "WebAcl": "off"},
}

# What the function's version has to follow: each of these alone, beside `plain`.
FUNCTION_SETTINGS = {
    "Stage": "other",
    "StripePublishableKey": "pk_test_51Another",
    "CardAuthentication": "handle",
    "StatementDescriptorSuffix": "SHOP",
    "StripeApiBase": "https://stripe.example.com",
    "DomainName": "shop.example.com",
    "OriginVerify": "ab",
    "MemorySize": "512",
    "Architecture": "x86_64",
}

# And what it must not follow: Lambda refuses a new version of a function that has not changed.
OTHER_SETTINGS = {
    "AlarmEmail": "owner@example.com",
    "Alarms": "off",
    "Dashboard": "off",
    "WebAcl": "off",
    "LogRetentionDays": "7",
    "RequestsPerAddress": "300",
    "PaymentsPerAddress": "60",
    "IPv6": "on",
    "PaymentsPerSecond": "50",
    "DeclinesPerHour": "200",
    "ReservedConcurrency": "20",
    "Deployment": "Canary10Percent5Minutes",
}


def beside_plain(name: str, value: str) -> dict[str, str]:
    """`plain` with one setting changed (a domain comes with its certificate)."""
    certificate = {"CertificateArn": CASES["own-domain"]["CertificateArn"]} if name == "DomainName" else {}
    return {**CASES["plain"], name: value, **certificate}


CHANGED = {f"with-{name}": beside_plain(name, value) for name, value in {**FUNCTION_SETTINGS, **OTHER_SETTINGS}.items()}
