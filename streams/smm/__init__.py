"""OSCE SMM observation tables → reports, by explicit tables: nothing refused, nothing guessed."""
