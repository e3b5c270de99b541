"""The joint channel: what mission and parties ask and tell each other, and who owes an answer.

message → who may → a request with its answers → what is overdue
"""
