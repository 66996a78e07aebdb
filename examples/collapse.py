"""What is linear collapses: layers that do nothing new, a relu that stands between, a scaler.

Run `python examples/collapse.py`: it simplifies three networks and says of each what was done,
what was not and why, and checks that the function is still the same.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import netsym

print("1. Two linear layers are one linear layer\n")
network = netsym.parse("1-2-1")
result = netsym.simplify(network)
print("before: ", network.inlined.text(ascii=True))
print("after:  ", result.network.inlined.text(ascii=True))
print(netsym.compare(network, result.exact).report().splitlines()[0])

print("\n2. A relu stands between: two layers are left, and here is why\n")
network = netsym.parse("2-3-3relu-2-1")
result = netsym.simplify(network)
before, after = result.cost
print(f"{len(network.layers)} layers => {len(result.network.layers)}, ", end="")
print(f"parameters {before.parameters} => {after.parameters}")
for place in result.blocked:
    print(place.report(80))
    # Check it by hand: an affine function takes the middle of two points to the middle of its
    # values, and this one does not.
    p, q, middle = place.witness.values
    assert middle != (p + q) / 2 == place.witness.mean

print("\n3. A scaler in front of a trained network is part of its first layer\n")
iris = load_iris()
model = make_pipeline(
    StandardScaler(),
    MLPClassifier((8,), "tanh", solver="lbfgs", alpha=0.1, max_iter=2000, random_state=1),
)
model.fit(iris.data, iris.target)
network = netsym.from_sklearn(model)
result = netsym.simplify(network)
before, after = result.cost
for step in result.steps:
    print(step)
print(f"parameters {before.parameters} => {after.parameters}")

# All that was lost is the rounding of the new weights to float64, and the bound is proved.
bound = result.bound(iris.data).max()
print(f"proved: on the {len(iris.data)} flowers nothing changes by more than {bound:.1e}")
assert bound < 1e-12
difference = np.abs(result.network(iris.data) - model.predict_proba(iris.data)).max()
print(f"largest difference from predict_proba on {len(iris.data)} flowers: {difference:.1e}")
assert difference < 1e-12

first_before = network.layers[1].parameters["weights"].numbers({})
first_after = result.network.layers[0].parameters["weights"].numbers({})
print("\nweights of the first unit before:", first_before[0])
print("weights of the first unit after: ", first_after[0])
assert np.allclose(first_after, first_before / model[0].scale_)
