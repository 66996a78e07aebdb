"""A run of the command line, and the most memory it took.

Linux counts what the process that starts another has in that of the other, too; so the other says
its own.
"""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import PATIENCE

_PROGRAM = """
import sys
from netsym.cli import main
try:
    main(sys.argv[1:])
finally:
    with open("/proc/self/status") as status:
        sys.stderr.write(next(line for line in status if line.startswith("VmHWM:")))
"""


def run_with_peak(*words: str) -> tuple[str, int]:
    """What `netsym WORDS` prints, and its peak in kB; raises `CalledProcessError` if it fails."""
    program = [sys.executable, "-c", _PROGRAM, *words]
    done = subprocess.run(program, capture_output=True, text=True, check=True, timeout=PATIENCE)
    return done.stdout, int(done.stderr.split()[-2])
