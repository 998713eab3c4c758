from __future__ import annotations

from pathlib import Path

import pytest

from qgate import settings
from qgate.errors import UsageError


def load(
    tmp_path: Path, toml: str = "", *overrides: str, **environ: str
) -> settings.Settings:
    if toml:
        (tmp_path / "qgate.toml").write_text(toml)
    return settings.load(root=tmp_path, overrides=overrides, environ=environ)


def test_the_shipped_policy_is_the_one_promised(tmp_path: Path) -> None:
    policy = load(tmp_path).policy
    assert policy.static.min_pylint_odoo_score == 8.0
    assert policy.static.bandit_severities == ("medium", "high")
    assert policy.static.pylint_odoo_levels == ("fatal", "error")
    assert (policy.tests.min_coverage, policy.tests.min_body_coverage) == (70, 50)


def test_set_wins_over_the_file_and_arguments_over_set(tmp_path: Path) -> None:
    toml = "[tests]\nmin_coverage = 75\ntime_limit = 60\n"
    found = load(tmp_path, toml, "tests.min_coverage=80")
    assert (found.tests.min_coverage, found.tests.time_limit) == (80, 60)
    found = settings.load(
        root=tmp_path,
        overrides=["tests.min_coverage=80"],
        environ={},
        tests={"min_coverage": 90, "time_limit": None},
    )
    assert (found.tests.min_coverage, found.tests.time_limit) == (90, 60)


def test_a_bare_word_is_a_string(tmp_path: Path) -> None:
    found = load(
        tmp_path, "", "environment.odoo_path=/opt/odoo", "static.authors=['A']"
    )
    assert found.environment.odoo_path == "/opt/odoo"
    assert found.static.authors == ("A",)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (
            "tests.min_coverge=80",
            "tests.min_coverge is not a setting. Did you mean tests.min_coverage?",
        ),
        ("test.min_coverage=80", "Did you mean tests"),
        ("tests.min_coverage=abc", "tests.min_coverage = 'abc' is wrong"),
        ("tests.min_coverage=101", "tests.min_coverage = 101 is wrong"),
        ("tests.min_coverage", "--set takes section.key=value"),
        ("min_coverage=80", "--set takes section.key=value"),
    ],
)
def test_a_wrong_word_is_explained(tmp_path: Path, word: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, "", word)
    assert said in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_typo_in_the_file_names_file_and_nearest_key(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, "[workspace]\nadons = ['x']\n")
    assert "qgate.toml: workspace.adons is not a setting" in str(caught.value)
    assert "Did you mean workspace.addons?" in str(caught.value)


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"qgate\.toml is not valid TOML.*line 2"):
        load(tmp_path, "[tests]\nmin_coverage = = 3\n")


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no configuration file"):
        settings.load(tmp_path / "other.toml", environ={})


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "qgate.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path)


def test_the_named_file_sets_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "qgate.toml").write_text("[tests]\nmin_coverage = 71\n")
    found = settings.load(tmp_path / "qgate.toml", environ={})
    assert (found.root, found.tests.min_coverage) == (tmp_path, 71)


def test_home_is_the_variable_then_the_setting_then_the_users_cache(
    tmp_path: Path,
) -> None:
    toml = "[environment]\nhome = '/from/file'\n"
    assert load(tmp_path, toml, QGATE_HOME="/from/env").home == Path("/from/env")
    assert load(tmp_path, toml).home == Path("/from/file")
    (tmp_path / "qgate.toml").unlink()
    assert load(tmp_path).home.name == "qgate"


def test_children_get_no_secret_and_no_foreign_python_or_database(
    tmp_path: Path,
) -> None:
    found = load(
        tmp_path,
        PATH="/bin",
        GITHUB_TOKEN="ghp_0123456789",
        ANTHROPIC_API_KEY="sk-0123456789",
        PGPASSWORD="pg-0123456789",
        PGHOST="db",
        PYTHONPATH="/elsewhere",
        ODOO_RC="/etc/odoo.conf",
    )
    assert found.child_environ(EXTRA="1") == {"PATH": "/bin", "EXTRA": "1"}
    assert set(found.secrets) == {"ghp_0123456789", "sk-0123456789", "pg-0123456789"}


def test_the_environment_is_not_shown(tmp_path: Path) -> None:
    found = load(tmp_path, GITHUB_TOKEN="ghp_0123456789")
    assert "ghp_" not in repr(found)
    assert "ghp_" not in found.model_dump_json()


def test_with_policy_takes_thresholds_only(tmp_path: Path) -> None:
    policy = load(tmp_path).policy.model_dump(mode="json")
    changed = settings.with_policy(policy, ["tests.min_coverage=80"])
    assert changed.tests.min_coverage == 80
    with pytest.raises(UsageError, match=r"tests\.time_limit is not a threshold"):
        settings.with_policy(policy, ["tests.time_limit=5"])


def test_every_setting_is_explained() -> None:
    for name, field in settings.Settings.model_fields.items():
        inner = field.annotation
        fields = getattr(inner, "model_fields", {name: field})
        for key, described in fields.items():
            assert described.description, f"{name}.{key} has no description"
