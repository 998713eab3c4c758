"""The thresholds a verdict is made with. Defaults lie in default.toml, beside this file."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Rules(BaseModel):
    """Base of one stage's thresholds: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StaticRules(Rules):
    """Thresholds of stage static.

    A count is the largest number of findings that still passes, over all gated modules.
    """

    tools: tuple[str, ...] = Field(
        min_length=1, description="tools that must have looked at every gated module"
    )
    max_ruff: int = Field(ge=0, description="ruff findings allowed")
    max_flake8: int = Field(ge=0, description="flake8 findings allowed")
    max_black: int = Field(ge=0, description="files black would reformat, allowed")
    max_isort: int = Field(ge=0, description="files isort would re-sort, allowed")
    min_pylint_odoo_score: float = Field(
        ge=0, le=10, description="lowest pylint-odoo score of a module that passes"
    )
    pylint_odoo_levels: tuple[Literal["fatal", "error"], ...] = Field(
        description="pylint-odoo levels that fail whatever the score"
    )
    bandit_severities: tuple[Literal["low", "medium", "high"], ...] = Field(
        description="bandit severities that fail"
    )
    max_data_files: int = Field(ge=0, description="malformed XML or CSV files, allowed")
    oca_severities: tuple[Literal["error", "warning", "info"], ...] = Field(
        description="severities of OCA's module checks that fail"
    )


class TestsRules(Rules):
    """Thresholds of stage tests."""

    __test__ = False

    min_coverage: float = Field(
        ge=0, le=100, description="lowest line coverage of a gated module, percent"
    )
    min_body_coverage: float = Field(
        ge=0,
        le=100,
        description="lowest share of statements inside functions run by a test, percent",
    )
    min_tests: int = Field(ge=1, description="fewest tests a gated module must execute")
    allow_skipped: bool = Field(description="whether a skipped test still passes")
    allow_warnings: bool = Field(
        description="whether warnings of Odoo's loading, fields and views still pass"
    )


class Policy(Rules):
    """All thresholds of the gate."""

    static: StaticRules
    tests: TestsRules
