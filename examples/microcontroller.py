"""A sensor's network as C for a microcontroller: single precision, no library but libm, certified.

Run `python examples/microcontroller.py`: it writes `gesture.h` into the folder given, or a new one,
says how far it is from the network in double precision where gcc is there to compile it, and what
rounding its weights to 4 digits would cost.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

import netsym

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())

# Three axes of an accelerometer; which of four gestures is it?
shape = netsym.parse("3-12relu-8tanh-4softmax")
random = np.random.default_rng(7)
weights = {name: float(random.normal()) for name in shape.parameter_names()}
network = shape.with_parameters(weights)

options = {"float": True, "header": True, "weights": "separate"}
text = network.layered.code("c", **options)
path = folder / "gesture.h"
path.write_text(text, encoding="utf-8")
print(text[text.index("static inline") :])

rows = random.normal(size=(1000, 3))
certificate = netsym.certify(network, "c", rows, **options)
print(certificate.report(100))
assert certificate.verdict in ("certified", "not run")

print()
print(netsym.certify(network, "c", rows, digits=4, **options).report(100))
