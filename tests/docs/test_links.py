"""Every link of every page leads somewhere."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from documents import ROOT, anchors, files, links, name, pages, tokens

TRACKED = {path.resolve() for path in files()}
FOLDERS = {folder for path in TRACKED for folder in path.parents}


@pytest.mark.parametrize("page", pages(), ids=name)
def test_links_and_anchors_lead_somewhere(page):
    astray = []
    for text, address in links(page):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            if parts.scheme != "https" or "." not in parts.netloc:
                astray.append(f"{address}: not an address of the web")
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
        if target not in TRACKED | FOLDERS:
            astray.append(f"[{text}]({address}): there is no such file")
        elif parts.fragment and parts.fragment not in anchors(target):
            astray.append(f"[{text}]({address}): there is no such heading")
    assert not astray


def test_every_document_is_reached_from_the_readme():
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        targets = [(page.parent / urlsplit(address).path).resolve() for _, address in links(page) if not urlsplit(address).scheme]
        todo += [target / "README.md" if target.is_dir() else target for target in targets]
    lost = {name(page) for page in pages() if page not in reached and ".github" not in page.parts}
    assert not lost, "no chain of links leads to them"


def test_a_wrong_link_would_be_noticed():
    assert "alarms" in anchors(ROOT / "docs/runbook.md")
    assert "a-shopper-says-they-were-charged-twice" in anchors(ROOT / "docs/runbook.md")
    assert "nowhere" not in anchors(ROOT / "docs/runbook.md")


# Where a page may begin a path: at the root, beside itself, or in the part that it speaks of.
BASES = ("", "functions/payments", "functions/payments/src", "static-site", "static-site/app", "static-site/words", "infra", "infra/cdk", "local/chaos/src")
# Names with a blank in them, and files that are the reader's own.
EXAMPLES = re.compile(r"(^|/)(xx|x|test_x)\.|(^|/)stages/")


@pytest.mark.parametrize("page", pages(), ids=name)
def test_files_that_are_named_are_there(page):
    """Words in backquotes that look like a file of this repository."""
    words = [child.content for token in tokens(page) if token.type == "inline" for child in token.children if child.type == "code_inline"]
    paths = [word for word in words if re.fullmatch(r"[\w./-]*\w+\.(rs|js|mjs|ts|json|ya?ml|py|toml|html|css|webp)", word)]
    bases = [page.parent, *(ROOT / base for base in BASES)]
    lost = [path for path in paths if not EXAMPLES.search(path) and not any((base / path).resolve() in TRACKED for base in bases)]
    assert not lost
