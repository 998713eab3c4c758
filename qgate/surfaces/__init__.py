"""What a run says outside its own report: GitHub, GitLab, and files that other tools read."""
