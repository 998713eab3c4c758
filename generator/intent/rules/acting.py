"""Who acts in a ticket without a name that ends like a profession's: the vicar, the workshop.

Whoever signs *it*, has to agree to *the transfer*, or by whom it is stamped is somebody, be
it a person or an office. The system that shows it, or the rule that blocks it, is not.
"""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, noted, players, verbs
from generator.intent.rules.restated import restated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.intent.rules.reading import Reading

_DECIDES: Final = (
    "(?:approves|rejects|accepts|declines|refuses|confirms|signs|decides|agrees|consents"
    "|verifies|validates|reviews|endorses|authorises|authorizes|objects|submits)"
)
_DET: Final = "(?:an?|the|this|that|each|every|his|her|their|its|my|our|such an?)"
_ADVERB: Final = (
    "(?:(?:also|still|then|only|first|finally|afterwards|usually|always|either|now) )?"
)
_BEFORE: Final = r"(?:^|[,;:(] ?|\b(?:the|an?|our|each|every|their|and|or|then|when|once|after|if|until|only|where|but) )"
_HAS_TO: Final = "(?:can|may|must|should|shall|will|has to|needs to|ought to|wants to|is allowed to|is able to)"
_AGENT: Final = re.compile(
    r"\b(?:is|are|be|been|gets?|being|was|were) (?:[a-z]+ly |then |only |also |first |either |finally )?"
    r"(?P<deed>[a-z]+)(?: (?:in|out|off|up|over|back|on))? by (?:the |an? |our )(?:[a-z]+ )?(?P<who>[a-z]+)\b"
)
# `The receiving ward confirms.`
_ALONE: Final = re.compile(
    rf"\b(?:the|our|an?|each) (?:[a-z]+ )?(?P<who>[a-z]+) {_DECIDES}(?=[.,;]|$| (?:and|or|when|once|if|after)\b)"
)
# What shows, holds or limits records without being anybody.
FUNCTION_WORDS: Final = frozenset(
    """system odoo application app module software form button wizard status state rule reminder
    email mail message notification date day time amount value field total sum list report page
    screen portal website view menu process workflow policy law contract step number deadline
    which that this one cron job server computer machine scanner he she it they who we you i
    somebody someone nobody anyone anybody everyone everybody what there these those both all
    each either neither none same other others also then only not once if when where why how
    because so end week month year hour minute limit price cost reason comment remark result
    approval rejection condition criterion check file document attachment photo record entry
    phone post way means name default rest change note line row item user-interface history
    weather money payment deposit invoice delivery signature text case event meeting
    calculation formula method kind type category priority hand and or the a an but to
    thing anything something everything nothing whole part half set in on at of for from with
    about against among around before after behind beside between beyond by down during
    except inside into near off onto out over past since through till toward under until up
    upon within without later sooner earlier again already afterwards however together once
    twice otherwise instead meanwhile hence today tomorrow yesterday now never ever often
    sometimes soon still yet just even least most more less first second third last next new
    old own sure possible necessary needed required mandatory able free full department dept division unit group service people staff""".split()
)
# What things do with records too.
_OF_THINGS: Final = frozenset(
    """has have is are was does contain contains include includes show shows need needs require
    requires concern concerns cover covers hold holds carry carries get gets become becomes
    exceed exceeds reach reaches affect affects prevent prevents block blocks allow allows make
    makes list lists mean means say says belong belongs follow follows start starts begin
    begins end ends expire expires go goes leave leaves lock locks change changes count counts
    name names state states date dates use uses see sees keep keeps calculate calculates
    compute computes stop stops limit limits lead leads pass passes fill fills as this his
    its us always plus thus has less unless us""".split()
)


def people(reading: Reading, heads: Iterable[str]) -> set[str]:
    """Return nouns, in the singular, of whoever acts on records by what is said of them.

    Args:
        reading: The statements.
        heads: Words for what is recorded.
    """
    known = [*heads, "record", "request"]
    words = sorted({re.escape(h) for h in known if h}, key=len, reverse=True)
    thing = rf"(?:it|them|{_DET} (?:[a-z-]+ )?(?:{'|'.join(words)}))\b"
    particle = r"(?: (?:in|out|off|up|over|back|on|to|with|about|against))?"
    does = re.compile(
        rf"{_BEFORE}(?=(?P<who>[a-z]+) {_ADVERB}(?P<deed>[a-z]+s){particle} {thing})"
    )
    may = re.compile(
        rf"{_BEFORE}(?=(?P<who>[a-z]+) {_HAS_TO} {_ADVERB}(?P<deed>[a-z]+){particle} {thing})"
    )
    things = FUNCTION_WORDS | {word.split()[-1] for word in known}
    stories = {
        role.split("_")[-1]
        for statement in reading.said
        if (role := players.story_role(statement.text))
    }
    return (stories - things) | {
        who
        for statement in reading.said
        for who in _of(restated(noted.sentence(statement.text)).lower(), does, may)
        if who not in things and len(who) > 2
    }


def _of(text: str, does: re.Pattern[str], may: re.Pattern[str]) -> Iterator[str]:
    for pattern, kinds in ((does, {"third"}), (may, {"base", "again"})):
        for hit in pattern.finditer(text):
            form = verbs.form((hit["deed"],))
            fits = form is None or form[1] in kinds
            # `Dispatch plans it` begins with a noun, whatever else the word may be
            noun = _noun(hit["who"]) or (
                hit.start("who") == 0 and _base_form(hit["who"])
            )
            if fits and hit["deed"] not in _OF_THINGS and noun:
                yield hit["who"]
    for hit in _ALONE.finditer(text):
        if _noun(hit["who"]):
            yield hit["who"]
    for hit in _AGENT.finditer(text):
        form = verbs.form((hit["deed"],))
        done = (form is not None and form[1] == "participle") or hit["deed"][
            -2:
        ] == "ed"
        if (
            done
            and hit["deed"] not in {"followed", "caused", "required"}
            and _noun(hit["who"])
        ):
            yield hit["who"]


def _base_form(word: str) -> bool:
    form = verbs.form((word,))
    return form is not None and form[1] == "base"


def _noun(word: str) -> bool:
    """Tell whether a word may be a noun in the singular."""
    plain = not english.is_plural(word) and not word.endswith(("ed", "ing", "ly"))
    known = verbs.form((word,)) is not None or keyword.iskeyword(word)
    return plain and not known
