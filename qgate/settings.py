"""qgate.toml, environment variables and arguments become one Settings object.

This is the only reader of `os.environ`.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from qgate.errors import UsageError
from qgate.policy.rules import (
    DeploymentRules,
    E2eRules,
    PerformanceRules,
    Policy,
    ReadinessRules,
    SecurityRules,
    StaticRules,
    TestsRules,
)
from qgate.sections import (
    PROFILES,
    AuditSettings,
    DeploymentSettings,
    E2eSettings,
    EnvironmentSettings,
    GeneratorSettings,
    HistorySettings,
    ImageSettings,
    PerformanceSettings,
    Profile,
    ReadinessSettings,
    ReportSettings,
    SecuritySettings,
    StaticSettings,
    Target,
    TestsSettings,
    WatchSettings,
    WorkspaceSettings,
)

CONFIG_NAME: Final = "qgate.toml"

_Rules = TypeVar("_Rules", bound=BaseModel)

_DEFAULT_POLICY: Final = Path(__file__).parent / "policy" / "default.toml"
_SECRET_NAME: Final = re.compile(
    r"(TOKEN|SECRET|PASSW|PASSPHRASE|_PWD$|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL"
    r"|AUTH(?!OR|_SOCK)|WEBHOOK|DSN$)",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True)
class LoadAccount:
    """Who logs in to an Odoo elsewhere that is put under load.

    Attributes:
        database: Its database.
        login: The user.
        password: That user's password.
    """

    database: str
    login: str
    password: str = dataclasses.field(repr=False)


class Settings(BaseModel):
    """Everything a run may depend on besides the workspace itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    workspace: WorkspaceSettings = WorkspaceSettings()
    environment: EnvironmentSettings = EnvironmentSettings()
    static: StaticSettings
    tests: TestsSettings
    e2e: E2eSettings
    security: SecuritySettings
    performance: PerformanceSettings
    readiness: ReadinessSettings
    image: ImageSettings = ImageSettings()
    targets: dict[str, Target] = Field(
        default={}, description="where images are deployed to, by name"
    )
    deployment: DeploymentSettings
    report: ReportSettings = ReportSettings()
    audit: AuditSettings = AuditSettings()
    history: HistorySettings = HistorySettings()
    watch: WatchSettings = WatchSettings()
    generator: GeneratorSettings = GeneratorSettings()
    profiles: dict[str, Profile] = Field(
        default=PROFILES,
        description="named sets of demanded stages; "
        "`local`, `pr`, `main` and `release` are there unless replaced",
    )
    cache: bool = Field(
        default=True, description="whether results kept from earlier runs may be used"
    )
    root: Path = Field(
        default=Path(), description="folder of the workspace", exclude=True
    )
    environ: Mapping[str, str] = Field(
        default={}, description="the process environment", exclude=True, repr=False
    )

    @field_validator("profiles", mode="before")
    @classmethod
    def _with_known_profiles(cls, given: object) -> object:
        """Keep the profiles that the configuration does not replace."""
        return {**PROFILES, **given} if isinstance(given, Mapping) else given

    @property
    def policy(self) -> Policy:
        """The thresholds alone."""
        return Policy(
            static=_only(StaticRules, self.static),
            tests=_only(TestsRules, self.tests),
            e2e=_only(E2eRules, self.e2e),
            security=_only(SecurityRules, self.security),
            performance=_only(PerformanceRules, self.performance),
            readiness=_only(ReadinessRules, self.readiness),
            deployment=_only(DeploymentRules, self.deployment),
        )

    def without_skips(self) -> Settings:
        """Return the same settings with thresholds under which nothing may be skipped."""
        strict = {
            name: getattr(self, name).model_copy(update={"allow_skipped": False})
            for name in ("tests", "e2e", "readiness")
        }
        return self.model_copy(update=strict)

    @property
    def home(self) -> Path:
        """Where components and database templates are kept between runs."""
        chosen = self.environ.get("QGATE_HOME") or self.environment.home
        if chosen:
            return Path(chosen).expanduser().absolute()
        return Path(platformdirs.user_cache_dir("qgate", appauthor=False))

    @property
    def reports(self) -> Path:
        """Folder of the records."""
        return self.root / self.report.folder

    @property
    def history_url(self) -> str:
        """Folder or URL of the history."""
        if not self.history.url:
            return str(self.reports.absolute() / "history")
        if "://" in self.history.url:
            return self.history.url
        return str((self.root / self.history.url).absolute())

    def report_address(self, data: Mapping[str, Any]) -> str | None:
        """Return where others find the report of the run that *data* tells of.

        That is what `history.report_url` says, else the page of the GitHub job that runs now,
        else None: the report lies in the run's folder.
        """
        if self.history.report_url:
            git = data.get("git") or {}
            return self.history.report_url.replace(
                "{run_id}", str(data["run_id"])
            ).replace("{commit}", str(git.get("commit") or ""))
        names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
        server, repository, number = (self.environ.get(name, "") for name in names)
        if not (server and repository and number):
            return None
        return f"{server}/{repository}/actions/runs/{number}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values of environment variables whose names say that they are secret."""
        return tuple(
            value
            for name, value in self.environ.items()
            if _SECRET_NAME.search(name) and len(value) >= 6  # noqa: PLR2004
        )

    @property
    def load_account(self) -> LoadAccount:
        """Who logs in to the Odoo that `performance.host` names.

        Raises:
            UsageError: The environment does not say.
        """
        names = [f"QGATE_LOAD_{word}" for word in ("DATABASE", "LOGIN", "PASSWORD")]
        missing = [name for name in names if not self.environ.get(name)]
        if missing:
            message = f"performance.host is set, but not {', '.join(missing)}."
            raise UsageError(message, hint="Set them in the environment.")
        return LoadAccount(*(self.environ[name] for name in names))

    def secret(self, name: str) -> str:
        """Return the value of the environment variable *name*, empty when it is not set."""
        return self.environ.get(name, "")

    def child_environ(self, **extra: str) -> dict[str, str]:
        """Return the environment for a program we start: no secret reaches it by itself.

        PG* and PYTHON* variables are left out too, as the program gets the ones it needs.
        """
        kept = {
            name: value
            for name, value in self.environ.items()
            if not _SECRET_NAME.search(name)
            and not name.startswith(("PG", "PYTHON", "ODOO", "VIRTUAL_ENV"))
        }
        return kept | extra


def load(
    config: Path | None = None,
    *,
    root: Path | None = None,
    overrides: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    cache: bool | None = None,
    **sections: Mapping[str, object],
) -> Settings:
    """Read the configuration; arguments win over --set, that over the file, that over defaults.

    Args:
        config: A configuration file; by default `qgate.toml` in *root*, if there is one.
        root: The workspace; by default the folder of *config*, else the current one.
        overrides: `section.key=value` words, the value in TOML (a bare word is a string).
        environ: The process environment, by default the real one.
        cache: Whether results kept from earlier runs may be used.
        **sections: Values per section, as from command line arguments; None is no value.

    Raises:
        UsageError: The file cannot be read, or a key or value is wrong.
    """
    if config is not None and root is None:
        root = config.parent
    root = (root or Path.cwd()).absolute()
    data = _read(_DEFAULT_POLICY)
    if config is None and (root / CONFIG_NAME).exists():
        config = root / CONFIG_NAME
    if config is not None:
        _merge(data, _read(config))
    for word in overrides:
        _merge(data, _override(word))
    if cache is not None:
        data["cache"] = cache
    for section, values in sections.items():
        given = {key: value for key, value in values.items() if value is not None}
        if given:
            _merge(data, {section: given})
    try:
        return Settings.model_validate(
            {
                **data,
                "root": root,
                "environ": dict(os.environ if environ is None else environ),
            }
        )
    except ValidationError as error:
        raise UsageError(_explain(error, config, overrides)) from error


def with_policy(policy: Mapping[str, Any], overrides: Sequence[str]) -> Policy:
    """Return the *policy* of a record with `section.key=value` words applied.

    Raises:
        UsageError: A word names no threshold, or its value is wrong.
    """
    # A record of an older qgate has no thresholds for the stages it did not know.
    data = _read(_DEFAULT_POLICY)
    for section, values in policy.items():
        data[section] = {**data.get(section, {}), **values}
    for word in overrides:
        _merge(data, _override(word))
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        raise UsageError(_explain(error, None, overrides, model=Policy)) from error


def _only(kind: type[_Rules], section: BaseModel) -> _Rules:
    return kind(**{name: getattr(section, name) for name in kind.model_fields})


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"There is no configuration file {path}."
        raise UsageError(message, hint="Name an existing one with --config.") from error
    except (OSError, UnicodeDecodeError) as error:
        message = f"The configuration file {path} cannot be read ({error})."
        raise UsageError(message, hint="Check its rights and encoding.") from error
    except tomllib.TOMLDecodeError as error:
        message = f"{path} is not valid TOML: {error}."
        raise UsageError(message, hint="Correct that line.") from error


def _override(word: str) -> dict[str, Any]:
    key, sign, value = word.partition("=")
    parts = key.strip().split(".")
    if not sign or not all(parts) or len(parts) < 2:  # noqa: PLR2004
        message = f"--set takes section.key=value, not {word!r}."
        raise UsageError(message, hint="As in --set tests.min_coverage=80.")
    try:
        parsed: Any = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    for part in reversed(parts):
        parsed = {part: parsed}
    return dict(parsed)


def _merge(into: dict[str, Any], new: Mapping[str, Any]) -> None:
    for key, value in new.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def known_keys(model: type[BaseModel] = Settings) -> list[str]:
    """Return every `section.key` a configuration may have."""
    keys = []
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            keys += [f"{name}.{key}" for key in inner.model_fields]
        else:
            keys.append(name)
    return keys


def _explain(
    error: ValidationError,
    config: Path | None,
    overrides: Sequence[str],
    model: type[BaseModel] = Settings,
) -> str:
    problem = error.errors()[0]
    key = ".".join(str(part) for part in problem["loc"])
    where = f"{config}: " if config else ""
    if any(key.startswith(word.partition("=")[0].strip()) for word in overrides):
        where = "--set "
    if problem["type"] == "extra_forbidden":
        keys = known_keys(model)
        sections = sorted({known.split(".")[0] for known in keys})
        close = difflib.get_close_matches(key, keys + sections, n=1, cutoff=0.5)
        if not close:
            leaf = key.rpartition(".")[2]
            close = [
                known
                for known in keys
                if difflib.SequenceMatcher(None, known.rpartition(".")[2], leaf).ratio()
                > 0.7  # noqa: PLR2004
            ][:1]
        hint = f" Did you mean {close[0]}?" if close else ""
        kind = "threshold" if model is Policy else "setting"
        return f"{where}{key} is not a {kind}.{hint}"
    return f"{where}{key} = {problem['input']!r} is wrong: {problem['msg']}."
