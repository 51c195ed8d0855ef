"""Everything a developer does, with the standard library alone: run, test, bench, lint, messages, lock.

`make run` and the others call this; without make: `python3 tools/dev.py run`.
"""

import os
import shutil
import subprocess
import sys

if sys.version_info < (3, 11):
    # Written so that the versions it turns away can still read it.
    for newer in ("python3.14", "python3.13", "python3.12", "python3.11"):
        if shutil.which(newer) and subprocess.call([newer, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execvp(newer, [newer, *sys.argv])
    sys.stderr.write("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".\n")
    sys.exit(2)

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from tools.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
