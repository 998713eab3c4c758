from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.errors import ToolFailed
from qgate.formatting import format_modules
from qgate.tools.registry import TOOLS
from tests.support.shelves import found, look, make_target, write_shelf

if TYPE_CHECKING:
    from pathlib import Path

SHELF = "addons/shelf/models/shelf.py"


def run(root: Path, *overrides: str, fix: bool) -> list[str]:
    target = make_target(root, *overrides)
    return format_modules(root, target.modules, target.settings, fix=fix)


def content(root: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in (root / "addons").rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("defect", ["misformatted", "unsorted", "unused"])
def test_what_was_fixed_needs_no_second_run(defect: str, tmp_path: Path) -> None:
    write_shelf(tmp_path, defect)
    before = content(tmp_path)
    assert run(tmp_path, fix=False) == [SHELF]
    assert content(tmp_path) == before
    assert run(tmp_path, fix=True) == [SHELF]
    after = content(tmp_path)
    assert {path for path in after if after[path] != before[path]} == {
        str(tmp_path / SHELF)
    }
    assert run(tmp_path, fix=False) == []
    assert run(tmp_path, fix=True) == []
    assert content(tmp_path) == after
    for name in ("ruff", "isort", "black"):
        assert found(look(TOOLS[name], tmp_path)) == set(), name


def test_a_good_module_stays(tmp_path: Path) -> None:
    write_shelf(tmp_path)
    assert run(tmp_path, fix=False) == []


def test_ruff_and_isort_agree_on_where_an_import_belongs(tmp_path: Path) -> None:
    module = write_shelf(
        tmp_path,
        files={
            "models/shelf.py": "import os\nfrom odoo.addons.sale.models import sale\n"
            "from . import other\nimport docker, requests\nfrom odoo import models\n"
            "from __future__ import annotations\nfrom odoo.tools import sql as a, config\n"
            "X = (os, sale, other, docker, requests, models, annotations, a, config)\n"
        },
    )
    (tmp_path / "docker").mkdir()  # no package of the workspace
    assert run(tmp_path, fix=True) == [SHELF]
    assert (module / "models" / "shelf.py").read_text().splitlines()[:-1] == [
        "from __future__ import annotations",
        "",
        "import os",
        "",
        "import docker",
        "import requests",
        "",
        "from odoo import models",
        "from odoo.tools import config",
        "from odoo.tools import sql as a",
        "",
        "from odoo.addons.sale.models import sale",
        "",
        "from . import other",
        "",
    ]
    for name in ("ruff", "isort", "black"):
        assert found(look(TOOLS[name], tmp_path)) == set(), name


def test_imports_in_init_keep_their_order(tmp_path: Path) -> None:
    text = "from . import wizards\nfrom . import models\n"
    module = write_shelf(tmp_path, files={"__init__.py": text})
    assert run(tmp_path, fix=True) == []
    assert (module / "__init__.py").read_text() == text


def test_looking_and_fixing_agree_under_the_workspaces_own_configuration(
    tmp_path: Path,
) -> None:
    write_shelf(tmp_path, "unused")
    (tmp_path / "ruff.toml").write_text(
        '[lint]\nselect = ["F"]\n[lint.per-file-ignores]\n"addons/shelf/models/*" = ["F"]\n'
    )
    assert run(tmp_path, fix=False) == []
    assert run(tmp_path, fix=True) == []
    assert run(tmp_path, "static.own_config=false", fix=False) == [SHELF]


def test_modules_outside_the_workspace_are_looked_at_in_a_copy_too(
    tmp_path: Path,
) -> None:
    write_shelf(tmp_path / "elsewhere", "misformatted")
    root = tmp_path / "workspace"
    root.mkdir()
    addons = f'workspace.addons=["{tmp_path}/elsewhere/addons"]'
    before = content(tmp_path / "elsewhere")
    changed = run(root, addons, fix=False)
    assert changed == [f"{tmp_path}/elsewhere/{SHELF}"]
    assert content(tmp_path / "elsewhere") == before


def test_a_file_that_cannot_be_parsed_is_told(tmp_path: Path) -> None:
    write_shelf(tmp_path, "syntax_error")
    before = content(tmp_path)
    with pytest.raises(ToolFailed, match="black: crashed"):
        run(tmp_path, fix=True)
    assert content(tmp_path) == before
