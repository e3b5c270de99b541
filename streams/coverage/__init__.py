"""Coverage: reports of who watched where → how much of each zone was watched, and when.

watching, restriction → subtract → reach → **watch** (geo.watched) → count → tell
"""
