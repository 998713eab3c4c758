"""The command line: parse, call, print, exit. Nothing else of qgate prints or exits.

Exit codes: 0 passed, 1 failed, 2 wrong usage or configuration, 3 could not be judged.
"""

from __future__ import annotations

import typer

from qgate.cli import delivery, gate, history, looking, telling, watch

app = typer.Typer(
    help="Quality gate for Odoo 19 modules: measure, judge, keep the proof.",
    epilog="Exit codes: 0 passed, 1 failed, 2 wrong usage or configuration, "
    "3 could not be judged.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich would double the time --help takes
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(gate.run)
app.command("plan")(gate.plan_)
app.command()(gate.merge)
app.command()(gate.lint)
app.command("test")(gate.only_tests)
app.command()(gate.full)
app.command("format")(looking.format_)
app.command()(looking.judge)
app.command()(looking.report)
app.command()(telling.publish)
app.command()(telling.audit)
app.command()(looking.env)
app.command()(looking.tag)
app.command()(delivery.deploy)
app.command()(delivery.rollback)
app.command()(delivery.proxy)
app.command()(history.trends)
app.command()(watch.watch)
app.add_typer(history.history, name="history")
app.add_typer(delivery.image, name="image")

__all__ = ["app"]
