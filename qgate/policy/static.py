from typing import Any
def judge_static(rules: Any, frames: Any) -> tuple[list[str], list[str]]:
    return [], []
