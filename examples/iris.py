"""Train a scikit-learn pipeline on the iris data and take it home as one formula.

Run `python examples/iris.py`: it writes `iris.toml` into the folder given, or a new one,
prints the formula of one class, reads that very text back and compares it with scikit-learn.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import netsym

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())

iris = load_iris()
species = iris.target_names[iris.target]
model = make_pipeline(
    StandardScaler(),
    MLPClassifier((8,), "tanh", solver="lbfgs", alpha=0.1, max_iter=2000, random_state=1),
)
model.fit(iris.data, species)

features = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
network = netsym.from_sklearn(model, features)
netsym.save(network, folder / "iris.toml")

print(network.size)
print()
virginica = network.inlined.output("virginica")
print(virginica.text(width=80, digits=3))

# What was printed is what counts: run the exact text, flower by flower.
code: dict = {}
exec(virginica.python(), code)
predicted = model.predict_proba(iris.data)[:, list(model.classes_).index("virginica")]
formula = np.array([code["f"](*map(float, flower)) for flower in iris.data])
print()
print(f"largest difference from predict_proba on {len(iris.data)} flowers: ", end="")
print(f"{np.abs(formula - predicted).max():.1e}")
assert np.abs(formula - predicted).max() < 1e-12

# The file is the same network: every output, on every flower.
again = netsym.load(folder / "iris.toml")
assert np.abs(again(iris.data) - model.predict_proba(iris.data)).max() < 1e-12
