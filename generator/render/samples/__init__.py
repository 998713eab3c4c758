"""Values that satisfy what a specification demands, or break one thing of it.

Tests need records that pass every constraint and reach every state. The values are found
by trying few candidates for each field that matters, so nothing is solved in general;
where nothing is found there is no test, and the result says so.
"""

from generator.render.samples.computing import value_of
from generator.render.samples.demands import Demand, Exactly, holds
from generator.render.samples.search import Samples
from generator.render.samples.values import (
    DAY,
    LINE,
    SAMPLE,
    Value,
    Values,
    line_values,
)

__all__ = [
    "DAY",
    "LINE",
    "SAMPLE",
    "Demand",
    "Exactly",
    "Samples",
    "Value",
    "Values",
    "holds",
    "line_values",
    "value_of",
]
