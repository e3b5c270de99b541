"""Context: what a mission knows besides its reports, as a value that judging may ask.

facts: what was notified, what has begun
"""
