"""The sections of qgate.toml: every key with its meaning, its default and what it may be."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from qgate.policy.rules import (
    DeploymentRules,
    E2eRules,
    PerformanceRules,
    ReadinessRules,
    SecurityRules,
    StaticRules,
    TestsRules,
)


class Section(BaseModel):
    """Base of one section: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkspaceSettings(Section):
    """What is judged."""

    addons: tuple[str, ...] = Field(
        default=("addons/custom",),
        description="folders that hold the modules to judge, relative to the workspace",
    )
    extra_addons: tuple[str, ...] = Field(
        default=(),
        description="folders with modules that are only depended on, never judged",
    )
    modules: tuple[str, ...] = Field(
        default=(), description="modules to judge; all of them when empty"
    )
    exclude: tuple[str, ...] = Field(default=(), description="modules never judged")


class EnvironmentSettings(Section):
    """What it is judged with."""

    home: str = Field(
        default="", description="where components are kept; QGATE_HOME wins over it"
    )
    odoo_sources: tuple[
        Literal["path", "installed", "checkout", "nightly", "debian"], ...
    ] = Field(
        default=("path", "installed", "checkout", "nightly", "debian"),
        description="where Odoo is looked for, in this order",
    )
    odoo_path: str = Field(
        default="", description="an Odoo 19 source folder, or its odoo-bin"
    )
    odoo_python: str = Field(
        default="", description="interpreter that can import odoo or its dependencies"
    )
    postgres: Literal["auto", "embedded", "server"] = Field(
        default="auto",
        description="auto takes a server named by database_url or PG*, else the embedded one",
    )
    database_url: str = Field(
        default="",
        description="postgresql:// URL without password; QGATE_DATABASE_URL wins over it",
    )
    max_templates: int = Field(
        default=5, ge=1, description="database templates kept, the oldest goes first"
    )
    provision: bool = Field(
        default=True, description="whether a missing component may be downloaded"
    )


class StaticSettings(StaticRules):
    """Stage static."""

    authors: tuple[str, ...] = Field(
        default=(),
        description="authors of which each manifest must name one; any author when empty",
    )
    time_limit: float = Field(default=600, gt=0, description="seconds for the stage")
    own_config: bool = Field(
        default=True,
        description="whether the workspace's own tool configurations win over the shipped",
    )


class TestsSettings(TestsRules):
    """Stage tests."""

    __test__ = False

    time_limit: float = Field(
        default=1800, gt=0, description="seconds for installing and testing"
    )
    template_time_limit: float = Field(
        default=1800, gt=0, description="seconds for making a database template"
    )
    tags: str = Field(
        default="",
        description="further --test-tags items, as -/module:Class.test; exclusions show as missing",
    )
    log_lines: int = Field(
        default=30, ge=1, description="last lines of the Odoo log that are kept"
    )


class E2eSettings(E2eRules):
    """Stage e2e."""

    paths: tuple[str, ...] = Field(
        default=(),
        description="further spec folders or files, as module:path or path, "
        "relative to the workspace",
    )
    browsers: tuple[Literal["chromium", "firefox", "webkit"], ...] = Field(
        default=("chromium",),
        min_length=1,
        description="browsers every spec runs in",
    )
    retries: int = Field(
        default=1, ge=0, description="times a test that failed is tried again"
    )
    test_time_limit: float = Field(
        default=120, gt=0, description="seconds for one test"
    )
    time_limit: float = Field(default=900, gt=0, description="seconds for the specs")


class SecuritySettings(SecurityRules):
    """Stage security."""

    image: str = Field(
        default="",
        description="container image to scan, by name or as a tar archive; "
        "the environment and the modules when empty",
    )
    database: str = Field(
        default="",
        description="Trivy's cache folder with a database in it; it is never updated",
    )
    database_repository: str = Field(
        default="",
        description="OCI repository that Trivy's database is downloaded from; Trivy's own "
        "when empty",
    )
    ignore_file: str = Field(
        default=".trivyignore",
        description="findings that do not count, and why; with .yaml at its end it is "
        "found as well",
    )
    vex: tuple[str, ...] = Field(
        default=(), description="VEX documents, relative to the workspace"
    )
    time_limit: float = Field(default=600, gt=0, description="seconds for the scans")


class PerformanceSettings(PerformanceRules):
    """Stage performance."""

    locustfiles: tuple[str, ...] = Field(
        default=(),
        description="further locustfiles, as module:path or path, "
        "relative to the workspace",
    )
    users: int = Field(default=10, ge=1, description="simulated users")
    spawn_rate: float = Field(default=1, gt=0, description="users started a second")
    duration: float = Field(
        default=60, gt=0, description="seconds that the figures are of"
    )
    warm_up: float = Field(
        default=10,
        ge=0,
        description="seconds before them that are left out, from when all users have logged in",
    )
    wait_min: float = Field(
        default=1, ge=0, description="shortest pause of a user, seconds"
    )
    wait_max: float = Field(
        default=3, ge=0, description="longest pause of a user, seconds"
    )
    records: int = Field(
        default=1000, ge=0, description="records the database is seeded with"
    )
    workers: int = Field(
        default=0, ge=0, description="processes of Odoo; 0 is one with threads"
    )
    processes: int = Field(
        default=1,
        ge=1,
        description="processes of Locust with users on this machine; "
        "1 means none where there is a master",
    )
    master: str = Field(
        default="",
        pattern=r"^(|.+:\d+)$",
        description="host:port on which Locust waits for workers on other machines",
    )
    remote_workers: int = Field(
        default=0, ge=0, description="Locust workers on other machines to wait for"
    )
    host: str = Field(
        default="",
        pattern=r"^(|https?://.+)$",
        description="URL of an Odoo to load instead of one that the stage starts; who logs in "
        "comes from QGATE_LOAD_DATABASE, QGATE_LOAD_LOGIN and QGATE_LOAD_PASSWORD",
    )
    time_limit: float = Field(
        default=900, gt=0, description="seconds for seeding, and again for the load"
    )

    @model_validator(mode="after")
    def _ordered(self) -> PerformanceSettings:
        if self.wait_min > self.wait_max:
            message = "wait_min is longer than wait_max"
            raise ValueError(message)
        if self.remote_workers and not self.master:
            message = "remote_workers need a master to connect to"
            raise ValueError(message)
        if self.master and not self.remote_workers:
            message = "a master needs remote_workers to wait for"
            raise ValueError(message)
        return self


class ReadinessSettings(ReadinessRules):
    """Stage readiness."""

    base_ref: str = Field(
        default="",
        description="git ref of the version in production; "
        "the newest production-* tag when empty",
    )
    documentation: str = Field(
        default="docs/DEPLOYMENT.md",
        description="deployment documentation, relative to the workspace",
    )
    compose_files: tuple[str, ...] = Field(
        default=("compose.yml", "compose.yaml", "docker-compose.yml"),
        description="compose files whose variables have to be documented",
    )
    time_limit: float = Field(default=1800, gt=0, description="seconds for all checks")


class ImageSettings(Section):
    """Images of the modules."""

    base: str = Field(
        default="odoo:19.0", description="image with Odoo 19 that an image starts from"
    )
    name: str = Field(
        default="odoo-modules",
        description="name of an image where none is given; the revision is its tag",
    )
    registry: str = Field(
        default="", description="registry, and path in it, that images are pushed to"
    )


class TargetDatabase(Section):
    """The database of a target."""

    host: str = Field(description="host name of PostgreSQL, as the containers reach it")
    port: int = Field(default=5432, description="port")
    user: str = Field(default="odoo", description="role, the owner of the database")
    name: str = Field(description="the database that the first deploy serves")
    password_env: str = Field(
        default="PGPASSWORD", description="environment variable with the password"
    )
    sslmode: str = Field(default="prefer", description="as libpq takes it")


class TargetProxy(Section):
    """The HAProxy in front of a target."""

    socket: str = Field(
        description="its runtime API: path of the admin socket, or host:port"
    )
    map: str = Field(
        description="map file that says the live colour; HAProxy reads it, qgate writes it"
    )
    url: str = Field(description="address at which the target is used")
    bind: str = Field(default="*:80", description="what the frontend listens on")


class TargetHealth(Section):
    """When a colour counts as healthy, and for how long it is watched."""

    start_seconds: float = Field(
        default=120, gt=0, description="seconds within which a colour has to be healthy"
    )
    watch_seconds: float = Field(
        default=60, ge=0, description="seconds that the new colour is watched"
    )
    max_failures: int = Field(
        default=2, ge=1, description="checks in a row that may fail while it is watched"
    )
    drain_seconds: float = Field(
        default=60, ge=0, description="seconds that requests in flight have to end"
    )
    upgrade_seconds: float = Field(
        default=1800, gt=0, description="seconds for cloning and upgrading a database"
    )
    max_pause: float = Field(
        default=300,
        gt=0,
        description="seconds that writes may be held; the rehearsal must have been faster",
    )


class TargetSmoke(Section):
    """What is tried on the new colour before it is switched to."""

    login_env: str = Field(
        default="QGATE_SMOKE_LOGIN", description="environment variable with the login"
    )
    password_env: str = Field(
        default="QGATE_SMOKE_PASSWORD",
        description="environment variable with the password",
    )
    model: str = Field(
        default="res.partner", description="model that is listed, created and deleted"
    )
    values: dict[str, str | int | float | bool] = Field(
        default={"name": "qgate smoke test"},
        description="values of the record that is created and deleted",
    )
    paths: tuple[str, ...] = Field(
        default=(), description="further paths that have to answer 200 after the login"
    )


class Target(Section):
    """One place that an image is deployed to."""

    engine: str = Field(default="", description="DOCKER_HOST of its engine")
    network: str = Field(
        default="host",
        description="network of the containers; ports are published else",
    )
    port: int = Field(
        default=8100,
        description="first port on loopback; blue has it and the next ones, green those "
        "from 100 above, a rehearsal from 200 above",
    )
    replicas: int = Field(default=1, ge=1, le=40, description="containers of a colour")
    workers: int = Field(
        default=0, ge=0, description="processes of Odoo in each; 0 is one with threads"
    )
    data: str = Field(
        description="folder or volume with Odoo's data, for all containers"
    )
    options: tuple[str, ...] = Field(
        default=(), description="further arguments of Odoo, as --limit-time-real=240"
    )
    gate: str = Field(
        default="main", description="profile that the revision has to have passed"
    )
    min_free_disk: float = Field(
        default=5, ge=0, description="gigabytes that have to be free where state lies"
    )
    state: str = Field(
        default="",
        description="folder of journal and lock; below QGATE_HOME when empty",
    )
    database: TargetDatabase
    proxy: TargetProxy
    health: TargetHealth = TargetHealth()
    smoke: TargetSmoke = TargetSmoke()


class DeploymentSettings(DeploymentRules):
    """Stage deployment; `qgate deploy` and `qgate rollback` fill it."""

    to: str = Field(default="", description="name of the target")
    image: str = Field(default="", description="image to deploy")
    rollback: bool = Field(
        default=False, description="whether to go back to the previous image"
    )
    accept_loss: bool = Field(
        default=False,
        description="whether a rollback may leave out the writes it has named",
    )
    time_limit: float = Field(default=14400, gt=0, description="seconds for all steps")


class ReportSettings(Section):
    """Records and reports."""

    folder: str = Field(
        default="reports", description="where runs are kept, relative to the workspace"
    )
    keep_runs: int = Field(
        default=100, ge=1, description="runs kept, the oldest goes first"
    )


class GeneratorSettings(Section):
    """How `ticket-to-module` asks a language model; the key is in the environment."""

    model: str = Field(
        default="claude-sonnet-5-5",
        min_length=1,
        description="name of the model that provider `anthropic` asks",
    )
    max_tokens: int = Field(
        default=32_000,
        ge=1_000,
        description="tokens that an answer may take at first;"
        " one that is cut off gets twice as many",
    )
    attempts: int = Field(
        default=3,
        ge=1,
        le=10,
        description="how often a model is asked for a specification that fits",
    )
    retries: int = Field(
        default=4,
        ge=0,
        le=20,
        description="how often a request is sent again that the service cannot take now",
    )
    timeout_seconds: float = Field(
        default=300, gt=0, description="seconds to wait for a service's next words"
    )


class Profile(Section):
    """Which stages a use of the gate demands."""

    stages: tuple[str, ...] = Field(description="stages that must pass")
    allow_skip: bool = Field(
        default=True, description="whether a stage or a check may be skipped"
    )


PROFILES: Final = {
    "local": Profile(stages=("static", "tests")),
    "pr": Profile(stages=("static", "tests", "e2e", "security")),
    "main": Profile(
        stages=("static", "tests", "e2e", "security", "performance", "readiness")
    ),
    "release": Profile(
        stages=("static", "tests", "e2e", "security", "performance", "readiness"),
        allow_skip=False,
    ),
}
"""The profiles there are unless a configuration replaces them."""
