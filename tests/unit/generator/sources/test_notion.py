"""Notion's own client against a local server that answers as its API documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator import sources
from generator.intent.rules import Rules
from generator.sources.notion import Notion, identifier
from qgate import settings as configuration
from qgate.errors import EnvironmentProblem, UsageError
from tests.support.notion_api import (
    DATABASE,
    PAGE,
    SOURCE,
    NotionApi,
    block,
    row,
    status,
    text_property,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from qgate.settings import Settings

ADDRESS = f"https://www.notion.so/acme/Key-loans-{PAGE.replace('-', '')}?v=1&pvs=4"


@pytest.fixture
def api(httpserver: HTTPServer) -> NotionApi:
    return NotionApi(httpserver)


@pytest.fixture
def settings(api: NotionApi, tmp_path: Path) -> Settings:
    return configuration.load(root=tmp_path, environ=api.environ)


def _ticket(api: NotionApi) -> None:
    api.add_page(
        "Key loans",
        block("paragraph", "An employee borrows a key from the facility manager."),
        block("heading_2", "Fields"),
        block(
            "table",
            "",
            row("Field", "Type", "Required"),
            row("Key number", "text", "yes"),
            row("Return date", "date", ""),
            has_column_header=True,
        ),
        block(
            "toggle",
            "More fields:",
            block("bulleted_list_item", "Deposit amount"),
            block("bulleted_list_item", "Remarks"),
        ),
        block("heading_2", "Acceptance criteria"),
        block("to_do", "The facility manager approves a loan", checked=False),
        block("numbered_list_item", "The key number must be unique"),
        block("divider"),
    )


def test_a_page_becomes_a_ticket(api: NotionApi, settings: Settings) -> None:
    _ticket(api)

    ticket = sources.read(settings, ticket_id=PAGE)

    assert ticket.title == "Key loans"
    assert ticket.source == "notion"
    assert ticket.criteria == (
        "The facility manager approves a loan",
        "The key number must be unique",
    )
    assert "| Key number | text | yes |" in ticket.body
    assert "- Deposit amount" in ticket.body
    assert ticket.url.startswith("https://www.notion.so/")
    spec = Rules().extract(ticket).spec
    assert spec is not None
    fields = {f.name: f for f in spec.entities[0].fields}
    assert fields["key_number"].required
    assert fields["return_date"].type == "date"
    assert fields["deposit_amount"].type == "monetary"


def test_an_address_is_as_good_as_an_id(api: NotionApi, settings: Settings) -> None:
    _ticket(api)

    assert Notion(settings).page(ADDRESS).id == PAGE
    assert identifier(PAGE.replace("-", "")) == PAGE


def test_criteria_may_be_a_property(api: NotionApi, settings: Settings) -> None:
    api.add_page(
        "Key loans",
        block("paragraph", "Somebody borrows a key."),
        Acceptance_criteria=text_property("A manager approves\nKeys are unique"),
        Priority=status("High"),
    )

    ticket = Notion(settings).page(PAGE)

    assert ticket.criteria == ("A manager approves", "Keys are unique")
    assert ticket.properties["Priority"] == "High"


def test_all_pages_of_an_answer_are_read(api: NotionApi, settings: Settings) -> None:
    lines = [block("paragraph", f"Line {number}") for number in range(5)]
    api.add_page("Key loans", *lines)

    body = Notion(settings).page(PAGE).body

    assert body.split("\n") == [f"Line {number}" for number in range(5)]


def test_tickets_of_a_data_source_by_status(api: NotionApi, settings: Settings) -> None:
    _source(api)
    for number in range(3):
        api.add_page(
            f"Ready {number}",
            block("paragraph", "Words"),
            page_id=f"{number}aaaaaaa-1111-4111-8111-111111111111",
            Status=status("Ready"),
        )
    api.add_page("Idea", Status=status("Idea"))

    found = list(Notion(settings).tickets(SOURCE, "Ready"))

    assert [ticket.title for ticket in found] == ["Ready 0", "Ready 1", "Ready 2"]
    assert found[0].body == "Words"
    assert api.queries[0]["filter"] == {
        "property": "Status", "status": {"equals": "Ready"},
    }  # fmt: skip
    assert len(api.queries) == 2


def _source(api: NotionApi) -> None:
    api.sources[SOURCE] = {
        "object": "data_source",
        "id": SOURCE,
        "properties": {"Name": {"type": "title"}, "Status": {"type": "status"}},
    }
    api.databases[DATABASE] = {
        "object": "database",
        "id": DATABASE,
        "data_sources": [{"id": SOURCE, "name": "Tickets"}],
    }


def test_a_database_leads_to_its_data_source(
    api: NotionApi, settings: Settings
) -> None:
    _source(api)
    api.add_page("Ready", Status=status("Ready"))

    assert [t.title for t in Notion(settings).tickets(DATABASE, "Ready")] == ["Ready"]


def test_a_status_that_is_not_there_is_told(api: NotionApi, settings: Settings) -> None:
    _source(api)

    with pytest.raises(UsageError, match=r"no status called Stage\. It has Status\."):
        list(Notion(settings).tickets(SOURCE, "Ready", field="Stage"))


def test_a_database_of_several_sources_is_no_answer(
    api: NotionApi, settings: Settings
) -> None:
    _source(api)
    api.databases[DATABASE]["data_sources"].append({"id": "other", "name": "Ideas"})

    with pytest.raises(UsageError, match="2 data sources"):
        list(Notion(settings).tickets(DATABASE, "Ready"))


def test_a_rate_limit_is_waited_for(api: NotionApi, settings: Settings) -> None:
    _ticket(api)
    api.limited = 2

    assert Notion(settings).page(PAGE).title == "Key loans"


def test_a_rate_limit_without_end_is_told(api: NotionApi, settings: Settings) -> None:
    _ticket(api)
    api.limited = 100

    with pytest.raises(EnvironmentProblem, match="rate limit"):
        Notion(settings).page(PAGE)


@pytest.mark.parametrize("wanted", [PAGE, ADDRESS])
def test_a_page_that_is_not_there_is_told(
    api: NotionApi, settings: Settings, wanted: str
) -> None:
    with pytest.raises(UsageError, match="may not see it.*Connections") as caught:
        sources.read(settings, ticket_id=wanted)

    assert caught.value.exit_code == 2
    assert api.asked[0] == ("GET", f"pages/{PAGE}")


@pytest.mark.parametrize("wanted", ["nonsense", "../users", "123", ""])
def test_what_is_no_id_is_not_asked_for(
    api: NotionApi, settings: Settings, wanted: str
) -> None:
    with pytest.raises(UsageError):
        sources.read(settings, ticket_id=wanted)

    assert api.asked == []


def test_a_wrong_token_is_told_and_not_shown(api: NotionApi, tmp_path: Path) -> None:
    environ = api.environ | {"NOTION_TOKEN": "ntn_another-made-up"}
    settings = configuration.load(root=tmp_path, environ=environ)

    with pytest.raises(UsageError, match="refuses the token") as caught:
        Notion(settings).page(PAGE)

    assert "ntn_another" not in str(caught.value)


def test_without_a_token_nothing_is_asked(tmp_path: Path) -> None:
    settings = configuration.load(root=tmp_path, environ={})

    with pytest.raises(UsageError, match="no NOTION_TOKEN"):
        sources.read(settings, ticket_id=PAGE)


def test_a_service_that_is_down_is_told(api: NotionApi, tmp_path: Path) -> None:
    api.broken = 100
    settings = configuration.load(
        root=tmp_path, environ=api.environ, generator={"retries": 0}
    )

    with pytest.raises(EnvironmentProblem, match="answered 503") as caught:
        Notion(settings).page(PAGE)

    assert caught.value.exit_code == 3


def test_nobody_listening_is_told(tmp_path: Path) -> None:
    environ = {"NOTION_TOKEN": "ntn_made-up", "NOTION_BASE_URL": "http://127.0.0.1:9"}
    settings = configuration.load(root=tmp_path, environ=environ)

    with pytest.raises(EnvironmentProblem, match="cannot be reached"):
        Notion(settings).page(PAGE)


def test_the_pull_request_is_linked_once(api: NotionApi, settings: Settings) -> None:
    _ticket(api)
    before = len(api.children[PAGE])

    for _ in range(2):
        Notion(settings).link_back(PAGE, "https://github.com/acme/x/pull/7")

    added = api.children[PAGE][before:]
    assert len(added) == 1
    parts = added[0]["paragraph"]["rich_text"]
    assert parts[1]["text"]["link"] == {"url": "https://github.com/acme/x/pull/7"}


def test_a_page_that_may_only_be_read_is_told(
    api: NotionApi, settings: Settings
) -> None:
    _ticket(api)
    api.readonly = True

    with pytest.raises(UsageError, match="may not do this"):
        Notion(settings).link_back(PAGE, "https://github.com/acme/x/pull/7")
