from __future__ import annotations

from pathlib import PurePosixPath

import jinja2
import pytest

from generator.escaping import NotEscapedError
from generator.render import layout, naming
from generator.render.templating import environment

LONG = "x" * 60


def test_python_is_formatted_and_its_imports_are_sorted_and_used() -> None:
    path = PurePosixPath("models/a.py")
    text = "from odoo import models, api\nimport os\nx = [ 1,2 ]\nmodels\n"
    assert layout.python({path: text}) == {
        path: "from odoo import models\n\nx = [1, 2]\nmodels\n"
    }


def test_what_is_no_python_is_a_defect_of_the_generator() -> None:
    with pytest.raises(layout.UnformattableError, match="no Python"):
        layout.python({PurePosixPath("a.py"): "def ("})


def test_what_is_no_xml_is_a_defect_of_the_generator() -> None:
    with pytest.raises(layout.UnformattableError, match="no XML"):
        layout.markup("<a>")


def test_long_elements_have_an_attribute_a_line() -> None:
    text = f'<a><!-- why --><b c="{LONG}" d="{LONG}"/><e f="1"> word </e><g/></a>'
    assert layout.markup(text).splitlines()[1:] == [
        "<a>",
        "    <!-- why -->",
        "    <b",
        f'        c="{LONG}"',
        f'        d="{LONG}"',
        "    />",
        '    <e f="1">word</e>',
        "    <g />",
        "</a>",
    ]


def test_words_beside_elements_keep_their_blanks() -> None:
    text = "<p>one <b>two</b> &lt;three&gt;<i/></p>"
    assert layout.markup(text).splitlines()[1] == text.replace("<i/>", "<i />")


def test_templates_write_no_text_as_it_stands() -> None:
    with pytest.raises(NotEscapedError):
        environment().from_string("{{ label }}").render(label="two words")


def test_templates_speak_of_nothing_unknown() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ nothing.at_all }}").render()


@pytest.mark.parametrize(
    ("label", "several"),
    [
        ("Travel Advance", "Travel Advances"),
        ("Category", "Categories"),
        ("Goods", "Goods"),
        ("x", "xes"),
    ],
)
def test_labels_have_a_plural(label: str, several: str) -> None:
    assert naming.plural(label) == several


def test_names_that_are_too_long_keep_apart() -> None:
    first, second = (naming.short("a" * 80 + end) for end in ("x", "y"))
    assert len(first) == len(second) == naming.LONGEST
    assert first != second
    assert naming.short("short") == "short"
