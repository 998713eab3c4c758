"""The typed specification: what a ticket asks for, and all that templates see."""

from generator.spec.check import check
from generator.spec.model import Spec

__all__ = ["Spec", "check"]
