"""Become the program named on the command line, bound to the life of the process that asked.

Run as a script by `spawn`, in a new interpreter: `launch.py PARENT SIGNAL UID GID PROGRAM ARG...`.
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


def launch(parent: int, death_signal: int, uid: int, gid: int, argv: list[str]) -> None:
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
    os.execv(argv[0], argv)  # noqa: S606 - a shell is what we do not want between


if __name__ == "__main__":
    parent_pid, signal_number, user, group = map(int, sys.argv[1:5])
    launch(parent_pid, signal_number, user, group, sys.argv[5:])
