"""The relay: outbox → Kafka, at least once, in order within a source.

Place on the data's way: gateway's commit → **relay** → topics. `lanes` says what is ours to send,
`send` sends it, `relay` is the loop, `resend` finds what Kafka or a worker has lost.
"""
