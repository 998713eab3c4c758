"""Judges stage readiness."""
