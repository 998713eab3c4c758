"""Images, targets, and how one becomes what the other serves."""
