"""Judges stage performance."""
