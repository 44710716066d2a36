"""What a child gives up that takes apart what strangers send: root, files to write, descriptors, boundless memory."""

import os
import resource

_NOBODY = 65534
_DESCRIPTORS_MAX = 32


def confine(memory_max: int) -> None:
    """Give it up, for good. `memory_max` is bytes of address space, not of memory in use. Raises OSError."""
    if os.geteuid() == 0:  # the demo, `sudo loa-edge doctor`; the service is never root
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    for limit, value in (
        (resource.RLIMIT_AS, memory_max),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS_MAX),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
