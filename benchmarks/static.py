"""Stage static against its six tools by hand, on real add-ons that OCA published for 19.0."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import qgate
from benchmarks.measure import CONSOLE, Ratio, alternate, command
from qgate import settings
from qgate.tools.base import CONFIG

if TYPE_CHECKING:
    from qgate.settings import Settings

NAMES: Final = (
    "account_account_tag_code",
    "account_analytic_tag",
    "account_commission_oca",
    "account_ecotax",
    "account_edi_finvoice",
    "account_move_pivot_view",
    "account_payment_base_oca",
    "account_payment_batch_oca",
    "account_reconcile_oca",
    "account_statement_base",
    "ai_tool",
    "base_partition",
    "base_tier_validation",
    "base_ubl_parse",
    "base_user_signature",
    "commission_oca",
    "contract_termination",
    "converter",
    "crm_lead_to_task",
    "crm_won_restrict_per_stage",
    "date_range",
    "delivery_carrier_option",
    "document_knowledge",
    "edi_core_oca",
    "partner_firstname",
)


def addons(found: Settings) -> Path:
    """Return a folder with the add-ons, fetched from the package index once."""
    folder = found.home / "bench" / "oca"
    missing = [name for name in NAMES if not (folder / name).is_dir()]
    if missing:
        CONSOLE.print(f"Fetching {len(missing)} add-ons", style="dim")
        with tempfile.TemporaryDirectory() as scratch:
            wanted = [
                f"odoo-addon-{name.replace('_', '-')}>=19.0,<19.1" for name in missing
            ]
            subprocess.run(
                [
                    *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                    *("--dest", scratch, *wanted),
                ],
                check=True,
            )
            for wheel in Path(scratch).glob("*.whl"):
                with zipfile.ZipFile(wheel) as archive:
                    archive.extractall(Path(scratch) / "all")
            folder.mkdir(parents=True, exist_ok=True)
            for name in missing:
                source = Path(scratch) / "all" / "odoo" / "addons" / name
                shutil.copytree(source, folder / name)
    return folder


def measure(rounds: int = 3) -> Ratio:
    """Compare them, both without caches of earlier runs."""
    found = settings.load()
    folder = addons(found)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)

        def ours() -> None:
            qgate.run(folder, root=root, stages=["static"], cache=False)

        def raw() -> None:
            by_hand(found, folder)

        return alternate(
            f"static stage, {len(NAMES)} OCA add-ons, cold",
            ours,
            raw,
            rounds=rounds,
            limit=0.65,
        )


def by_hand(found: Settings, folder: Path) -> None:
    """Run the six tools one after the other, as a plain CI script does."""
    tool: list[str | Path] = [sys.executable, "-m"]
    modules = sorted(path for path in folder.iterdir() if path.is_dir())
    with tempfile.TemporaryDirectory() as scratch:
        env = found.child_environ(BLACK_CACHE_DIR=scratch, PYLINTHOME=scratch)
        commands: list[list[str | Path]] = [
            [
                *(*tool, "ruff", "check", "--no-cache"),
                *("--config", CONFIG / "ruff.toml", "."),
            ],
            [*tool, "flake8", "--config", CONFIG / "flake8.cfg", "."],
            [*tool, "pylint", f"--rcfile={CONFIG / 'pylintrc'}", *modules],
            [*tool, "black", "--check", "--config", CONFIG / "black.toml", "."],
            [
                *(*tool, "isort", "--check-only"),
                *("--settings-file", CONFIG / "isort.cfg", "."),
            ],
            [
                *(*tool, "bandit", "--quiet", "--recursive", "--format", "json"),
                *("--configfile", CONFIG / "bandit.yaml", "."),
            ],
        ]
        for argv in commands:
            command(argv, cwd=folder, env=env, found=range(32))
