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
    no_worse_than_base: bool = Field(
        description="whether a gated module must be covered as well as on the base branch"
    )
    coverage_tolerance: float = Field(
        ge=0,
        le=100,
        description="how much worse than there it may still be, percentage points",
    )
    min_changed_coverage: float = Field(
        ge=0,
        le=100,
        description="lowest share of changed statements run by the tests, percent; "
        "0 demands nothing",
    )
    min_changed_statements: int = Field(
        ge=1, description="changed statements below which their share is not judged"
    )
    min_tests: int = Field(ge=1, description="fewest tests a gated module must execute")
    allow_skipped: bool = Field(description="whether a skipped test still passes")
    allow_warnings: bool = Field(
        description="whether warnings of Odoo's loading, fields and views still pass"
    )


class E2eRules(Rules):
    """Thresholds of stage e2e."""

    min_specs: int = Field(
        ge=0, description="fewest tests a gated module must execute in each browser"
    )
    max_flaky: int = Field(
        ge=0, description="tests allowed that passed only when tried again"
    )
    allow_skipped: bool = Field(description="whether a skipped test still passes")


class SecurityRules(Rules):
    """Thresholds of stage security."""

    targets: tuple[Literal["environment", "system"], ...] = Field(
        description="what must have been looked at beside the modules where no image is named"
    )
    severities: tuple[Literal["critical", "high", "medium", "low", "unknown"], ...] = (
        Field(description="severities that fail")
    )
    ignore_unfixed: bool = Field(
        description="whether a vulnerability without a fixed version passes"
    )
    max_database_age: float = Field(
        gt=0, description="days after which the vulnerability database is outdated"
    )


class PerformanceRules(Rules):
    """Thresholds of stage performance."""

    thresholds: dict[str, float] = Field(
        description="slowest response time of an operation that passes, milliseconds"
    )
    statistic: Literal["avg", "p50", "p95", "p99", "max"] = Field(
        description="statistic that is compared with them"
    )
    max_mean: float = Field(
        gt=0, description="largest mean response time over all requests, milliseconds"
    )
    max_failure_rate: float = Field(
        ge=0, le=100, description="largest share of requests that failed, percent"
    )
    min_requests: int = Field(
        ge=1, description="fewest requests an operation must have had"
    )
    max_slowdown: float = Field(
        ge=0,
        description="largest sure slowdown of an operation's p95 against earlier runs, "
        "a share (0.2 is 20 %)",
    )
    slowdown_confidence: float = Field(
        gt=0.5, lt=1, description="how sure a slowdown has to be to fail, a share"
    )
    accepted_slowdowns: tuple[str, ...] = Field(
        description="slowdowns that pass, as OPERATION@COMMIT"
    )


class ReadinessRules(Rules):
    """Thresholds of stage readiness."""

    checks: tuple[str, ...] = Field(
        min_length=1, description="checks that must have been carried out"
    )
    max_image_size: float = Field(gt=0, description="largest image, gigabytes")
    allow_skipped: bool = Field(
        description="whether a check that could not apply still passes"
    )


class DeploymentRules(Rules):
    """Thresholds of stage deployment."""

    max_failed_probes: int = Field(
        ge=0,
        description="requests through the proxy that may fail during a deploy, of ten a second",
    )
    max_pause: float = Field(
        gt=0, description="longest time that writes may have been held, seconds"
    )


class Policy(Rules):
    """All thresholds of the gate."""

    static: StaticRules
    tests: TestsRules
    e2e: E2eRules
    security: SecurityRules
    performance: PerformanceRules
    readiness: ReadinessRules
    deployment: DeploymentRules
