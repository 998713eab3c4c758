"""`python -m generator` and the `ticket-to-module` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from generator.cli import app  # noqa: PLC0415 - `--help` answers before this is needed

    app()


if __name__ == "__main__":
    main()
