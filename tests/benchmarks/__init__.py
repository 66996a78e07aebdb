"""Speed and memory, measured beside other systems in the same run: `python -m tests.benchmarks`.

A file per theme; a row is a function under `@row`. No test asserts a time.
"""

import os

# One thread for NumPy: CasADi and symengine have one, and other work on the machine disturbs less.
for _library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
