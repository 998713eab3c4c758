"""`python -m qgate` and the `qgate` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from qgate.cli import app  # noqa: PLC0415 - `qgate --help` answers before this is needed

    app()


if __name__ == "__main__":
    main()
