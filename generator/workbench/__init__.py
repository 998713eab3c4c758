"""What the notebooks show and let a person change, step by step."""

from generator.workbench.bench import Workbench
from generator.workbench.lab_panel import PromptLab

__all__ = ["PromptLab", "Workbench"]
