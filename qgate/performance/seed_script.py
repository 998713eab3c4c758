# Read by `odoo shell` on its stdin, where `env` is there already: fills a database with records.
#
# The first line, which is put before this, sets JOB: modules with their seed files, how many
# records, the file for the answer, and the variable with the password of the users.

import importlib.util
import json
import os
import time
from pathlib import Path


def load(number, path):
    spec = importlib.util.spec_from_file_location(f"qgate_seed_{number}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def let_in(logins):
    """Give the users one password: hashing it once takes half a second as it is."""
    users = env["res.users"].with_context(active_test=False)
    found = users.search([("login", "in", list(logins))])
    unknown = set(logins) - set(found.mapped("login"))
    if unknown:
        message = f"There is no user {', '.join(sorted(unknown))}."
        raise ValueError(message)
    hashed = users._crypt_context().hash(os.getenv(JOB["password"]))
    for user in found:
        user._set_encrypted_password(user.id, hashed)


def seed():
    told = {}
    for number, (name, path) in enumerate(JOB["seeds"].items()):
        begun = time.monotonic()
        module = load(number, path)
        records = module.seed(env, JOB["records"])
        found = len(records.exists()) if hasattr(records, "exists") else None
        logins = list(module.logins(env)) if hasattr(module, "logins") else []
        told[name] = {
            "records": found,
            "logins": logins,
            "seconds": time.monotonic() - begun,
        }
    return told


told = seed()
let_in({login for row in told.values() for login in row["logins"]} | {"admin"})
env.cr.commit()
# Else PostgreSQL plans without statistics until it gets to it, in the middle of the load.
env.cr.execute("ANALYZE")
env.cr.commit()
Path(JOB["answer"]).write_text(json.dumps(told), encoding="utf-8")
