"""Train a support vector machine of scikit-learn, and see what it is: a unit for each vector.

Run `python examples/support_vectors.py`: it writes `support_vectors.toml` into the folder given,
or a new one, prints the machine layer by layer and what it decides, and compares both with
scikit-learn on every flower.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import netsym

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())

iris = load_iris()
petals = iris.data[:100, 2:]
species = iris.target_names[iris.target[:100]]
model = make_pipeline(StandardScaler(), SVC(C=10)).fit(petals, species)

network = netsym.from_sklearn(model, ["petal_length", "petal_width"])
netsym.save(network, folder / "support_vectors.toml")
print(network.title)
print(network.layered.text(digits=3))

decided = netsym.from_sklearn(model, ["petal_length", "petal_width"], decision="class")
print()
print(decided.assumed)
print(decided.layered.text(digits=3).splitlines()[-1])

decision = model.decision_function(petals)
print()
print(f"largest difference from decision_function on {len(petals)} flowers: ", end="")
print(f"{np.abs(network(petals) - decision).max():.1e}")
assert np.abs(network(petals) - decision).max() < 1e-12
assert (model.classes_[decided(petals).astype(int)] == model.predict(petals)).all()
