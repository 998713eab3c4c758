"""What is said of fields: that they are required, and which values they can have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import drafts as drafting
from generator.intent.rules import english, kinds, lists, notes, verbs
from generator.intent.rules.drafts import Draft
from generator.spec.fields import FieldType as F

if TYPE_CHECKING:
    from generator.intent.rules.gathered import Gathered
    from generator.intent.rules.reading import Statement

_DEMANDED: Final = re.compile(
    r"^(?:given .*?then )?(?:(?P<when>(?:when|if|once|after|before|as soon as|for|in case) [^,]{3,80}), (?:then )?)?(?:the |both |all |an? )?(?P<list>[\w ,'/()-]{3,120}?)\s+"
    r"(?:(?:is|are|must be|should be|fields are|have to be|has to be)\s+(?:always\s+)?"
    r"(?P<word>required|mandatory|compulsory|obligatory|optional|filled in|provided|entered|specified|given|unique)"
    r"|(?:cannot|can't|may not|must not) be (?:left )?(?:empty|blank)|(?:have to|has to|must) be there)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_WITHOUT: Final = re.compile(
    r"\b(?:cannot|can't|can not|may not|must not|is not possible to|not be able to|no \w+ can)\b[^.]*?\b(?P<deed>submit\w*|save\w*|creat\w*|confirm\w*|sent|book\w*|clos\w*|complet\w*|approv\w*|resolv\w*|finish\w*|report\w*|releas\w*|publish\w*|sign\w*|deliver\w*|verif\w*|validat\w*|return\w*|issue\w*|pa(?:id|y)|mark\w*|accept\w*)\b[^.]*?\bwithout (?:an? |the |any |its |giving |entering |filling in )*(?P<list>[^.]+)",
    re.IGNORECASE,
)
_REQUIRES: Final = re.compile(
    r"^(?P<deed>[A-Z][a-z]+ing) (?:\w+ ){0,3}?(?:requires?|needs?) (?P<list>[^.]+)"
)
_NEEDED: Final = re.compile(
    r"(?:^|the )(?P<list>[\w ]{3,40}?) (?:is|are|must be) (?:required|mandatory|needed|filled in|given|entered)[\w ]{0,12} (?:to|before|for|when) (?:the \w+ )?(?:is |can be |be )?(?P<deed>[a-z]+)",
    re.IGNORECASE,
)
_COMPARED: Final = re.compile(
    r"(?:^|\bthe )(?P<one>(?:[a-z]+ ){1,3}date) (?:cannot|can't|must|may not|has to|is|should|lies)\b[^.]*?"
    r"\b(?:before|after|later than|earlier than) (?:the )?(?P<two>(?:[a-z]+ ){1,3}date)\b"
)
_ALL: Final = re.compile(
    r"\b(?:all|every) (?:of )?(?:the |these )?(?:fields?|details|information|data|entries) (?:(?:except|but|besides|other than) (?P<but>[\w ,]+?) )?(?:is|are|must be|have to be) (?:required|mandatory|compulsory|obligatory|filled)",
    re.IGNORECASE,
)
_ONE_OF: Final = re.compile(
    r"(?:^|[,;] |\b(?:the|an?|its|each|of|and|one|have|has)\s+)(?P<what>(?:[a-z-]+ ){0,2}?[a-z-]+?)\s*(?:,\s*which\s+)?(?:can be|may be|is one of|is either|must be one of|should be one of|must be|should be|is|are|:|which is|has one of|being)(?: one of| either)?(?: the following(?: values)?)?:?\s+(?P<values>[^.;]+)",
    re.IGNORECASE,
)
# `three apartments (Garden, Tower and Attic)`: names of things to choose from.
_NAMES: Final = re.compile(
    r"\b(?P<what>[a-z]+s) \((?P<values>[A-Z][\w-]*(?:, [A-Z][\w-]*)*,? (?:and|or) [A-Z][\w-]*)\)"
)
_SUCH_AS: Final = re.compile(
    r"\b(?P<what>(?:[a-z-]+ ){0,1}?(?:type|kind|categor(?:y|ie)|priorit(?:y|ie)|severit(?:y|ie)|class(?:e)?|urgency|level|method|reason)s?)(?: of \w+)?\s*(?:\(|:|such as|like|\u2013|-|,? e\.g\.|for example|being)\s*(?P<values>[^().;]+)\)?",
    re.IGNORECASE,
)


_NUMERIC: Final = re.compile(
    r"(?P<what>[a-z][a-z -]{2,50}?) (?:must|has to|have to|should|is|are|may|can|cannot|lies?)(?: always| not| never)? ?(?:be |lie )?(?:a )?"
    r"(?P<than>(?:greater|more|less|bigger|higher|lower|larger|smaller) than (?:zero|[\d\u20ac$\u00a3])[^,;]{0,20}|(?:above|below|over|under|at least|at most|up to|between) (?:zero|[\d\u20ac$\u00a3])[^,;]{0,20}|positive|negative)",
    re.IGNORECASE,
)
# What is compared with zero is a number, whatever it is called.
_LIMITED: Final = re.compile(
    r"\b(?:above|over|below|under|exceeding|(?:more|less|higher|lower) than) (?:[A-Z]{3} |[\u20ac$\u00a3] ?)?\d",
    re.IGNORECASE,
)
_SIGN: Final = re.compile(r"negative|positive|zero|than 0\b|between", re.IGNORECASE)
_TOGETHER: Final = re.compile(
    r"^(?:total|sum|difference|number of lines|it)\b| (?:and|or) |\bof (?:all|an?)\b"
)
_MONEY: Final = re.compile(
    r"\b(?:eur|usd|gbp|chf|euros?|dollars?|pounds?)\b|[\u20ac$\u00a3]", re.IGNORECASE
)


class Claims:
    """Applies what sentences say of fields.

    Args:
        gathered: The fields.
    """

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered

    def read(self, statement: Statement) -> None:
        """Apply one statement."""
        self._numbers(statement)
        self._demands(statement)
        self._choices(statement)
        self._compared(statement)

    def _compared(self, s: Statement) -> None:
        """Add dates that are compared: `The planned end cannot be before the ...`."""
        hit = _COMPARED.search(s.lower)
        for part in hit.groups() if hit else ():
            for made in self.gathered.drafts(lists.item(part), strong=False):
                dated = made.known and made.type in {F.DATE, F.DATETIME}
                if dated and self.gathered.meant(made.name) is None:
                    self.gathered.add(self.gathered.main, made)

    def _numbers(self, s: Statement) -> None:
        """What has to be greater than zero is a number, whatever it is called."""
        for hit in _NUMERIC.finditer(s.text):
            what = re.sub(
                r"^.*\b(?:the|an?|each|every|its) ", "", hit.group("what").lower()
            )
            known = self.gathered.known(drafting.identifier(what))
            if known is not None and known.type is F.CHAR and not known.known:
                money = _MONEY.search(hit.group("than"))
                known.type, known.known = (F.MONETARY if money else F.FLOAT), True
            if (
                hit.start() == 0
                and self.gathered.meant(drafting.identifier(what)) is None
            ):
                self._measured(what, hit.group("than"))

    def _measured(self, what: str, than: str) -> None:
        """Add a number that only a rule speaks of: `The labour cost cannot be negative`."""
        if english.is_plural(what.rsplit(maxsplit=1)[-1]):
            return
        sure = _SIGN.search(than)
        money = _MONEY.search(than)
        for made in self.gathered.drafts(lists.item(what), strong=True):
            named = made.known and made.type in {F.INTEGER, F.FLOAT, F.MONETARY}
            guessed = not made.known and sure and " " in what
            if guessed:
                made.type, made.known = (F.MONETARY if money else F.FLOAT), True
            if (named or guessed) and not _TOGETHER.search(what):
                self.gathered.add(self.gathered.main, made)

    def _demands(self, s: Statement) -> None:
        every = _ALL.search(s.text)
        if every:
            left = (every.group("but") or "").lower()
            for draft in self.gathered.main.drafts.values():
                plain = (
                    draft.type not in {F.BOOLEAN, F.ONE2MANY} and draft.required is None
                )
                if (
                    plain
                    and not draft.later
                    and not (draft.phrase and draft.phrase in left)
                ):
                    draft.required = True
            return
        hit = _DEMANDED.match(s.text)
        conditional = hit and (
            hit.group("when")
            or re.search(r"\b(when|if|for|only|above|unless)\b", hit.group("rest"))
        )
        if hit and conditional:
            self._spoken_of(hit.group("list"))
        elif hit:
            word = (hit.group("word") or "required").lower()
            for item in lists.split(hit.group("list")):
                if item.text.lower() in {"reason", "comment"}:
                    continue  # what a decision asks for
                for made in self.gathered.drafts(item, strong=False):
                    self._demand(made, word)
        without = _WITHOUT.search(s.text)
        if without:
            for item in lists.split(without.group("list")):
                if re.search(
                    r"\b(attach|receipt|document|quot|reason|approv|lines?\b|items?\b)",
                    item.text.lower(),
                ):
                    continue
                for made in self.gathered.drafts(item, strong=False):
                    if not made.known and made.name not in self.gathered.main.drafts:
                        continue
                    deed = _deed(without.group("deed"))
                    if deed in {"submit", "save", "create", "book", "sent"}:
                        self._demand(made, "required")
                    else:
                        self._demand_at(made, deed)
                        self._ask_below(s, made)
        self._required_for(s)

    def _ask_below(self, s: Statement, made: Draft) -> None:
        """Ask about the others when only some records are said to need something."""
        if _LIMITED.search(s.text):
            self.gathered.questions.append(
                f"Does every record need its {made.label.lower()}, or only those of which the "
                f"ticket says “{s.text.rstrip('.')}”? It is asked of every one."
            )

    def _spoken_of(self, given: str) -> None:
        """Add what is demanded in some cases: `When it fails, the defect is mandatory`."""
        for made in (
            d for i in lists.split(given) for d in self.gathered.drafts(i, strong=False)
        ):
            plain = made.known and made.type not in {F.BINARY, F.IMAGE, F.BOOLEAN}
            several = " " in made.phrase and not made.phrase.endswith("reason")
            if plain and several and self.gathered.meant(made.name) is None:
                self.gathered.add(self.gathered.main, made)

    def _demand_at(self, made: Draft, deed: str) -> None:
        """Remember that a transition needs a field filled in."""
        known = self.gathered.main.drafts.get(made.name)
        if known is None and made.known:
            self.gathered.main.add(made)
            known = made
        if known is not None and known.type not in {F.BOOLEAN, F.ONE2MANY}:
            self.gathered.demanded.append((deed, known.name))

    def _required_for(self, s: Statement) -> None:
        """`Closing requires a result`, `A result is required to close`."""
        hit = _REQUIRES.match(s.text) or _NEEDED.search(s.text)
        if hit is None:
            return
        deed = _deed(hit.group("deed"))
        if not deed:
            return
        for item in lists.split(hit.group("list")):
            for made in self.gathered.drafts(item, strong=False):
                if made.name in self.gathered.main.drafts:
                    self._demand_at(made, deed)

    def _demand(self, made: Draft, word: str) -> None:
        for thing in self.gathered.things:
            known = thing.drafts.get(made.name)
            if known is not None:
                self._mark(known, word)
                return
        longer = self.gathered.meant(made.name)
        if longer is not None and longer.type is made.type:
            self._mark(longer, word)
        elif made.known and made.type is not F.BOOLEAN:
            self._mark(made, word)
            self.gathered.main.add(made)

    def _mark(self, draft: Draft, word: str) -> None:
        if word == "unique":
            draft.unique = True
        else:
            needed = word != "optional"
            if draft.required is not None and draft.required is not needed:
                self.gathered.questions.append(
                    f"The ticket calls {draft.label} both required and optional; it is"
                    " made required. Which of the two holds?"
                )
                needed = True
            draft.required = needed

    def _choices(self, s: Statement) -> None:
        for pattern in (_NAMES, _SUCH_AS, _ONE_OF):
            for hit in pattern.finditer(s.text):
                what = english.singular_phrase(hit.group("what").lower().strip())
                what = re.sub(
                    r"^(?:the|an?|its|each|every|and|with|of|one|have|has|that|this) ",
                    "",
                    what,
                )
                if (
                    re.search(r"\b(status|state|stage)$", what)
                    or self.gathered.thing(what) is self.gathered.main
                ):
                    continue
                values = notes.options(
                    re.sub(r"^(?:one of|either)\s+", "", hit.group("values"))
                )
                if not values:
                    continue
                name = drafting.identifier(what)
                known = self.gathered.known(name)
                if known is not None and known.type in {F.SELECTION, F.CHAR}:
                    known.type, known.options, known.notes = F.SELECTION, values, []
                    known.known = True
                elif known is None and kinds.CHOICES.fullmatch(what) and name:
                    self.gathered.main.add(
                        Draft(
                            name,
                            drafting.label(what),
                            F.SELECTION,
                            options=values,
                            phrase=what,
                        )
                    )


def _deed(word: str) -> str:
    """Return the name of the verb that a form is of, "" when it is none of a workflow."""
    hit = verbs.form((word.lower(),))
    return hit[0].name if hit else ""
