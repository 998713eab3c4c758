"""`python -m qgate.tools.pylint_driver ARGUMENTS`: pylint without garbage collection.

It builds syntax trees that live until it ends, and looking through them again and again for
garbage takes a quarter of its time (5.8 s against 4.4 s on 25 OCA modules) to save 5 % memory.
"""

from __future__ import annotations

import gc
import sys

from pylint import run_pylint

if __name__ == "__main__":
    gc.disable()
    run_pylint(sys.argv[1:])
