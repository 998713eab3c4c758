#!/usr/bin/python3
"""A server that starts in a moment and takes Odoo's arguments, for tests that kill deploys.

It keeps records in PostgreSQL, upgrades its module's table, and answers what the smoke tests and the
tests' users ask. A version whose manifest says `doomed` falls ill with the first record of a user:
it serves on, but says that its database does not. A port for websockets is opened, as by Odoo with
worker processes, after the others: once there is a file `websockets` in the data folder.
"""

import argparse
import ast
import json
import pathlib
import re
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

MODULE = "qgate_shelf"
MANIFEST = ast.literal_eval(
    pathlib.Path(f"/mnt/extra-addons/{MODULE}/__manifest__.py").read_text()
)
METHOD = re.compile(r"/web/dataset/call_kw/qgate\.shelf/(\w+)")
PAGE = b'<script src="/web/assets/1/web.min.js"></script>'


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database")
    parser.add_argument("--update")
    parser.add_argument("--http-interface", default="127.0.0.1")
    parser.add_argument("--http-port", type=int, default=8069)
    parser.add_argument("--gevent-port", type=int)
    parser.add_argument("--data-dir", type=pathlib.Path)
    parser.add_argument("--no-http", action="store_true")
    return parser.parse_known_args()[0]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    ill = False

    def __init__(self, place: tuple[str, int], database: str) -> None:
        super().__init__(place, Handler)
        self.database = database
        self.own = threading.local()

    def ask(self, query: str, *values: object) -> list[tuple]:
        """Run one statement in a transaction of its own; a connection that broke fails it."""
        if not hasattr(self.own, "connection"):
            self.own.connection = psycopg2.connect(dbname=self.database)
        try:
            with self.own.connection as connection, connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        except psycopg2.Error:
            self.own.connection.close()
            del self.own.connection
            raise


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        if not self.path.startswith("/web/health"):
            self.answer(200, PAGE)
        elif "db_server_status" not in self.path:
            self.answer(200, b"{}")
        elif self.server.ill or not self.server.ask("SELECT 1"):
            self.answer(500, b"ill")
        else:
            self.answer(200, b"{}")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        params = body.get("params") or {}
        try:
            if self.path == "/web/session/authenticate":
                result: object = {"uid": 2}
            else:
                method = METHOD.match(self.path)
                result = self.call(method[1], params.get("args") or [])
        except psycopg2.Error as error:
            self.answer(200, json.dumps({"error": {"message": str(error)}}).encode())
            return
        self.answer(200, json.dumps({"result": result}).encode())

    def call(self, method: str, args: list) -> object:
        ask = self.server.ask
        if method == "create":
            [values] = args[0] if isinstance(args[0], list) else args
            name = values["name"]
            made = ask("INSERT INTO qgate_shelf (name) VALUES (%s) RETURNING id", name)
            self.server.ill |= "doomed" in MANIFEST and name.startswith("user")
            return [number for (number,) in made]
        if method == "unlink":
            return bool(ask("DELETE FROM qgate_shelf WHERE id = %s RETURNING id", args[0][0]))
        rows = ask("SELECT id, name FROM qgate_shelf ORDER BY id DESC LIMIT 5")
        records = [{"id": number, "name": name} for number, name in rows]
        return {"records": records} if method == "web_search_read" else records

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def upgrade(database: str) -> None:
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
        cursor.execute("ALTER TABLE qgate_shelf ADD COLUMN IF NOT EXISTS note varchar")
        cursor.execute(
            "UPDATE ir_module_module SET latest_version = %s WHERE name = %s",
            (MANIFEST["version"], MODULE),
        )


def serve_websockets(place: tuple[str, int], chosen: argparse.Namespace) -> None:
    while not (chosen.data_dir / "websockets").exists():
        time.sleep(0.05)
    Server(place, chosen.database).serve_forever()


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    chosen = arguments()
    if chosen.update:
        upgrade(chosen.database)
    elif chosen.no_http:
        connection = psycopg2.connect(dbname="postgres")  # as scheduled actions wait
        while connection:
            time.sleep(60)
    else:
        if chosen.gevent_port:
            place = (chosen.http_interface, chosen.gevent_port)
            late = threading.Thread(target=serve_websockets, args=(place, chosen))
            late.daemon = True
            late.start()
        place = (chosen.http_interface, chosen.http_port)
        Server(place, chosen.database).serve_forever()


if __name__ == "__main__":
    main()
