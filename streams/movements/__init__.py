"""Movements: convoys, evacuations, repair teams, told to the parties and followed to their end.

Place on the data's way: movement events → **one movement's history** → how it stands, what falls
due, how movements ended. Apart from the context that reports are judged by: a verdict that a
movement changed would tell everybody who reads the verdict that there was one.
"""
