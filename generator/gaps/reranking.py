"""Has a language model judge what the search found; the local order stands when it cannot."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator import prompts
from generator.gaps.advice import SERIES, Gap, extensible
from generator.intent.base import Usage, silent
from generator.intent.service import Tool, added
from generator.spec.names import Identifier, Line, ModuleName  # noqa: TC001 - pydantic
from qgate.errors import QgateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.intent.base import Say
    from generator.intent.service import Answer, Service
    from generator.spec.model import Requirement

_MOST: Final = 20
_TRIES: Final = 2
_TOKENS: Final = 4_000


class Choice(BaseModel):
    """What the model says of one module."""

    model_config = ConfigDict(extra="forbid")

    module: ModuleName
    requirements: tuple[Identifier, ...]
    recommendation: Literal["configure", "extend", "build"]
    why: Line


class Ranking(BaseModel):
    """Modules, best first."""

    model_config = ConfigDict(extra="forbid")

    modules: tuple[Choice, ...] = Field(max_length=_MOST)


RANK: Final = Tool(
    "rank_modules",
    "Say which of the modules cover which requirements, best first.",
    Ranking.model_json_schema(),
)


@dataclass(frozen=True)
class Reranked:
    """What came of asking a model.

    Attributes:
        gaps: The modules in its order, or as they were.
        problems: Why they are as they were, one sentence each.
        usage: What asking took.
    """

    gaps: list[Gap]
    problems: tuple[str, ...]
    usage: Usage


def rerank(
    requirements: Sequence[Requirement],
    gaps: Sequence[Gap],
    service: Service,
    say: Say = silent,
) -> Reranked:
    """Return *gaps* as a language model judges them.

    Only modules that the search found are taken from it, and what it advises holds only
    where a module can be had for the series and has a model to extend. Whatever goes wrong
    is told among the problems, and the order stays what it was.

    Args:
        requirements: Needs in business words.
        gaps: What the search found.
        service: What answers.
        say: Hears what goes on.
    """
    usage = Usage()
    if not gaps:
        return Reranked([], (), usage)
    prompt = prompts.load(prompts.GAPS)
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": asked(requirements, gaps)}
    ]
    wrong = ""
    for _ in range(_TRIES):
        say(f"asking {service.model} which modules fit")
        try:
            answer = service.complete(
                prompt.text, messages, (RANK,), max_tokens=_TOKENS, say=say
            )
        except QgateError as error:
            wrong = error.message.rstrip(".")
            break
        except ValueError as error:
            wrong = f"the answer was not JSON: {error}".rstrip(".")
            continue  # the client cannot read it, so there is no turn to go on from
        usage = added(usage, answer.usage).model_copy(update={"prompt": prompt.digest})
        ranking, wrong = _understood(answer)
        if ranking is not None:
            return Reranked(_applied(ranking, requirements, gaps), (), usage)
        if not answer.content or answer.stop == "refusal":
            break
        messages = [*messages, *_again(answer, wrong)]
    problem = (
        f"{service.model} did not rank the modules again ({wrong}); they are ranked"
    )
    return Reranked([*gaps], (f"{problem} by the local search alone.",), usage)


def asked(requirements: Sequence[Requirement], gaps: Sequence[Gap]) -> str:
    """Return the question; no text in it can end the JSON or the tag around it."""
    needs = [{"id": one.id, "text": one.text} for one in requirements]
    found = [
        {
            "module": one.module,
            "source": one.source,
            "series": one.series,
            "summary": one.summary,
            "model": one.model,
        }
        for one in gaps
    ]
    return (
        f"<requirements>\n{_data(needs)}\n</requirements>\n"
        f"<modules>\n{_data(found)}\n</modules>"
    )


def _data(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _understood(answer: Answer) -> tuple[Ranking | None, str]:
    if answer.stop == "refusal":
        return None, "it refuses to"
    if answer.stop == "max_tokens":
        return None, "its answer was cut off"
    if answer.tool != RANK.name:
        return None, f"it did not use the tool {RANK.name}"
    try:
        return Ranking.model_validate(answer.input), ""
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the answer"
        return None, f"{where}: {first['msg']}"


def _again(answer: Answer, wrong: str) -> list[dict[str, Any]]:
    said = f"That does not fit: {wrong}. Call {RANK.name} again, corrected."
    result = {"type": "tool_result", "tool_use_id": answer.call, "content": said}
    content: object = [{**result, "is_error": True}] if answer.call else said
    return [
        {"role": "assistant", "content": answer.content},
        {"role": "user", "content": content},
    ]


def _applied(
    ranking: Ranking, requirements: Sequence[Requirement], gaps: Sequence[Gap]
) -> list[Gap]:
    """Return the gaps in the order of *ranking*; those it leaves out follow as `build`."""
    known = {one.module: one for one in gaps}
    asked_for = [one.id for one in requirements]
    chosen: dict[str, Gap] = {}
    least = 1.0
    for choice in ranking.modules:
        gap = known.get(choice.module)
        covers = tuple(name for name in asked_for if name in choice.requirements)
        if gap is None or gap.module in chosen or not covers:
            continue
        least = min(
            least, round(len(covers) / len(asked_for), 3)
        )  # the order is the model's
        note = (
            "" if gap.available else f" It is published for {gap.series}, not {SERIES}."
        )
        chosen[gap.module] = replace(
            gap,
            score=least,
            why=f"{choice.why}{note}",
            recommendation=_sober(choice.recommendation, gap),
            requirements=covers,
        )
    rest = [one for one in gaps if one.module not in chosen]
    return [
        *chosen.values(),
        *(
            replace(one, score=min(one.score, least), recommendation="build")
            for one in rest
        ),
    ]


def _sober(advice: str, gap: Gap) -> str:
    """Return the advice, `build` where nothing could be configured or extended."""
    possible = gap.available and (advice != "extend" or extensible(gap))
    return advice if possible else "build"


__all__ = ["RANK", "Ranking", "Reranked", "asked", "rerank"]
