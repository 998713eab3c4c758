"""What the gate's later stages need: specs for browsers, and users and records for a load."""

from generator.render.outside.browser import Browser
from generator.render.outside.load import Load
from generator.render.outside.surroundings import Surroundings

__all__ = ["Browser", "Load", "Surroundings"]
