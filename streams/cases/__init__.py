"""Cases: an allegation, its inquiry and the ruling that two principals sign.

act → what it may do → folded with all others of its case → how the case stands
"""
