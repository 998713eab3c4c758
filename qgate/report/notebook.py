"""The report: notebooks/gate_report.ipynb executed by papermill and exported to one page."""

from __future__ import annotations

import logging
import secrets
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgate import settings
from qgate.errors import QgateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qgate.record import Record

_TEMPLATE: Final = Path(__file__).parent / "template"
_KERNEL: Final = "python3"
_START_SECONDS: Final = 120
_CELL_SECONDS: Final = 600
"""A cell that takes longer hangs; showing a run takes seconds."""


class ReportFailed(QgateError):
    """A report could not be written; that never changes a verdict."""


def notebook(name: str) -> Path:
    """Return the notebook *name*, from a checkout or from the installed package.

    Raises:
        ReportFailed: It is in neither.
    """
    package = Path(__file__).parents[1]
    for folder in (package.parent / "notebooks", package / "notebooks"):
        if (folder / name).is_file():
            return folder / name
    message = f"The notebook {name} is not there."
    raise ReportFailed(message, hint="Install qgate again.")


def write_report(record: Record) -> Path:
    """Write `report.html` into the folder of *record* and return its path.

    The page is one file that needs no network; one that was there stays until the new one
    is complete.

    Raises:
        ReportFailed: The notebook failed, or the page cannot be written.
    """
    target = record.folder / "report.html"
    parameters = {"run": str(record.folder.absolute())}
    title = f"Gate report {record.run_id}: {record.data['verdict']}"
    try:
        with tempfile.TemporaryDirectory(prefix="qgate-") as scratch:
            executed = Path(scratch) / "report.ipynb"
            execute(notebook("gate_report.ipynb"), executed, parameters)
            page = export(executed, title)
        _replace(target, page)
    except OSError as error:
        message = f"{target} cannot be written ({error.strerror or error})."
        raise ReportFailed(message, hint="Check rights and free space.") from error
    return target


def execute(source: Path, target: Path, parameters: Mapping[str, Any]) -> None:
    """Execute the notebook *source* with *parameters* by papermill into *target*.

    The kernel is the interpreter that runs qgate; it gets no secret of the environment and
    writes nothing outside the folder of *target*, which is also where it stands.

    Raises:
        ReportFailed: A cell failed, or the kernel did not start or was ended.
    """
    # They take a second to import, and `qgate run --no-report` does without.
    with _quiet():
        import papermill  # noqa: PLC0415
        from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415
        from traitlets.config import Config  # noqa: PLC0415

        from qgate.report.kernel import OwnKernelManager  # noqa: PLC0415

        own = {
            "folder": str(target.parent),
            "environ": settings.load(root=target.parent).child_environ(),
        }
        try:
            papermill.execute_notebook(
                str(source),
                str(target),
                parameters=dict(parameters),
                kernel_name=_KERNEL,
                kernel_manager_class=OwnKernelManager,
                config=Config({"OwnKernelManager": own}),
                shutdown_kernel="immediate",
                progress_bar=False,
                log_output=False,
                start_timeout=_START_SECONDS,
                execution_timeout=_CELL_SECONDS,
            )
        except PapermillExecutionError as error:
            message = f"Cell {error.exec_count} of {source.name} failed: "
            message += f"{error.ename}: {error.evalue}"
            hint = "Run the notebook in JupyterLab to see more."
            raise ReportFailed(message, hint=hint) from error
        except OSError:
            raise
        except Exception as error:  # a report never ends a run
            message = f"{source.name} could not be executed: {error or type(error)}"
            raise ReportFailed(message, hint="Run again with --debug.") from error


def export(executed: Path, title: str) -> str:
    """Return the executed notebook as one HTML page without code.

    Raises:
        OSError: It cannot be read.
    """
    with _quiet():
        import nbformat  # noqa: PLC0415
        from nbconvert import HTMLExporter  # noqa: PLC0415

        exporter = HTMLExporter(
            template_name=_TEMPLATE.name,
            extra_template_basedirs=[str(_TEMPLATE.parent)],
        )
        book = nbformat.read(executed, as_version=4)
        page, _ = exporter.from_notebook_node(book, {"qgate_title": title})
    return str(page)


def _replace(target: Path, page: str) -> None:
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' own talk off stderr: qgate says what matters."""
    loggers = [logging.getLogger(name) for name in ("papermill", "traitlets")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
