"""Judges stage security."""
