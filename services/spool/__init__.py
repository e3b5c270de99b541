"""Spool: events on their way to a gateway, on this machine's disk until a receipt is there.

Place on the data's way: files → spool → gateway → receipts, which are kept here with the events.
An event is on disk before a byte of it is sent; whatever ends the process, the next one goes on.

    folder.py    the folder, its modes, the lock of the one process that sends
    entries.py   what an entry is, what can become of one
    spool.py     the SQLite file: put, take, settle, count
    fill.py      the events of files into it
    export.py    entries as NDJSON, for carrying on a stick
"""
