"""The gateway: HTTP → who are you → is it well formed → one transaction → signed receipt.

Place on the data's way: where missions' events come in. `read_body` unpacks, `read_event` decodes,
`take_in` stores a group of events in one transaction, `group` shares its commit among posts,
`fair_queue` says whose turn it is, `callers` knows who asks,
`door` and `admission` turn away who comes too often, `problems` says
what was wrong, `app` is the table of routes.
"""
