"""Who *he*, *she*, *I* and *either of the two* are, from sentence to sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, roles
from generator.intent.rules.reading import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.intent.rules.reading import Reading, Statement

_WRITER: Final = re.compile(
    r"\bI(?: am|,? as) the (?P<one>[a-z]+(?: [a-z]+){0,2})[,.]|\bI, as (?P<two>[a-z]+(?: [a-z]+){0,2}),"
)
_HE: Final = re.compile(r"\b(?:He|She|he|she)\b(?= )")
_ANYBODY: Final = frozenset("person everybody everyone anybody anyone".split())
# `Either of the two can decline.`
_BOTH: Final = re.compile(
    r"^(?:Either(?: one)?|Both|Each|Any|One)(?: of (?:them|the two|these(?: two)?|those))(?= )|^(?:The two|Both)(?= (?:can|may|must|of them)\b)"
)
_I: Final = re.compile(
    r"\bI\b(?:, as (?:the )?[a-z ]+?,)?(?! (?:want|need|would|am|do not|have kept|remain)\b)"
)


class Pronouns:
    """Follows who *he*, *she* and *I* are from sentence to sentence.

    Args:
        reading: The statements.
    """

    def __init__(self, reading: Reading) -> None:
        hits = (_WRITER.search(s.text) for s in reading.said if s.kind != "criterion")
        hit = next(filter(None, hits), None)
        self._writer = (hit["one"] or hit["two"]) if hit else ""
        self._subject = ""
        self._section = ""
        self._last: list[str] = []

    def named(self, statement: Statement, story: str | None) -> str:
        """Return a sentence with the role in place of its pronoun.

        Args:
            statement: The sentence.
            story: Role of the user story that it is, None when it is none.
        """
        text = statement.text
        if statement.section != self._section:
            self._section, self._subject = statement.section, ""
        if statement.kind == "criterion":
            return text
        if story:
            self._writer = story.replace("_", " ")
            return text
        if self._subject:
            hit = _HE.search(text)
            if hit and not roles.mentions(tokens(text[: hit.start()])):
                text = f"{text[: hit.start()]}the {self._subject}{text[hit.end() :]}"
        if len(self._last) > 1:
            text = _BOTH.sub(
                " or the ".join(("The", self._last[0], self._last[1])).replace(
                    "The or the", "The"
                ),
                text,
            )
        if self._writer:
            # in the plural, as the verbs after *I* are
            text = _I.sub(f"the {english.plural(self._writer)}", text)
        return text

    def heard(self, actors: Sequence[str]) -> None:
        """Remember who acted in the sentence before."""
        known = [name.replace("_", " ") for name in actors if name not in _ANYBODY]
        if known:
            self._subject = known[0]
        for name in known:
            self._last = [*(n for n in self._last if n != name), name][-2:]
