"""What stage security gives to Trivy, and what it makes of the answers."""
