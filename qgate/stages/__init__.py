"""Stages: each measures into frames and never judges."""
