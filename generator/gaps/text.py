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


GENERIC: Final = frozenset(
    """
    accept accepted accepts access action active activity add added allowed amount another
    answer appear apply approval approvals approve approved approver approves approving archive
    assign assigned attach attached attachment attachments automatically available back
    begin bigger board button calculate calculated cancel cancelled cancels case category
    change changed changes chatter check checked checks choose chosen click close closed closes
    code colleague comment comments company complete completed completes confirm confirmed
    confirms contain contains copy correct count create created creates criteria current
    currency customer daily data date dates day days deadline decide decided decides decision
    default delete deleted department departments description detail details different document
    documents done draft due duplicate edit email employee employees empty end ended ends enter
    entered enters entry every field fields file files fill filled filter find finish finished
    finishes first follow followed following form forms full give given gives go goes group
    grouped hand head hide history hour hours id important incomplete inform information informed
    internal item items keep kind know last late later lead level line lines link list listed
    lists log logged long mail main mandatory manager managers mark marked marks member members
    message minute minutes missing month monthly months name named names new next note notes
    notification notifications notified notifies notify number numbered numbers office officer
    open opened optional order ordered orders original overview owner page part parts past pending
    people period person persons place plan planned positive possible prepare present previous
    print printed priority process processed processes processing propose proposed purpose put
    question quantity reach reached read reason reasons receive received receives recipient record
    recorded records reference refuse refused refuses register registers reject rejected rejecting
    rejection rejects remark remarks remind reminded reminder reminders remove removed report
    reported reports request requested requester requesting requests require required requires
    responsible result results return returned returns review reviewed reviews role roles rule
    rules save saved screen second section see seen select selected send sends sent set sets
    show shown shows sign signed simple site small sort sorted staff stage start started starts
    state states status step steps stop submit submits submitted submitting subject sum summary
    supervisor take taken tell text ticket tickets time times title today total track tracked
    tracking type types unique update updated upload uploaded uploads urgent user users valid
    value values view views visible wait waiting week weekly weeks work worker workers workflow
    working write written year yearly years yes
    """.split()  # noqa: SIM905 - as above
)
"""Words of tickets that say how work goes on, not what it is about."""


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
