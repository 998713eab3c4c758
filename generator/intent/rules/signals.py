"""Small words that tell who acts in a sentence, and whether it is so: modals, conditions, denials."""

from __future__ import annotations

from typing import Final

BE: Final = frozenset("is are be been being was were gets get becomes become".split())
MODALS: Final = frozenset(
    "can may must should shall will to could would might cannot".split()
)
NOT: Final = frozenset("not never cannot no nobody can't mustn't don't doesn't".split())
WHEN: Final = frozenset(
    "when once after until if upon unless before as since while".split()
)
WHO: Final = frozenset("who which".split())
SYSTEM: Final = frozenset(
    "system odoo it application record status state request".split()
)
OBJECT_AFTER: Final = frozenset(
    """to by from for of with via at on in notify notifies notifying inform informs email
    emails e-mail e-mails alert alerts remind reminds tell tells ask asks let lets allow
    allows enable enables assign assigns against informing per between than see sees
    add adds reminding assigning contact contacts select selects about requires
    prevents prevent""".split()
)
CONFIRMED: Final = {
    "receipt": "receive", "delivery": "deliver", "return": "return", "payment": "pay",
}  # fmt: skip
ARROWS: Final = frozenset({"->", "\u2192", "=>"})
STOPS: Final = frozenset({",", ";", "when", "if", ".", "and"})
DETERMINERS: Final = frozenset(
    "the a an their his her its my our your every each any all only assigned responsible"
    " relevant direct other same both one own respective".split()
)
ONE: Final = frozenset("one any each some all two".split())
WAS: Final = frozenset(
    """was were had did found knew said told asked came went saw got gave took made kept lost
    forgot sent wrote thought felt held brought left learnt learned""".split()
)
CHARGED: Final = tuple(
    [word]
    for word in (
        "able",
        "allowed",
        "responsible",
        "notified",
        "informed",
        "reminded",
        "told",
        "in",
        "also",
        "then",
        "to",
    )
)
# `reports completion` is to complete it
REPORTS: Final = frozenset("report reports declare declares announce announces".split())
SETS: Final = frozenset(
    """set sets mark marks marked move moves moved put puts change changes changed turn turns
    switch switches reset resets goes go back from status state stage transitions""".split()
)
ADVERBS: Final = frozenset(
    "then also only now finally later first immediately directly either automatically"
    " always ever already formally subsequently afterwards next just successfully thereafter thereupon forthwith consequently"
    " still both alone usually normally themselves himself herself".split()
)
