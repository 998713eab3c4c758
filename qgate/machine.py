"""Which machine measures: times of one machine say nothing about those of another."""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path
from typing import Final

import psutil

_CPUINFO: Final = Path("/proc/cpuinfo")


def fingerprint() -> dict[str, object]:
    """Return what makes times comparable: processor, cores, memory, system.

    `id` is a short hash of the rest. Memory is in whole gibibytes, as kernels of one kind of
    machine differ in what they keep for themselves.
    """
    found: dict[str, object] = {
        "cpu": _cpu(),
        "cores": psutil.cpu_count() or 1,
        "memory": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
    }
    words = "|".join(str(value) for value in found.values())
    return {"id": hashlib.sha256(words.encode()).hexdigest()[:10], **found}


def described(found: dict[str, object]) -> str:
    """Write a fingerprint for people, as `4 x AMD EPYC 7763, 16 GiB, Linux x86_64`."""
    return "{cores} x {cpu}, {memory} GiB, {system}".format(**found)


def _cpu() -> str:
    try:
        lines = _CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return " ".join(value.split())
    return platform.processor() or "unknown processor"
