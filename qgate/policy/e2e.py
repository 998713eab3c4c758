"""Judges stage e2e."""
