"""The one locustfile that Locust is given: the users of all the others, loaded before."""

from __future__ import annotations

from qgate.performance.loading import LOADED

globals().update(LOADED)
