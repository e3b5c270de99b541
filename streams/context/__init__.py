"""Context: what is declared, agreed, notified and done, as facts to judge by.

Place on the data's way: context events → **fold** → facts → judge; and → measures, truces, phases.
"""
