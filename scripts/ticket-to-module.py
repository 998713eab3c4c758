#!/usr/bin/env python3
"""The command `ticket-to-module` under the name that scripts know."""

from generator.__main__ import main

if __name__ == "__main__":
    main()
