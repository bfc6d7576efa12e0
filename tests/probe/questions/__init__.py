"""The questions, by topic. The order is that in which they are asked: `later` moves the sandbox's clock, and so comes last."""

from question import QUESTIONS
from questions import declines, authentication, idempotency, locks, cancel, metadata, lists, search, errors, versions, keys, sale, later

__all__ = ["QUESTIONS"]
