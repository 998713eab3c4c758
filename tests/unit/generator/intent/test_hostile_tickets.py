"""Whatever a ticket says: it is refused in a sentence, or its names are safe."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from generator.intent.rules import Rules
from generator.spec import check
from generator.ticket import Ticket
from qgate.errors import UsageError
from tests.support import tickets

NASTY = (
    "'", '"', "\\", "]]>", "{{ x }}", "{% x %}", "\n", "\0", "\u202e", "\u200b", "../", "<script>",
    "class", "import", "return", "None", "self", "lambda", "eval(1)", "%s", "${x}", "\u00e4", "\u6f22",
    "; DROP TABLE res_users; --", "a" * 80, "#", "|", "->", ":", ",", "(", ")", "/", "1", "- ", "env", "id",
)  # fmt: skip
WORDS = (
    "employee", "manager", "finance", "submits", "approves", "rejects", "a", "the", "request", "amount",
    "date", "with", "and", "or", "each", "line", "lines", "has", "can be", "status", "draft", "submitted",
    "approved", "unique", "must be", "before", "after", "3 days", "remind", "notified", "when", "only",
    "cannot", "without", "reason", "type", "room", "list of", "total", "quantity", "price", "1,000 EUR",
    "above", "as a", "I want to", "fields:", "priority (low, high)", "Draft -> Approved", ".", "required",
)  # fmt: skip
PIECES = st.lists(st.sampled_from(NASTY + WORDS * 3), max_size=40).map(" ".join)
LINES = st.lists(PIECES, max_size=8).map("\n".join)
IDENTIFIER = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")


@given(
    title=st.one_of(PIECES, st.text(max_size=60)),
    body=st.one_of(LINES, st.text(max_size=400)),
    criteria=st.lists(PIECES, min_size=1, max_size=4),
)
@example(title="Class", body="Fields: class, return, import, id, env", criteria=["x"])
@example(title="x" * 5000, body="y" * 10_000, criteria=["z" * 10_000])
@example(title="Orders", body="An order has one or more lines: a, b.", criteria=["|"])
def test_no_text_gets_through_as_a_name(
    title: str, body: str, criteria: list[str]
) -> None:
    _demand_safe(Ticket(title=title, body=body, criteria=tuple(criteria)))


@given(
    first=st.sampled_from(tickets.names()),
    second=st.sampled_from(tickets.names()),
    put=st.lists(st.tuples(st.integers(0, 400), st.sampled_from(NASTY)), max_size=6),
)
def test_real_tickets_mixed_with_hostile_words_are_safe_too(
    first: str, second: str, put: list[tuple[int, str]]
) -> None:
    one, other = tickets.ticket(first), tickets.ticket(second)
    words = f"{one.body} {other.body}".split(" ")
    for place, word in put:
        words.insert(place % (len(words) + 1), word)
    criteria = (*one.criteria[:2], *other.criteria, *(word for _, word in put))

    _demand_safe(Ticket(title=one.title, body=" ".join(words), criteria=criteria))


def _demand_safe(ticket: Ticket) -> None:
    try:
        spec = Rules().extract(ticket).spec
    except UsageError as error:
        assert str(error)
        return

    assert spec is not None
    assert check(spec) == []
    names = [
        spec.module,
        *(e.name for e in spec.entities),
        *(r.name for r in spec.roles),
    ]
    for entity in spec.entities:
        names += [f.name for f in entity.fields] + [s.name for s in entity.states]
        names += [t.name for t in entity.transitions]
    assert all(IDENTIFIER.match(name) for name in names)
