"""Client of the gateway: sends what waits in the spool until each event has an answer.

And what one person decides at the desk, which has no spool: it is decided on what is there now.

Place on the data's way: spool → HTTP → gateway → receipts, back into the spool.

    address.py   which addresses of a gateway are taken
    token.py     the bearer token, from its file
    batch.py     which events go into one post, and how (pure)
    answer.py    what an answer means (pure)
    backoff.py   how long to wait, how much to send next (pure)
    post.py      one post, over urllib3: the only file that opens a socket
    deliver.py   the loop: take, post, settle, wait
    decide.py    one person's decision, and what became of it
"""
