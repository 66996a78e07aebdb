"""A 64-32-10 network on the digits data: how large it is, and one of its outputs as a formula.

Run `python examples/digits.py`: it writes the probability of an eight as a Python function,
`eight.py`, into a temporary folder (or the folder given), and evaluates it on some digits.
"""

import importlib.util
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

import netsym

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())

digits = load_digits()
model = make_pipeline(
    MaxAbsScaler(),
    MLPClassifier(
        (32,), "relu", solver="lbfgs", alpha=10.0, tol=0.01, max_iter=500, random_state=0
    ),
)
model.fit(digits.data[:1000], digits.target[:1000])
accuracy = model.score(digits.data[1000:], digits.target[1000:])
print(f"accuracy on {len(digits.data) - 1000} unseen digits: {accuracy:.3f}")

network = netsym.from_sklearn(model)
print(network.size)

# The tenth of it that says "this is an 8", written piece by piece: nothing is held whole.
eight = network.inlined.output(9)
path = folder / "eight.py"
with path.open("w") as file:
    file.writelines(eight.write("python"))
print(f"\n{path}: {path.stat().st_size / 1e6:.1f} MB, {eight.size.nodes:,} nodes")

specification = importlib.util.spec_from_file_location("eight", path)
module = importlib.util.module_from_spec(specification)
specification.loader.exec_module(module)
unseen = digits.data[1000:1100]
formula = np.array([module.f(*map(float, pixels)) for pixels in unseen])
predicted = model.predict_proba(unseen)[:, 8]
print(f"largest difference from predict_proba: {np.abs(formula - predicted).max():.1e}")
assert np.abs(formula - predicted).max() < 1e-12
