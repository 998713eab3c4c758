"""What the notebooks show and let a person change, step by step."""

from generator.workbench.bench import Workbench

__all__ = ["Workbench"]
