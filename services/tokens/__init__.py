"""Tokens: who a caller of the gateway is, and what for; made, listed and revoked by an operator."""
