"""Indirect questions as the details that they ask for: `when we leave` is a date."""

from __future__ import annotations

import re
from typing import Final

NBSP: Final = "\u00a0"
"""Holds the words of one detail together while a list is being taken apart."""
_WHO: Final = r"(?:it|we|they|he|she|you|this|that|one|(?:the|a) [a-z]+(?: [a-z]+)?)"
_BEGINS: Final = r"(?P<before>^|[,;:]\s*|\band\s+)(?:also )?"
_ENDS: Final = r"(?=\s*(?:[,;.(]|\band\b|$))"
_W: Final = r"(?: (?!and\b|or\b)[a-z]+)"
_IS: Final = r"(?:is|are|was|were|has been|have been|had been|will be|gets?|got)"
_NOUN: Final = (
    r"(?!happened|(?:is|was|are|were|we|they|it|he|she|the|has|had|can|should|must|for|reason)\b)"
    r"[a-z-]+(?: (?:number|address|name|type|code|room|plate|date|centre|center|line|place|method))?"
)
# `how many crew members`, `how many guests will come`
_COUNTED: Final = (
    r"[a-z]+(?: (?!(?:is|was|has|needs|comes|takes|goes|this|there|us)\b)[a-z]+s\b)?"
)
_CLAUSE: Final = rf"(?:{_WHO} [a-z]+|is|was|are|were|has|have|had|did|does|do|should|must|can|will){_W}{{0,4}}"
_FORMS: Final = (
    (rf"where {_WHO} (?:goes|go|is going|are going|leads?|travels?|heads?)(?: to)?", "destination"),
    (rf"where {_WHO} [a-z]+{_W}{{0,2}}", "place"),
    (rf"when {_WHO} (?:comes?|came|will be|is|are) back|when {_WHO} (?:returns?)", "return date"),
    (rf"when {_WHO} (?:leaves?|departs?|sets? off)", "departure date"),
    (rf"when {_WHO} (?:starts?|begins?|opens?)", "start date"),
    (rf"when {_WHO} (?:ends?|finish(?:es)?|closes?|is over)", "end date"),
    (rf"when {_WHO} (?:happened|happens|took place|takes place|occurred|occurs|is held|is|was(?: done)?|will be)", "date"),
    (rf"when {_WHO} (?:arrives?|arrived)", "arrival date"),
    (rf"when {_WHO} (?:expires?|runs out)", "expiry date"),
    (rf"when {_WHO} is due", "due date"),
    (rf"from when(?: on)?(?: {_WHO} [a-z]+{_W}{{0,3}})?|since when{_W}{{0,6}}", "start date"),
    (r"from what time (?:to|until|till) what time", "start time and end time"),
    (r"from when (?:to|until|till) when|from which (?:day|date) (?:to|until|till) which (?:day|date)", "start date and end date"),
    (r"from what time(?: on)?", "start time"),
    (r"(?:to|until|till) what time", "end time"),
    (r"(?:from|since) which (?:day|date)(?: on)?", "start date"),
    (r"(?:to|until|till) which (?:day|date)", "end date"),
    (rf"(?:on|for) (?:which|what) (?:day|date)(?: {_WHO}{_W}{{1,3}})?", "date"),
    (rf"at what time(?: {_WHO}{_W}{{1,3}})?", "time"),
    (rf"when {_WHO} (?:is|are|has|have|should|must|can|will|shall|would)(?: (?:to|been|be|want|like))* (?P<due>[a-z]+)", r"\g<due> on"),
    (rf"when {_WHO} (?:was|were|has been|had been) (?P<done>[a-z]+)", r"\g<done> on"),
    (rf"when (?:{_WHO}|they)(?:'d| would)? (?:like to |want to |can |will )?come", "date"),
    (r"(?:for )?how long", "duration"),
    (rf"(?:says |tells |and )?who the (?P<person>[a-z]+{_W}?) (?:is|was|will be)", r"\g<person>"),
    (rf"(?:until|till) when {_WHO} is (?:under |in |on )?(?P<last>[a-z]+)(?:, which is a (?P<type>date(?: and a time)?))?",
     r"\g<last> until (\g<type>)"),
    (rf"(?:until|till) when(?: {_WHO} [a-z]+{_W}{{0,3}})?", "end date"),
    (rf"(?:by when|how soon) {_WHO} [a-z]+{_W}{{0,2}}", "deadline"),
    (rf"how long {_WHO} (?:takes?|took|lasts?|will take|will last|is|was)", "duration"),
    (rf"how many (?P<many>[a-z]+) of (?:which|what) (?P<which>[a-z]+)(?: {_CLAUSE})?", r"number of \g<many> and \g<which>"),
    (rf"how many (?P<what>[a-z]+{_W}?)(?: {_WHO}| there| are| were){_W}{{0,3}}",
     r"number of \g<what>"),
    (rf"(?:for |of |with )?how many (?P<counted>{_COUNTED})(?: {_WHO})?{_W}{{0,3}}", r"number of \g<counted>"),
    (rf"how much(?: money)?(?: (?:{_WHO}|(?:the|an?) [a-z]+{_W}?))?(?: (?:will|would|should|may|can|must|has|have|to|is|was|be|been))*(?: (?:costs?|cost|paid|pays?|spent|charged|owed|claimed|worth|due))?", "amount"),
    (rf"how much (?P<stuff>[a-z]+)(?: (?:{_WHO}|is|was|were|has|have|been|will|be)){{1,3}}{_W}{{0,2}}", r"amount of \g<stuff>"),
    (rf"what {_IS} (?:paid|spent|charged)|what {_WHO} (?:paid|spent|charged)", "amount"),
    (r"who (?:else )?did (?:it|them|this|that|the [a-z]+)", "done by"),
    (r"who (?:else )?(?P<doer>[a-z]+ed|wrote|found|made|took|gave|sold|brought|saw|led|ran|built|held) (?:it|them|this|that|the [a-z]+)", r"\g<doer> by"),
    (r"who (?:is |was )?(?:responsible|in charge)(?: for it| of it)?", "responsible"),
    (rf"how (?:long) {_WHO} [a-z]+{_W}{{0,2}}", "duration"),
    (rf"how (?:high|tall) {_WHO} (?:is|was)", "height"),
    (rf"how (?:wide|broad) {_WHO} (?:is|was)", "width"),
    (rf"how (?:deep) {_WHO} (?:is|was)", "depth"),
    (rf"how (?:hot|warm|cold) {_WHO} (?:is|was)", "temperature"),
    (rf"how (?:fast) {_WHO} [a-z]+", "speed"),
    (rf"how (?:important) {_WHO} (?:is|was)", "priority"),
    (rf"how (?:likely) {_WHO} (?:is|was)", "probability"),
    (r"in (?:what|which) (?:state|condition|shape)(?: (?:it|they|the [a-z]+)(?: [a-z]+){1,3})?", "condition"),
    (rf"in (?:what|which) condition {_WHO} (?:is|was|came|comes){_W}?", "condition"),
    (rf"what {_WHO} (?:weighs?)", "weight"),
    (rf"what (?P<kind>(?:kind|type|sort|size|colou?r|model|make|brand)(?: of [a-z]+)?) {_WHO} (?:is|are|was|were|has|wants?|needs?)", r"\g<kind>"),
    (r"what (?:had|has) happened", "what happened"),
    (rf"(?:for|to|in|on|at|from|by|with|under|of) (?:which|what) (?P<within>{_NOUN})(?: {_CLAUSE})?", r"\g<within>"),
    (rf"(?:which|what) (?P<noun>{_NOUN}) {_CLAUSE}", r"\g<noun>"),
    (rf"(?:how much|what) {_WHO} costs?(?P<per> per [a-z]+)?", r"cost\g<per>"),
    (rf"how (?:urgent|pressing) {_WHO} (?:is|was)", "urgency"),
    (rf"how (?:severe|serious|bad|dangerous) {_WHO} (?:is|was)", "severity"),
    (rf"how (?:big|large) {_WHO} (?:is|was)", "size"),
    (rf"how (?:heavy) {_WHO} (?:is|was)", "weight"),
    (rf"how (?:old) {_WHO} (?:is|was)", "age"),
    (rf"how (?:far) {_WHO} [a-z]+", "distance"),
    (rf"why(?: {_WHO} [a-z]+{_W}{{0,4}})?", "reason"),
    (rf"what {_WHO} (?:is|are|was) (?:called|named)", "name"),
    (r"what (?:is|was|seems) (?:wrong|broken|missing|the matter)", "description"),
    (r"what (?:was|has been) done", "work done"),
    (rf"what {_WHO} (?:is|are) (?:for|needed for|used for)|what for", "purpose"),
    (r"(?:what|how (?:much|big|high)) (?:the|its|their|his|her) (?P<named>[a-z]+(?: [a-z]+)?) (?:is|are|was|were)", r"\g<named>"),
    (r"which one(?: [a-z]+){0,5}", ""),
    (r"when", "date"),
    (r"where(?!\s*\()", "place"),
    (r"who(?: (?!and\b|or\b|which\b|what\b)[a-z]+){0,5}", ""),
)  # fmt: skip
_ASKED: Final = tuple(
    (
        re.compile(f"{_BEGINS}(?:exactly )?(?:{form}){_ENDS}", re.IGNORECASE),
        rf"\g<before>{noun}",
    )
    for form, noun in _FORMS
)
# `how urgent it is, low, normal or high`
_VALUES: Final = re.compile(
    r"\b(?P<noun>urgency|severity|priority|size)[,:]? (?P<values>[a-z]+(?:, [a-z]+)*,? or [a-z]+)\b",
    re.IGNORECASE,
)
# `a teaser of two or three sentences` is a teaser.
_SOME: Final = re.compile(
    r" of (?:about |at most |up to )?(?:one|two|three|four|five|\d+)(?: (?:or|to) [a-z0-9]+)? (?:sentences|words|lines|pages|characters|paragraphs)",
    re.IGNORECASE,
)
# `the time it happened` is the time.
_RELATIVE: Final = re.compile(
    rf"\b(?P<noun>time|date|day|place|reason) {_WHO} (?:was |is )?[a-z]+{_ENDS}",
    re.IGNORECASE,
)
# `the date by which it has to be finished` is a due date, `the day on which ...` a day.
_BY_WHICH: Final = re.compile(
    rf"\b(?P<noun>(?!and\b|or\b)[a-z]+) (?P<when>by|until|on|at|in|for|from|to|with|under) which{_W}{{1,6}}{_ENDS}",
    re.IGNORECASE,
)
# `whether a coach is needed`, `whether it has been blocked`, `whether anybody was hurt`
_WHETHER: Final = re.compile(
    rf"\b(?:whether(?: or not)?|if) (?:(?P<one>it|they|he|she|this|that|anybody|anyone|somebody|someone|people|the [a-z-]+|there)|(?:an? |any )?(?P<what>[a-z-]+(?: [a-z-]+)?)) "
    rf"(?:(?:is|are|was|were|has been|have been|had been|will be|can be|may be|must be|should be|has to be|gets?) (?:already |still |really |also )?(?P<so>[a-z-]+(?: (?:needed|required|included|wanted|in|out|off))?)"
    rf"|(?:has|have|had|needs?|wants?|requires?) (?:an? |the |any )?(?P<has>[a-z-]+(?: [a-z-]+)?)"
    rf"|(?!is\b|was\b)[a-z]+s (?:an? |the |any )?(?P<uses>[a-z-]+)){_ENDS}",
    re.IGNORECASE,
)
_WHETHER_SO: Final = re.compile(
    r"\bwhether (?:or not )?(?:the |an? |it |they )?(?P<what>[a-z-]+ )?(?:is|are) (?P<so>[a-z-]+(?: (?:needed|required|included|wanted))?)",
    re.IGNORECASE,
)
_JOINS: Final = "when|where|how|why|what|which|who|that|if|as|then|also|so|but|because|before|after|once|until|while|whether|and|or|whose"
# `the event he wants to attend` is the event; `, if they have one,` says nothing of it.
_ASIDE: Final = re.compile(
    r",\s*(?:if|unless|where applicable)\b[^,()]{0,40}(?=,)", re.IGNORECASE
)
_REDUCED: Final = re.compile(
    rf"\b(?P<det>{_BEGINS.replace('?P<before>', '?:')}|(?:the|an?|its|their) )(?P<noun>(?!(?:{_JOINS})\b)[a-z]+(?: (?!(?:{_JOINS})\b)[a-z]+)?) (?:he|she|it|we|they|you|i) (?!(?:and|or)\b)[a-z]+{_W}{{0,4}}{_ENDS}",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"\b(?:the )?name of it\b", re.IGNORECASE)


def _noun(hit: re.Match[str]) -> str:
    due = hit["when"].lower() in {"by", "until"} and hit["noun"].lower() in {
        "date",
        "day",
    }
    return f"due {hit['noun']}" if due else hit["noun"]


def _ticked(hit: re.Match[str]) -> str:
    """Return the box to tick that `whether ...` asks for."""
    before = f"{hit['what']} " if hit["what"] else ""
    named = hit["has"] or hit["uses"] or f"{before}{hit['so']}"
    return f"{named.replace(' ', NBSP)} (yes/no)"


def nouns(text: str) -> str:
    """Return a list with its indirect questions put as nouns.

    `where it goes, how many seats the bus has and what it costs per person` is
    `destination, number of seats and cost per person`.
    """
    if not re.search(
        r"\b(?:where|whether|when|how|why|what|which|it|we|they|he|she|if|(?:time|date|day|place|reason) (?:this|that)|name of it|sentences|words|lines|pages|characters|who)\b",
        text,
        re.IGNORECASE,
    ):
        return text
    text = _WHETHER.sub(
        _ticked, _BY_WHICH.sub(_noun, _SOME.sub("", _ASIDE.sub("", text)))
    )
    text = _WHETHER_SO.sub(lambda hit: f"{hit['so'].replace(' ', NBSP)} (yes/no)", text)
    text = _REDUCED.sub(r"\g<det>\g<noun>", text)
    text = _RELATIVE.sub(r"\g<noun>", _NAME.sub("name", text))
    for pattern, noun in _ASKED:
        text = pattern.sub(noun, text)
    return _VALUES.sub(r"\g<noun> (\g<values>)", text)
