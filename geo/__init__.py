"""Pure geometry: regions of uncertainty, zones, containment. No I/O, no clock, no randomness."""
