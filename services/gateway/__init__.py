"""The gateway: HTTP → who are you → is it well formed → one transaction → signed receipt.

Place on the data's way: where missions' events come in. `read_body` unpacks, `read_event` decodes,
`take_in` stores a group of events in one transaction, `group` shares its commit among posts,
`callers` knows who asks, `problems` says what was wrong, `app` is the table of routes.
"""
