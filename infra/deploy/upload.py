"""The site in its bucket: the files of static-site as they are, each with its type and how long it may be kept."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.stage import Stage
from deploy.terminal import Stop, say

SITE = Path(__file__).resolve().parents[2] / "static-site"

# As local/server serves them. A file of another kind is refused: what no browser knows the type of is no part of a page.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
# A page, its modules and the price list belong together, and their names do not change: a browser asks each time whether
# its copy still holds (304, no body). CloudFront keeps them until the next upload invalidates them. Pictures are kept for a day.
FRESH = "public, max-age=0, s-maxage=31536000, must-revalidate"
DAY = "public, max-age=86400, s-maxage=31536000"
KEPT = {".svg", ".png", ".jpg", ".webp", ".avif", ".ico", ".woff2"}


@dataclass(frozen=True)
class File:
    """A file of the site, by its path in the bucket."""

    key: str
    body: bytes

    @property
    def type(self) -> str:
        return TYPES[Path(self.key).suffix]

    @property
    def cache(self) -> str:
        return DAY if Path(self.key).suffix in KEPT else FRESH

    @property
    def mark(self) -> str:
        """Changes with whatever is served: bytes, type, or caching."""
        return hashlib.sha256("\n".join([self.type, self.cache, ""]).encode() + self.body).hexdigest()


def files(site: Path = SITE) -> list[File]:
    """All of the site, the page that names the others last."""
    everything = [path for path in sorted(site.rglob("*")) if not hidden(path.relative_to(site))]
    if leaving := [path for path in everything if path.is_symlink() and not stays(path, site)]:
        told = [f"static-site/{path.relative_to(site).as_posix()} is a link to {path.readlink()}" for path in leaving]
        raise Stop(f"{'; '.join(told)}: no file of the site. Put the file itself there, or nothing: whatever is in the site is public.")
    paths = [path for path in everything if path.is_file()]
    strange = [str(path.relative_to(site)) for path in paths if path.suffix not in TYPES]
    if strange:
        raise Stop(f"{', '.join(strange)} in static-site: of no type that a page uses. Types are in infra/deploy/upload.py.")
    found = [File(path.relative_to(site).as_posix(), path.read_bytes()) for path in paths]
    return sorted(found, key=lambda file: file.key == "index.html")


def stays(link: Path, site: Path) -> bool:
    """Whether it leads to a file that is published anyway."""
    try:
        there = link.resolve(strict=True)
    except (OSError, RuntimeError):  # nothing is there; or it leads to itself, which was a RuntimeError until Python 3.13
        return False
    site = site.resolve()
    return there.is_file() and there.is_relative_to(site) and not hidden(there.relative_to(site))


def hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def upload(stage: Stage, site: Path = SITE) -> list[str]:
    """Puts what has changed into the bucket, takes away what is gone, and lets CloudFront forget it. Returns the paths."""
    s3, bucket = stage.client("s3"), stage.output("SiteBucketName")
    there, wanted = set(keys(s3, bucket)), files(site)
    changed = [file for file in wanted if file.key not in there or mark(s3, bucket, file.key) != file.mark]
    for file in changed:
        s3.put_object(
            Bucket=bucket, Key=file.key, Body=file.body, ContentType=file.type, CacheControl=file.cache, Metadata={"mark": file.mark}
        )
    gone = sorted(there - {file.key for file in wanted})
    for key in gone:
        s3.delete_object(Bucket=bucket, Key=key)
    paths = [file.key for file in changed] + gone
    say(f"Site: {len(changed)} of {len(wanted)} files uploaded, {len(gone)} removed.")
    if paths:
        invalidate(stage, paths)
    return paths


def keys(s3, bucket: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (found["Key"] for found in page.get("Contents", []))


def mark(s3, bucket: str, key: str) -> str | None:
    return s3.head_object(Bucket=bucket, Key=key)["Metadata"].get("mark")


def invalidate(stage: Stage, paths: list[str]) -> None:
    """Waits until no edge serves the old files: a page and a price list of different days must not meet."""
    cloudfront, distribution = stage.client("cloudfront"), stage.output("DistributionId")
    # A wildcard counts as one path of the thousand a month that cost nothing; the page is also served at /.
    items = ["/*"] if len(paths) > 20 else ["/", *(f"/{path}" for path in paths)]
    batch = {"Paths": {"Quantity": len(items), "Items": items}, "CallerReference": f"till-{time.time_ns()}"}
    made = cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)["Invalidation"]
    say(f"CloudFront forgets {len(items)} path{'s' if len(items) > 1 else ''} ({made['Id']}) …")
    waiter = cloudfront.get_waiter("invalidation_completed")
    waiter.wait(DistributionId=distribution, Id=made["Id"], WaiterConfig={"Delay": 5, "MaxAttempts": 120})
