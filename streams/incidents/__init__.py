"""Incidents: the violations of a mission → what happened near each other, and how much was seen.

breach → mission_day → cluster (geo.clusters, cut) → witnesses, observed → **incident**
"""
