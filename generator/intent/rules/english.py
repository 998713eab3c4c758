"""Words of English: which language a text is in, singulars, plurals, numbers."""

from __future__ import annotations

import re
from typing import Final

_STOP: Final[dict[str, frozenset[str]]] = {
    "English": frozenset(
        "the a an and or of to in is are be with for as by that it can must should on"
        " their they when from this has have who not only we i want so will may each"
        " at any all no if after before than".split()
    ),
    "German": frozenset(
        "der die das und oder ist sind ein eine einen einem mit für auf von zu im den"
        " dem des nicht wird werden kann muss soll sich als auch bei nach wenn nur"
        " dass ich wir".split()
    ),
    "French": frozenset(
        "le la les un une des et ou est sont avec pour dans par sur qui que au aux du"
        " de ne pas doit peut être il elle nous vous je se ses leur".split()
    ),
    "Spanish": frozenset(
        "el la los las un una y o es son con para por en que del al se su sus debe"
        " puede no de lo como cuando quiero".split()
    ),
    "Italian": frozenset(
        "il lo la gli le un una e o è sono con per di che del della dei al si deve può"
        " non come quando nel alla".split()
    ),
    "Dutch": frozenset(
        "de het een en of is zijn met voor van op aan die dat niet moet kan worden"
        " wordt bij naar als ik wij door".split()
    ),
    "Portuguese": frozenset(
        "o a os as um uma e ou é são com para por em que do da dos das ao se deve pode"
        " não de".split()
    ),
    "Polish": frozenset(
        "i w z na do się nie jest są że oraz przez dla po od lub może musi który".split()
    ),
}
_WORD: Final = re.compile(r"[^\W\d_]+", re.UNICODE)
_FEW: Final = 6
_ENOUGH: Final = 0.12  # of the words in plain English a third and more are stop words


def foreign(text: str) -> str | None:
    """Return the language of a text that is not English, `""` when it is not known which.

    English text of some length has a stop word in every third word or so; lists of names
    have fewer, so the best of all languages decides.
    """
    letters = [char for char in text if char.isalpha()]
    if letters and sum(char < "\u0250" for char in letters) < len(letters) * 0.7:
        return ""
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _FEW:
        return None
    shares = {
        name: sum(word in stop for word in words) / len(words)
        for name, stop in _STOP.items()
    }
    best = max(shares, key=lambda name: shares[name])
    if best == "English" or shares[best] < _ENOUGH:
        return None
    # words such as "is" or "a" belong to several languages
    return best if shares[best] > shares["English"] * 1.5 else None


_SINGULARS: Final = {
    "people": "person", "men": "man", "women": "woman", "children": "child",
    "criteria": "criterion", "statuses": "status", "buses": "bus", "data": "data",
    "news": "news", "series": "series", "leaves": "leave", "premises": "premises",
    "business": "business", "goods": "goods", "expenses": "expense", "lens": "lens",
    "courses": "course", "licenses": "license", "warehouses": "warehouse",
    "knives": "knife", "shelves": "shelf", "lives": "life", "analyses": "analysis",
    "bases": "base", "cases": "case", "databases": "database", "phases": "phase",
    "purchases": "purchase", "responses": "response", "details": "details",
    "notes": "notes", "remarks": "remarks", "comments": "comments",
    "facilities": "facility", "minutes": "minutes", "hours": "hours", "days": "days",
    "bus": "bus", "status": "status", "campus": "campus", "gas": "gas",
    "sms": "sms", "gps": "gps", "operations": "operations", "sales": "sales",
    "human resources": "hr", "logistics": "logistics", "premium": "premium",
}  # fmt: skip


def singular(word: str) -> str:
    """Return the singular of an English noun in lower case, itself when it is one."""
    known = _SINGULARS.get(word)
    if known is not None:
        return known
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    if (
        word.endswith("s")
        and not word.endswith(("ss", "us", "is", "'s"))
        and len(word) > 3
    ):
        return word[:-1]
    return word


def is_plural(word: str) -> bool:
    """Tell whether a noun stands in its plural."""
    return singular(word) != word


def singular_phrase(phrase: str) -> str:
    """Return a phrase with its last word in the singular."""
    head, _, last = phrase.rpartition(" ")
    return f"{head} {singular(last)}".strip()


def plural(phrase: str) -> str:
    """Return the plural of a phrase in lower case."""
    if re.search(r"(s|x|sh|ch)$", phrase):
        return f"{phrase}es"
    if re.search(r"[^aeiou]y$", phrase):
        return f"{phrase[:-1]}ies"
    return f"{phrase}s"


NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fourteen": 14,
    "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90,
}  # fmt: skip
NUMBER: Final = (
    r"(?:\d[\d,.\u00a0' ]*\d|\d)(?:\s?k\b|\s?(?:thousand|million)\b)?|"
    r"\b(?:" + "|".join(NUMBERS) + r")\b"
)
_THOUSANDS: Final = re.compile(r"^\d{1,3}([,.' \u00a0]\d{3})+$")


def number(text: str) -> float | None:
    """Return the number that digits or a word say: `1,000.50`, `1 000`, `5k`, `three`."""
    text = text.strip().lower()
    if text in NUMBERS:
        return float(NUMBERS[text])
    factor = 1.0
    for ending, times in (("thousand", 1e3), ("million", 1e6), ("k", 1e3)):
        if text.endswith(ending):
            text, factor = text[: -len(ending)].strip(), times
    if _THOUSANDS.match(text):
        text = re.sub(r"[,.' \u00a0]", "", text)
    elif re.match(r"^\d+,\d{1,2}$", text):
        text = text.replace(",", ".")
    else:
        text = re.sub(r"[,' \u00a0]", "", text)
    try:
        return float(text) * factor
    except ValueError:
        return None


def listed(words: list[str]) -> str:
    """Return words as a sentence has them: `Plot, Station and Finder`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
