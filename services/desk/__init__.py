"""The verification desk over the store: what waits, how an item stands, what a person decides."""
