"""Words of a sentence, as the search compares them."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

import snowballstemmer

MAX_CHARACTERS: Final = 2_000
"""Of a requirement that are read: more than this is a document, not a need."""

_WORD: Final = re.compile(r"[^\W_]+(?:'[a-z]+)?")
_STEMMER: Final = snowballstemmer.stemmer("english")

STOPWORDS: Final = frozenset(
    """
    a about after again all also although always am among an and another any anybody anyone
    anything are as at be became because been before being below between both but by can
    cannot could did do does doing done down during each either else etc ever every everybody
    everyone everything few for from further get gets getting got had has have having he her
    here hers herself him himself his how however i if in instead into is it its itself just
    kept let lets like made make makes many may me might mine more most much must my myself
    need needs neither never no nobody none nor not nothing now of off often on once one ones
    only onto or other others otherwise our ours ourselves out over own per perhaps put puts
    quite rather really same see sees shall she should since so some somebody someone
    something sometimes somewhere soon still such than that the their theirs them themselves
    then there these they thing things this those though through thus to together too toward
    towards under unless until up upon us use used uses using very via want wanted wants was
    way we were what whatever when whenever where wherever whether which while who whoever
    whole whom whose why will with within without would yet you your yours yourself odoo
    module modules allow allows able let feature system
    """.split()  # noqa: SIM905 - a list of words is read more easily so
)


def plain(text: str) -> str:
    """Return *text* in lower case with accents and compatibility forms taken off."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def words(text: str) -> list[str]:
    """Return the words of *text* in lower case, stop words left out."""
    found = (word.partition("'")[0] for word in _WORD.findall(plain(text)))
    return [word for word in found if word not in STOPWORDS and len(word) > 1]


@functools.lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return what a word has in common with its inflections."""
    stemmed: str = _STEMMER.stemWord(word)
    return stemmed


def stems(text: str) -> list[str]:
    """Return the stems of the words of *text*, in order."""
    return [stem(word) for word in words(text)]
