"""When: the hours in which a term holds, from local clocks and rules to spans of UTC.

time_zones → offsets → daily, recurring, phase_days → spans → calendar → timing
"""
