"""Figures for Prometheus: one catalogue of names, one way to count, one way to say them."""
