"""Runs in `odoo shell`, in the version in production: fills a database, says what is whose.

Its text is what the shell reads, with a call of `fill` below. It imports nothing of qgate, as
Odoo's interpreter does not have it.
"""

from __future__ import annotations

import datetime as dt
import json
import runpy
from pathlib import Path

ROWS = 3
"""Records made of a model to which demo data and seed gave fewer."""

DEPTH = 2
"""Records made so that a record that needs them can be made."""

_LEFT_OUT = {"id", "create_uid", "create_date", "write_uid", "write_date"}


def fill(env, plan):
    """Make records for the modules of *plan*, and write what is whose to its `out`.

    Args:
        env: Odoo's environment.
        plan: `modules`, `demo` (whether to load demo data), `seeds` (a file for each module
            that has one), `count` (records a seed is asked for) and `out`.
    """
    owned = {name: _owned(env, name) for name in plan["modules"]}
    notes = []
    if plan["demo"]:
        notes += _load_demo(env, plan["modules"], owned, {*plan["seeds"]})
    for name, path in plan["seeds"].items():
        notes += _seed(env, name, path, plan["count"])
    for name, own in owned.items():
        for model, names in _extended(env, name):
            _enter(env, model, names)
        for model, _table in own["models"]:
            there = _persons_rows(env, model)
            if there < ROWS and not _make(env, model) and not there:
                notes.append(f"{name}: no record of {model} could be made")
    env.flush_all()
    env.cr.commit()
    Path(plan["out"]).write_text(
        json.dumps({"owned": owned, "notes": notes}), encoding="utf-8"
    )


def _owned(env, module):
    """Return the tables that *module* made, and the columns in which it keeps what is entered."""
    models, columns = [], {}
    for name, kind in sorted(env.registry.models.items()):
        if kind._abstract or kind._transient or not kind._auto:
            continue
        if kind._original_module == module:
            models.append([name, kind._table])
        entered = [field.name for field in _entered(env[name], module)]
        if entered:
            columns[kind._table] = sorted({*columns.get(kind._table, ()), *entered})
    env.cr.execute(
        "SELECT DISTINCT r.name FROM ir_model_relation r"
        " JOIN ir_module_module m ON m.id = r.module WHERE m.name = %s ORDER BY 1",
        [module],
    )
    relations = [row[0] for row in env.cr.fetchall()]
    return {"models": models, "relations": relations, "columns": columns}


def _entered(model, module):
    """Return the fields that *module* alone defines and people fill in."""
    return [
        field
        for field in model._fields.values()
        if field.store
        and field.column_type
        and field._modules == (module,)
        and field.name not in _LEFT_OUT
        and not field.related
        and not (field.compute and field.readonly)
    ]


def _load_demo(env, modules, owned, seeded):
    """Load demo data, and let its records be like those that people have made."""
    from odoo.modules.loading import load_demo
    from odoo.modules.module_graph import ModuleGraph

    env.cr.execute("SELECT coalesce(max(id), 0) FROM ir_model_data")
    last = env.cr.fetchone()[0]
    # What `odoo module force-demo` does, for the modules alone. Where one refers to demo
    # data of what it depends on, all of it is loaded, which takes ten times as long; not
    # for a module with a seed, which makes more records than its demo data.
    env.cr.execute("UPDATE ir_module_module SET demo = true")
    graph = ModuleGraph(env.cr, mode="load")
    graph.extend(_with_dependencies(env, modules))
    own = [node for node in graph if node.name in modules]
    failed = [node.name for node in own if not load_demo(env, node, {}, "init")]
    failed = [name for name in failed if name not in seeded]
    if failed:
        failed = [node.name for node in graph if not load_demo(env, node, {}, "init")]
    env.flush_all()
    models = [model for own in owned.values() for model, _table in own["models"]]
    # With their names they would be data of the module, which an upgrade may remove.
    env.cr.execute(
        "DELETE FROM ir_model_data WHERE id > %s AND model = ANY(%s)", [last, models]
    )
    # Nor is there demo data in production, which an upgrade would load anew.
    env.cr.execute("UPDATE ir_module_module SET demo = false")
    env.invalidate_all()
    return [
        f"{name}: its demo data failed to load" for name in failed if name in modules
    ]


def _with_dependencies(env, modules):
    env.cr.execute(
        "WITH RECURSIVE needed(name) AS (SELECT unnest(%s)"
        " UNION SELECT d.name FROM needed n JOIN ir_module_module m ON m.name = n.name"
        " JOIN ir_module_module_dependency d ON d.module_id = m.id)"
        " SELECT m.name FROM needed n JOIN ir_module_module m ON m.name = n.name"
        " WHERE m.state = 'installed'",
        [list(modules)],
    )
    return [row[0] for row in env.cr.fetchall()]


def _seed(env, module, path, count):
    try:
        with env.cr.savepoint():
            runpy.run_path(path)["seed"](env, count)
            env.flush_all()
    except Exception as error:
        env.invalidate_all()
        return [f"{module}: perf/seed.py failed ({type(error).__name__}: {error})"]
    return []


def _persons_rows(env, model):
    """Return how many records of *model* are not the module's own data."""
    table = env[model]._table
    env.cr.execute(
        f'SELECT count(*) FROM "{table}" t WHERE NOT EXISTS (SELECT 1 FROM ir_model_data d'
        " WHERE d.model = %s AND d.res_id = t.id)",
        [model],
    )
    return env.cr.fetchone()[0]


def _extended(env, module):
    """Return the models of others to which *module* adds columns, with the fields."""
    for name, kind in sorted(env.registry.models.items()):
        if kind._abstract or kind._transient or not kind._auto:
            continue
        if kind._original_module != module:
            names = [field.name for field in _entered(env[name], module)]
            if names:
                yield name, names


def _enter(env, model, names):
    """Give some records of *model* a value in each of the fields, where they take one."""
    records = env[model].with_context(active_test=False).search([], limit=ROWS)
    for number, record in enumerate(records, start=1):
        for name in names:
            value = _value(env, record._fields[name], number, 0)
            if record[name] or value is None:
                continue
            try:
                with env.cr.savepoint():
                    record.write({name: value})
                    env.flush_all()
            except Exception:
                env.invalidate_all()


def _make(env, model, depth=0, rows=ROWS):
    """Make records of *model*, with as many fields as it takes; return the last or None."""
    record = None
    for number in range(1, rows + 1):
        for every in (True, False):
            try:
                with env.cr.savepoint():
                    values = _values(env, model, number, depth, every=every)
                    record = env[model].create(values)
                    env.flush_all()
            except Exception:
                env.invalidate_all()
                record = None
            else:
                break
    return record


def _values(env, model, number, depth, *, every):
    known = env[model].default_get(list(env[model]._fields))
    values = {}
    for field in env[model]._fields.values():
        if (
            field.name in _LEFT_OUT
            or not field.store
            or field.related
            or (field.compute and not (field.required and not field.readonly))
            or known.get(field.name)
            or not (field.required or every)
        ):
            continue
        value = _value(env, field, number, depth)
        if value is not None:
            values[field.name] = value
    return values


def _value(env, field, number, depth):
    today = dt.date(2026, 1, 1) + dt.timedelta(days=number)
    plain = {
        "char": f"qgate {number}",
        "text": f"qgate {number}",
        "html": f"<p>qgate {number}</p>",
        "integer": number,
        "float": float(number),
        "monetary": float(number),
        "date": today,
        "datetime": dt.datetime.combine(today, dt.time(9)),
    }
    if field.type in plain:
        return plain[field.type]
    if field.type == "many2many":
        return [(6, 0, env[field.comodel_name].search([], limit=1).ids)]
    if not field.required:
        return None
    if field.type == "selection":
        choices = field.get_values(env)
        return choices[0] if choices else None
    if field.type == "many2one":
        found = env[field.comodel_name].search([], limit=1)
        if not found and depth < DEPTH:
            found = _make(env, field.comodel_name, depth + 1, rows=1)
        return found.id if found else None
    return None
