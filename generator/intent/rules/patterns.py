"""Ways of saying things of a workflow that several rooms listen for."""

from __future__ import annotations

import re
from typing import Final

from generator.spec.workflow import Operator

BACK: Final = re.compile(
    r"\b(?:sen[dt]s? (?:it |them |the \w+ )?back|returns? (?:it|them|the \w+) (?:to the|for)|returned (?:to the \w+|for) (?:for |to )?(?:correction|changes|rework|revision|draft)|back to (?:the )?draft|reset to draft|re-?submit\w*|reopen\w*|asks? for (?:changes|more information|corrections)|request(?:s)? (?:changes|more information)|corrected and submitted again|submit(?:ted)? (?:it )?again)\b",
    re.IGNORECASE,
)
"""A record goes back to an earlier state."""
FROZEN: Final = re.compile(
    r"\b(?:cannot|can't|can not|can no longer|may not|may no longer|must not|must no longer|no longer|not|nobody may|no one may|nobody can) (?:be )?(?:\w+ )?(?:changed?|edit(?:ed|able)?|modif(?:y|ied)|alter(?:ed)?|updated?|touched|overwritten)\b"
    r"|\b(?:read-only|readonly|locked|frozen|immutable|unchangeable)\b|\bno (?:more )?(?:changes|edits|editing|modifications?)\b|\block(?:s|ed)? (?:the|it)\b",
    re.IGNORECASE,
)
"""Nothing may be changed any more."""
REASON: Final = re.compile(
    r"\b(reason|justification|explanation|comment|why)\b", re.IGNORECASE
)
"""Somebody has to say why."""
ATTACHED: Final = re.compile(
    r"\b(attach\w*|upload\w*|receipts?|documents?|quotations?|quotes?|scans?|photos?|certificates?|files?|pictures?|evidence)\b",
    re.IGNORECASE,
)
"""Documents are spoken of."""
DEMAND: Final = re.compile(
    r"\b(without|must|required|mandatory|needs? to|has to|have to|at least one|cannot|only (?:if|when|with)|before)\b",
    re.IGNORECASE,
)
"""Something has to be there."""
MORE: Final = re.compile(
    r"\b(also|additional(?:ly)?|second|in addition|as well|extra|further|both|then|afterwards|final|too)\b",
    re.IGNORECASE,
)
"""Somebody decides after somebody else."""
IN_TURN: Final = re.compile(
    r"->|\u2192|\b(then|after (?:that|the|manager|which)|second|final approval|first|in turn|next|subsequently|finally|followed by|two[- ]step|two levels?|both)\b"
)
"""Things happen one after the other."""
OWN: Final = re.compile(
    r"\b(?:their|his|her|one's|my|your|her/his|his/her|its) own\b|\bown (?:request|record|\w+)s?\b|\bthemsel|\bself-approv|\bsame person\b|\bperson who (?:made|created|submitted|requested|raised)",
    re.IGNORECASE,
)
"""Somebody's own record."""
_CURRENCY: Final = (
    r"(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?|francs?|\u20ac|\$|\u00a3)"
)
LIMIT: Final = re.compile(
    r"(?P<word>above|over|more than|exceed(?:s|ing)?|greater than|higher than|larger than|bigger than|at least|from|starting (?:at|from)|>=|>|below|under|up to(?: and including)?|less than|at most|<=|<|not exceeding|beyond)\s+"
    rf"(?:an? (?:amount|total|value) of )?(?P<sign>{_CURRENCY})?\s*(?P<amount>(?:\d[\d,.' \u00a0]*\d|\d)\s?(?:k\b|thousand\b)?)\s*(?P<unit>{_CURRENCY})?",
    re.IGNORECASE,
)
"""An amount that something depends on."""
OPERATORS: Final = {
    "above": Operator.MORE, "over": Operator.MORE, "more than": Operator.MORE, ">": Operator.MORE,
    "greater than": Operator.MORE, "higher than": Operator.MORE, "larger than": Operator.MORE,
    "beyond": Operator.MORE, "bigger than": Operator.MORE, "exceeds": Operator.MORE,
    "exceeding": Operator.MORE, "exceed": Operator.MORE, "at least": Operator.AT_LEAST,
    "from": Operator.AT_LEAST, ">=": Operator.AT_LEAST, "starting at": Operator.AT_LEAST,
    "starting from": Operator.AT_LEAST, "below": Operator.LESS, "under": Operator.LESS,
    "less than": Operator.LESS, "<": Operator.LESS, "up to": Operator.AT_MOST,
    "at most": Operator.AT_MOST, "<=": Operator.AT_MOST, "up to and including": Operator.AT_MOST,
    "not exceeding": Operator.AT_MOST,
}  # fmt: skip
OPPOSITE: Final = {
    Operator.MORE: Operator.AT_MOST, Operator.AT_LEAST: Operator.LESS,
    Operator.LESS: Operator.AT_LEAST, Operator.AT_MOST: Operator.MORE,
}  # fmt: skip
"""What holds when a comparison does not."""
SAID: Final = {
    Operator.MORE: "Above", Operator.AT_LEAST: "From", Operator.LESS: "Below",
    Operator.AT_MOST: "Up to",
}  # fmt: skip
"""How a comparison is told to people."""
