"""Corridors: status events and reports on a route → the availability of a corridor, over all time.

events → authority, settlement → words → latest_word → effects → sweep → fold
on_route: what a judged report does to the corridors it touches
"""
