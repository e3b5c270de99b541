"""Where: what a person writes about a place → the location of a report, or why it is none.

Place on the data's way: before it. A text is read once, by the person who reports, with `truceline
where`; the event then carries degrees and metres, so that judging asks no gazetteer and the same
bytes give the same judgement (docs/architecture.md, "Where names are resolved"). Everything here is
pure; `read_place` is the table of contents.
"""
