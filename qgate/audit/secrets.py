"""Audit of secrets: how long ago each was set. Their values are never looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from qgate.audit.base import Audit
from qgate.errors import EnvironmentProblem, QgateError
from qgate.surfaces.event import Event
from qgate.surfaces.github import Repo
from qgate.surfaces.markdown import code, plain, table

if TYPE_CHECKING:
    from datetime import date

    from qgate.settings import Settings

TOKEN: Final = "QGATE_SECRETS_TOKEN"  # noqa: S105 - the name of a variable
"""Environment variable with a token that may list secrets; that of a workflow may not."""


def audit(settings: Settings, today: date | None = None) -> Audit:
    """List the secrets of the repository and those of the configuration with their age.

    Args:
        settings: Names the repository, and days that only people know.
        today: The day that ages are counted to.

    Raises:
        EnvironmentProblem: GitHub does not tell, and the configuration names no day.
    """
    today = today or datetime.now(UTC).date()
    known: dict[str, date | None] = dict(settings.audit.rotated)
    said = ""
    try:
        if _repository(settings).repository or not known:
            known |= _on_github(settings)
    except QgateError as error:
        said = error.message
        if not known:
            message = f"The age of no secret is known: {said}"
            hint = f"Set {TOKEN} to a token that may list secrets, or name days in [audit]."
            raise EnvironmentProblem(message, hint=hint) from error
    for name in sorted(_configured(settings) - {*_names(known)}):
        known[name] = None
    limit = settings.audit.max_secret_age
    ages = {name: _age(day, today) for name, day in known.items()}
    due = {name: age for name, age in ages.items() if age is None or age > limit}
    ordered = sorted(ages, key=lambda name: (-(ages[name] or 10**6), name))
    told = (
        f"{len(due):,} of {len(ages):,} secrets have to be set anew: they are older than "
        f"{limit} days, or nobody knows how old."
    )
    lines = [
        told,
        "",
        *table(
            ("Secret", "Last set", "Age", ""),
            (
                (
                    code(name),
                    str(known[name] or "unknown"),
                    "" if ages[name] is None else f"{ages[name]} days",
                    "❌ due" if name in due else "✅",
                )
                for name in ordered
            ),
            right=(2,),
        ),
    ]
    if said:
        lines += ["", f"**GitHub was not asked:** {plain(said)}"]
    return Audit(
        kind="audit-secrets",
        title="Secrets to set anew",
        text="\n".join(lines) + "\n",
        found={
            name: f"{name} is {'of unknown age' if age is None else f'{age} days old'}."
            for name, age in due.items()
        },
        looked_at=len(ages),
        unjudged=said,
    )


def _repository(settings: Settings) -> Event:
    event = Event.of(settings)
    if settings.audit.repository:
        return replace(event, repository=settings.audit.repository)
    return event


def _on_github(settings: Settings) -> dict[str, date | None]:
    repo = Repo(settings, _repository(settings), token=settings.secret(TOKEN))
    return {name: moment.date() for name, moment in repo.secrets().items()}


def _configured(settings: Settings) -> set[str]:
    """Return the names of secrets that the configuration makes use of."""
    return {
        name
        for target in settings.targets.values()
        for name in (target.database.password_env, target.smoke.password_env)
    }


def _names(known: dict[str, date | None]) -> set[str]:
    """Return plain names: a secret of an environment stands behind the environment's name."""
    return {name.rpartition("/")[2] for name in known}


def _age(day: date | None, today: date) -> int | None:
    return None if day is None else (today - day).days
