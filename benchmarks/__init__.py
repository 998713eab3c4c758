"""What `make bench` runs: ratios against the raw commands, on this machine, in one run."""
