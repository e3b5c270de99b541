"""The store: PostgreSQL, the one truth (architecture.md, decision 1).

Place on the data's way: judge → **store** → everything that reads. History is never changed: what
supersedes is a new row. `models` says what is kept, `rows` what a writer hands over, `write` puts a
batch in, `known` and `history` tell a writer what is there already, `queries` answers people.
"""
