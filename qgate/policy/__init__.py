"""Thresholds, and the pure function that judges frames with them."""
