"""One line a check: what was expected, and what was seen."""

from collections.abc import Callable, Collection

WIDTH = 110


class Report:
    """Prints each finding as it comes, and counts."""

    def __init__(self, say: Callable[[str], None] = print):
        self.say = say
        self.passed = self.failed = self.left_out = 0

    def equal(self, what: str, expected: object, seen: object) -> None:
        """A check that holds if what was seen is what was expected."""
        if seen == expected:
            self.passed += 1
            self.say(shortened(f"✓ {what}: {seen}"))
        else:
            self.fail(what, expected, seen)

    def none(self, what: str, found: Collection[object]) -> None:
        """A check that holds if nothing of the kind was found."""
        self.equal(what, "none", ", ".join(map(str, found)) or "none")

    def fail(self, what: str, expected: object, seen: object) -> None:
        self.failed += 1
        self.say(f"✗ {what}\n    expected: {expected}\n    seen:     {seen}")

    def not_applicable(self, what: str, why: str) -> None:
        """A check that says nothing about this kind of stack."""
        self._leave_out("not applicable", what, why)

    def not_checked(self, what: str, why: str) -> None:
        """A check that would say something, and for which something is missing here."""
        self._leave_out("not checked", what, why)

    def _leave_out(self, verdict: str, what: str, why: str) -> None:
        self.left_out += 1
        self.say(f"– {what}: {verdict}: {why}")

    def summary(self) -> str:
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.left_out} left out" if self.left_out else "")


def shortened(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
