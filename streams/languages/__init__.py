"""Languages that results are said in: English, which is authoritative, and translations of it.

Place on the data's way: beside `explain`, on demand. A sentence is an English template; `voice`
says it in a language by the catalogue of that language (`*.po`, GNU gettext).
"""
