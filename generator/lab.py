"""Measures prompts: a set of tickets read with one, compared with what people expect.

A ticket is a JSON or text file; what is expected of `x.json` stands beside it in
`x.expected.json` (see `generator/intent/scoring.py`), or nowhere: then it is read and not
scored. Every run is kept as one Parquet file that nobody writes again.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa

from generator.intent import Intent, Unclear, provider, scoring
from generator.session import Session
from generator.sources import demand_readable, files
from qgate.errors import QgateError, UsageError
from qgate.frames.io import read_frame, write_frame
from qgate.frames.schema import Column, Table
from qgate.progress import Silence
from qgate.record import new_run_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.prompts import Prompt
    from generator.ticket import Ticket
    from qgate.progress import Progress
    from qgate.settings import Settings

FOLDER: Final = "prompts"
"""Folder of the history, below that of the reports."""

SCORED: Final = ("entities", "fields", "states", "roles")
"""What is compared, each with precision and recall from 0 to 1."""

FIGURES: Final = tuple(f"{k}_{p}" for k in SCORED for p in ("precision", "recall"))
_EXPECTED: Final = ".expected.json"
_TEXT: Final = pa.string()
_WHOLE: Final = pa.int64()
_REAL: Final = pa.float64()

TRIALS: Final = Table(
    "prompt_trials",
    1,
    "One ticket, read once with one prompt.",
    (
        Column("run", _TEXT, "Run of the lab.", key=True),
        Column("ticket", _TEXT, "Name of its file, without ending.", key=True),
        Column("at", pa.timestamp("ms", tz="UTC"), "When the run began."),
        Column("provider", _TEXT, "Who read it."),
        Column("model", _TEXT, "The model; empty where none was asked."),
        Column("prompt", _TEXT, "Digest of the prompt; empty where none was used."),
        Column("outcome", _TEXT, "understood, unclear (it asks instead) or error."),
        *(
            Column(name, _REAL, "Against the expectation, 0 to 1.", optional=True)
            for name in (*FIGURES, "total")
        ),
        Column("differences", pa.list_(_TEXT), "What is missing, wrong or too much."),
        Column("problems", pa.list_(_TEXT), "What had to be repaired, or went wrong."),
        Column("input_tokens", _WHOLE, "Tokens read, cached ones too.", optional=True),
        Column("output_tokens", _WHOLE, "Tokens written, if known.", optional=True),
        Column("cost", _REAL, "Price.", unit="USD", optional=True),
        Column("seconds", _REAL, "Wall time of reading.", unit="s"),
        Column("gate", _TEXT, "Verdict of the gate, if it ran.", optional=True),
        Column("spec", _TEXT, "The specification as JSON.", optional=True),
    ),
)
"""Rows of the history."""


@dataclass(frozen=True)
class Sample:
    """A ticket to try prompts on.

    Attributes:
        name: Name of its file, without ending.
        ticket: What it says.
        expected: What a person expects of it, if somebody wrote that down.
    """

    name: str
    ticket: Ticket
    expected: Mapping[str, Any] | None


def samples(folder: Path) -> list[Sample]:
    """Return the tickets in *folder*, by name.

    Raises:
        UsageError: There are none, or one cannot be read.
    """
    found = sorted(
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.suffix in {".json", ".txt", ".md"} and not path.name.endswith(_EXPECTED)
    )
    if not found:
        message = f"There is no ticket in {folder}."
        raise UsageError(message, hint="Put JSON or text files there.")
    return [_sample(path) for path in found]


def _sample(path: Path) -> Sample:
    read = files.read_json if path.suffix == ".json" else files.read_text
    beside = path.with_name(f"{path.stem}{_EXPECTED}")
    expected = None
    if beside.exists():
        try:
            expected = json.loads(beside.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            message = f"The expectation {beside} cannot be read: {error}."
            raise UsageError(message, hint="Correct it, or take it away.") from error
    return Sample(path.stem, read(path), expected)


def try_out(
    settings: Settings,
    folder: Path,
    name: str = "rules",
    *,
    prompt: Prompt | None = None,
    gate: bool = False,
    progress: Progress | None = None,
    **options: object,
) -> pd.DataFrame:
    """Read all tickets of a folder, keep the figures, and return them: a row each.

    Args:
        settings: The configuration; the history is below its folder of reports.
        folder: Where the tickets are.
        name: Who reads them: `rules`, `anthropic` or `replay`.
        prompt: The prompt, for those that use one; by default the package's.
        gate: Whether the gate judges what becomes of each; that takes a while.
        progress: Where to say what goes on.
        **options: What that reader takes besides.

    Raises:
        UsageError: There are no tickets, or the reader cannot be used.
    """
    taken = samples(folder)
    if prompt is not None and name != "rules":
        options["prompt"] = prompt
        _keep(settings, prompt)
    reader = provider(name, settings, **options)
    used = getattr(reader, "prompt", None)
    run, at, says = new_run_id(), datetime.now(UTC), progress or Silence()
    made: list[dict[str, object]] = []
    for number, sample in enumerate(taken):
        says.step("prompt lab", f"reading {sample.name} ({number + 1}/{len(taken)})")
        began = time.perf_counter()
        outcome, intent = _read(reader.extract, sample.ticket)
        spent = time.perf_counter() - began
        row: dict[str, object] = {
            "run": run,
            "ticket": sample.name,
            "at": at,
            "provider": name,
        }
        row |= {"prompt": used.digest if used else "", "outcome": outcome}
        row |= _told(intent, spent) | _scored(outcome, intent, sample.expected)
        if used and outcome != "understood":
            # What a call took is not told with its failure: unknown, and not nothing.
            row |= dict.fromkeys(("input_tokens", "output_tokens", "cost"))
        if gate and intent.spec is not None:
            row["gate"] = _judged(settings, sample.ticket, intent)
        made.append(row)
    asked = {str(row["model"]) for row in made if row["model"]}
    service = str(getattr(getattr(reader, "service", None), "model", ""))
    model = asked.pop() if len(asked) == 1 else service
    frame = TRIALS.frame(row | {"model": row["model"] or model} for row in made)
    write_frame(frame, TRIALS, settings.reports / FOLDER / f"{run}.parquet")
    says.ended("prompt lab", "ready")
    return frame


def history(settings: Settings) -> pd.DataFrame:
    """Return all that was ever tried, oldest first.

    Raises:
        SchemaError: A file of the history cannot be read.
    """
    kept = sorted((settings.reports / FOLDER).glob("*.parquet"))
    frames = [read_frame(path, TRIALS) for path in kept]
    if not frames:
        return TRIALS.empty()
    # Ids of runs of the same second are in no order.
    whole = pd.concat(frames, ignore_index=True)
    return whole.sort_values("at", kind="stable", ignore_index=True)


def versions(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each prompt version and model: means, and sums of what it took.

    Tickets that ended in an error count as errors and not as figures.
    """
    if frame.empty:
        return pd.DataFrame()
    keys = [frame[name] for name in ("provider", "model", "prompt")]
    grouped = frame.groupby(keys, sort=False)
    made = grouped[[*FIGURES, "total", "seconds"]].mean()
    made.insert(0, "runs", grouped["run"].nunique())
    made.insert(1, "tickets", grouped["ticket"].nunique())
    for outcome in ("unclear", "error"):
        made[outcome] = (frame["outcome"] == outcome).groupby(keys, sort=False).sum()
    for name in ("input_tokens", "output_tokens", "cost"):
        # A sum that leaves out what is not known would read as cheap.
        made[name] = grouped[name].agg(lambda one: one.sum(skipna=False))
    judged = grouped["gate"]
    made["gated"] = judged.count()
    made["gate_passed"] = judged.agg(lambda one: (one == "passed").sum())
    return made.reset_index()


def text_of(settings: Settings, digest: str) -> str:
    """Return the words of a prompt that was tried, empty when they were not kept."""
    path = settings.reports / FOLDER / f"{digest}.md"
    return path.read_text(encoding="utf-8") if digest and path.exists() else ""


def _keep(settings: Settings, prompt: Prompt) -> None:
    folder = settings.reports / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as place:
        part = Path(place) / "part"
        part.write_text(prompt.text, encoding="utf-8")
        part.replace(folder / f"{prompt.digest}.md")


def _read(extract: Any, ticket: Ticket) -> tuple[str, Intent]:  # noqa: ANN401 - a method of any reader
    try:
        demand_readable(ticket)
        return "understood", extract(ticket)
    except Unclear as error:
        said = (error.message, *error.questions)
        return "unclear", Intent(problems=said)
    except QgateError as error:
        return "error", Intent(problems=(error.message,))


def _told(intent: Intent, seconds: float) -> dict[str, object]:
    usage = intent.usage
    read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    return {
        "model": usage.model,
        "problems": list(intent.problems),
        "input_tokens": read,
        "output_tokens": usage.output_tokens,
        "cost": usage.cost,
        "seconds": seconds,
        "spec": intent.spec.model_dump_json(indent=1) if intent.spec else None,
    }


def _scored(
    outcome: str, intent: Intent, expected: Mapping[str, Any] | None
) -> dict[str, object]:
    """Compare; what nothing is expected of, and what nobody could read, has no figure."""
    if expected is None or outcome == "error":
        return {"differences": []}
    score = scoring.score(intent.spec, expected)
    row = score.row()
    return {
        "differences": list(_differences(score)),
        "total": row["total"],
        **{name: row[name] for name in FIGURES},
    }


def _differences(score: scoring.Score) -> Iterator[str]:
    for kind, tally in score.tallies.items():
        yield from (f"{kind}: {name} is missing" for name in tally.missing)
        word = "is of another type" if kind == "types" else "was not expected"
        yield from (f"{kind}: {name} {word}" for name in tally.surplus)


def _judged(settings: Settings, ticket: Ticket, intent: Intent) -> str:
    """Return the gate's verdict on the module; `error` when there is none."""
    with TemporaryDirectory(prefix="prompt-lab-") as place:
        session = Session(settings, Path(place))
        session.ticket, session.intent, session.spec = ticket, intent, intent.spec
        try:
            return str(session.gate().verdict)
        except QgateError:
            return "error"
