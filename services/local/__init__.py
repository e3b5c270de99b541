"""PostgreSQL and Apache Kafka on this machine, started from packages: no Docker, no root service.

Place on the data's way: beneath all of it. `engines` starts the two, `up` keeps them and the
services running; who has engines of their own gives their addresses and needs none of this.
"""
