"""What people see of a run: the terminal and the HTML report."""
