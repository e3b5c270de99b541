"""Receipts: what was taken in, signed, so that whoever sent it can prove it to anybody."""
