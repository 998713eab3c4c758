"""What the notebook shows and lets a person change, step by step."""
