"""The gateway as it is, but with a commit for each post: what group commit is measured against.

`python -m tests.bench.gateway_alone`: the program of `services.gateway`, its group limit 1.
"""

from services.gateway import __main__, group

if __name__ == "__main__":
    group.GROUP_LIMIT = 1  # type: ignore[misc]  # what is measured is the same but for this
    __main__.main()
