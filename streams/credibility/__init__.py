"""Credibility: what in a mission's reports asks for a second look, and why.

account → floods, copied_text, copied_times (compare), one_sided, circular, speed, repeated,
    clocks → **flags**

A flag is a hint to people. It changes no verdict, no total and no grading.
"""
