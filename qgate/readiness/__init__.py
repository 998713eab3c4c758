"""What has to be so before a release, one file per kind of check; none compares with a limit."""
