"""Desk: a person looks at each automatic result before parties and the public are told of it.

Place on the data's way: assessment → **desk** → what `services.gateway.disclosure` lets out.
"""
