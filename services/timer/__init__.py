"""The timer: each instant at which time alone changes what is read becomes one row.

Place on the data's way: contexts and corridors → **timer** → `due_instants`. `settle` says which
rows are missing and which are wrong, `passed` what may be said yet, `timer` is the loop.
"""
