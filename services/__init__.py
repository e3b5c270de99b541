"""Everything that does I/O: the store, the engines, the command line."""
