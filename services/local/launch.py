"""Become the program named on the command line, bound to the life of the process that asked.

Run as a script by `spawn`, in a new interpreter:
`launch.py PARENT SIGNAL UID GID BARE PROGRAM ARG...`
It gives up root if told to, asks the kernel to send SIGNAL when the parent ends (also by
SIGKILL), and turns into the program. An interpreter of its own does what a hook between fork and
exec must not do in a process with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
STAY = -1  # in place of UID and GID: remain who we are

# What an engine gets of our environment: nothing, so that no PG* or JAVA* variable reaches it.
# (The interpreter that runs this file may need some of it, a library path for one.)
BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C", "TZ": "UTC"}


def launch(  # noqa: PLR0913 - one argument a thing to do before the program takes over
    parent: int, death_signal: int, uid: int, gid: int, *, bare: bool, argv: list[str]
) -> None:
    """Give up root, bind to `parent`, become `argv`. Does not return."""
    if uid != STAY:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)  # after setuid, which clears it
    if os.getppid() != parent:  # the parent ended before the kernel knew whom to tell
        sys.exit(1)
    environment = BARE_ENVIRONMENT if bare else os.environ
    os.execve(argv[0], argv, environment)  # noqa: S606 - no shell between, as it should be


if __name__ == "__main__":
    parent_pid, signal_number, user, group, is_bare = map(int, sys.argv[1:6])
    launch(parent_pid, signal_number, user, group, bare=bool(is_bare), argv=sys.argv[6:])
