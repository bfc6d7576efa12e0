"""The repository's Markdown, read by the same rules as on GitHub."""

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> list[Path]:
    """What is in the repository, or would be with the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def pages() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tokens(path: Path) -> list:
    return MarkdownIt("commonmark").enable("table").parse(path.read_text())


@dataclass(frozen=True)
class Block:
    """A fenced block of code."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{name(self.page)}:{self.line}"


def blocks(path: Path) -> list[Block]:
    fences = (token for token in tokens(path) if token.type == "fence")
    return [Block(path, token.map[0] + 1, token.info.strip(), token.content) for token in fences]


def links(path: Path) -> list[tuple[str, str]]:
    """(text, address) of every link and picture."""
    found = [("", address) for token in tokens(path) if token.type == "html_block" for address in re.findall(r'src="([^"]+)"', token.content)]
    for inline in (token for token in tokens(path) if token.type == "inline"):
        open_at = []
        for n, child in enumerate(inline.children):
            if child.type == "link_open":
                open_at.append((n, child.attrs["href"]))
            elif child.type == "link_close":
                start, href = open_at.pop()
                found.append(("".join(part.content for part in inline.children[start:n]), href))
            elif child.type == "image":
                found.append((child.content, child.attrs["src"]))
    return found


def anchors(path: Path) -> set[str]:
    """The headings' anchors, as GitHub makes them."""
    seen: dict[str, int] = {}
    parsed = tokens(path)
    for n, token in enumerate(parsed):
        if token.type == "heading_open":
            words = "".join(child.content for child in parsed[n + 1].children).lower()
            slug = re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")
            seen[slug] = seen.get(slug, -1) + 1
            if seen[slug]:
                seen[f"{slug}-{seen[slug]}"] = 0
    return set(seen)


def tables(path: Path) -> list[list[list[str]]]:
    """Every table: rows of cells as plain text, the heading first."""
    found: list[list[list[str]]] = []
    cell = False
    for token in tokens(path):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and cell:
            found[-1][-1].append("".join(child.content for child in token.children))
        cell = token.type in ("td_open", "th_open")
    return found


def section(path: Path, heading: str) -> str:
    """The text below a heading, up to the next of its rank or above."""
    parsed = tokens(path)
    headings = [(token.map[0], int(token.tag[1]), parsed[n + 1].content) for n, token in enumerate(parsed) if token.type == "heading_open"]
    start, rank = next(((line, rank) for line, rank, text in headings if text == heading), (None, None))
    assert start is not None, f"{name(path)} has no heading {heading!r}"
    lines = path.read_text().splitlines(keepends=True)
    end = next((line for line, other, _ in headings if line > start and other <= rank), len(lines))
    return "".join(lines[start + 1 : end])
