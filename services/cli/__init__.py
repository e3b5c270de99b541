"""The command line: one file a command, one table of them, one place where errors become lines."""
