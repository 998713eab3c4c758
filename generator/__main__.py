"""`python -m generator` and the commands `ticket-to-module` and `generator`."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from generator.cli import app  # noqa: PLC0415 - `--help` answers before this is needed

    app()


def catalog() -> None:
    """Run the command line of `generator`."""
    from generator.catalog_cli import app  # noqa: PLC0415 - as above

    app()


if __name__ == "__main__":
    main()
