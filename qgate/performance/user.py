"""A simulated user of Odoo: calls what the web client calls."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from qgate.performance.session import OdooError, OdooSession, unanswered
from qgate.performance.specification import specification

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust.env import Environment

__all__ = ["OdooError", "OdooUser"]

VIEWS: Final = "Get Views"
"""Name of the requests for views; the web client keeps the answer."""

FORM: Final = "New Form"
"""Name of the requests for the defaults of a new record."""

_KINDS: Final = ("list", "form", "search")
_LIST_LIMIT: Final = 80
_COUNT_LIMIT: Final = 10_001


class OdooUser(OdooSession):
    """Base of the users of a locustfile.

    It logs in when it starts, and once more in the measured time. A JSON-RPC error counts as a
    failure, and so does an answer that is none.
    """

    abstract = True

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._views: dict[str, dict[str, Any]] = {}

    def log_in(self) -> None:
        """Begin a new session, with nothing kept of the one before.

        Raises:
            OdooError: Odoo does not accept login and password.
        """
        self._views.clear()
        super().log_in()

    def get_views(self, model: str) -> dict[str, Any]:
        """Return the default views of *model*: list, form and search.

        They are asked for once a session, as the web client keeps them.

        Args:
            model: Technical name of the model.
        """
        if model not in self._views:
            views = [[False, kind] for kind in _KINDS]
            self._views[model] = self.call_kw(
                model,
                "get_views",
                kwargs={"views": views, "options": {"toolbar": True}},
                operation=VIEWS,
            )
        return self._views[model]

    def specification(self, model: str, kind: str) -> dict[str, Any]:
        """Return what the web client asks for when it shows *model* in its default view."""
        return specification(self.get_views(model), kind, model)

    def web_search_read(
        self,
        model: str,
        domain: Sequence[Any] = (),
        fields: Mapping[str, Any] | None = None,
        *,
        limit: int = _LIST_LIMIT,
        offset: int = 0,
        order: str = "",
        operation: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return a page of records, as a list view reads it.

        Args:
            model: Technical name of the model.
            domain: Which records.
            fields: What is read of them, by default what the list view shows.
            limit: Records of a page.
            offset: Records before it.
            order: How they are sorted, by default as the model is.
            operation: What it is recorded as, by default the operation the user is at.
        """
        wanted = self.specification(model, "list") if fields is None else fields
        found = self.call_kw(
            model,
            "web_search_read",
            kwargs={
                "domain": list(domain),
                "specification": dict(wanted),
                "limit": limit,
                "offset": offset,
                "order": order,
                "count_limit": _COUNT_LIMIT,
                "context": {"bin_size": True},
            },
            operation=operation,
        )
        return list(found["records"])

    def onchange(
        self,
        model: str,
        values: Mapping[str, Any] | None = None,
        names: Sequence[str] = (),
        *,
        operation: str = FORM,
    ) -> dict[str, Any]:
        """Return the values of a form, as a new one asks for its defaults.

        Args:
            model: Technical name of the model.
            values: What has been entered.
            names: Fields that have changed; none in a new form.
            operation: What it is recorded as.
        """
        wanted = self.specification(model, "form")
        args = [[], dict(values or {}), list(names), wanted]
        return dict(self.call_kw(model, "onchange", args, operation=operation)["value"])

    def web_save(
        self,
        model: str,
        values: Mapping[str, Any],
        ids: Sequence[int] = (),
        *,
        operation: str | None = None,
    ) -> dict[str, Any]:
        """Save a form: create a record, or write to one; return it as the form shows it.

        Args:
            model: Technical name of the model.
            values: What has been entered.
            ids: The record that is written to, none for a new one.
            operation: What it is recorded as, by default the operation the user is at.
        """
        saved = self.call_kw(
            model,
            "web_save",
            [list(ids), dict(values)],
            {"specification": self.specification(model, "form")},
            operation=operation,
        )
        return dict(saved[0])

    def read_group(
        self,
        model: str,
        domain: Sequence[Any],
        groupby: Sequence[str],
        aggregates: Sequence[str],
        *,
        operation: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return the figures of a graph or pivot view.

        Args:
            model: Technical name of the model.
            domain: Which records.
            groupby: As `date:month`.
            aggregates: As `amount:sum`.
            operation: What it is recorded as, by default the operation the user is at.
        """
        return list(
            self.call_kw(
                model,
                "formatted_read_group",
                [list(domain), list(groupby), list(aggregates)],
                {"context": {"fill_temporal": True}},
                operation=operation,
            )
        )

    def report(
        self, name: str, ids: Sequence[int], *, operation: str | None = None
    ) -> str:
        """Return a QWeb report as HTML, which is what its PDF is made of.

        Args:
            name: The report's name, as `sale.report_saleorder`.
            ids: Records it is of.
            operation: What it is recorded as, by default the operation the user is at.

        Raises:
            OdooError: Odoo answers with an error, or not at all.
        """
        self.enter()
        path = f"/report/html/{name}/{','.join(map(str, ids))}"
        named = operation or self.operation or name
        with self.client.get(
            path,
            name=named,
            catch_response=True,
            allow_redirects=False,  # to the login page, which is no report
        ) as response:
            problem = unanswered(response)
            if problem is None and response.status_code != HTTPStatus.OK:
                problem = f"HTTP {response.status_code}"
            if problem:
                response.failure(problem)
            text = response.text or ""
        if problem:
            raise OdooError(problem)
        return text
