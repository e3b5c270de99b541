"""Documents: text of an agreement or a methodology → the value, or every mistake in it at once.

compose → attach → diagnose → check (names, times, geometry, places, rights) → read
difference: what an amendment changes
"""
