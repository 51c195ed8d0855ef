"""The program: limits first, then the parser for the type that was asked for."""

import json
import resource
import sys

MEMORY = 128 << 20
MEMORY_OF_PICTURES = 320 << 20
"""Bytes of address space: pictures of 25 million pixels are 100 MB when they are drawn."""
SECONDS = 10
REFUSED = 3


def main(media_type: str) -> int:
    """Open what comes in as MEDIA_TYPE; 0 when it is good, 3 when it is refused."""
    memory = MEMORY_OF_PICTURES if media_type.startswith("image/") else MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The parsers are loaded under the limits, and only the one that is needed.
    from jiedan.documents.probe.kinds import opened  # noqa: PLC0415
    from jiedan.documents.probe.refusal import Refusal  # noqa: PLC0415

    try:
        content = opened(media_type, sys.stdin.buffer.read())
    except Refusal as refusal:
        return _say({"refused": refusal.code, "about": refusal.about}, REFUSED)
    except MemoryError:
        return _say({"refused": "too_much_inside", "about": ""}, REFUSED)
    _say({"size": len(content)}, 0)
    sys.stdout.buffer.write(content)
    return 0


def _say(found: dict[str, str | int], code: int) -> int:
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
