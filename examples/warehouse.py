"""Train a scikit-learn pipeline, and let the database compute it: no row leaves the table.

Run `python examples/warehouse.py`: it writes `flowers.sql` for DuckDB, and for Spark
`flowers.spark.sql` and `flowers.py`, into the folder given, or a new one; runs the first over a
table with a flower that nobody measured, and compares with scikit-learn. Needs `duckdb`.
"""

import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import netsym

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())

iris = load_iris()
model = make_pipeline(
    StandardScaler(),
    MLPClassifier((8,), "tanh", solver="lbfgs", alpha=0.1, max_iter=2000, random_state=1),
)
model.fit(iris.data, iris.target_names[iris.target])
features = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
network = netsym.from_sklearn(model, features)

select = network.layered.sql("duckdb", table="flowers", keep="id")
(folder / "flowers.sql").write_text(select)
(folder / "flowers.spark.sql").write_text(network.layered.sql("spark", table="flowers"))
(folder / "flowers.py").write_text(network.layered.code("pyspark"))
print(network.layered.sql("duckdb", table="flowers", keep="id", digits=3))

# The table holds what people typed: decimals, and a hole.
database = duckdb.connect()
columns = ", ".join(f"{name} DECIMAL(3, 1)" for name in features)
database.execute(f"CREATE TABLE flowers (id INTEGER, {columns})")
rows = [[number, *flower] for number, flower in enumerate(iris.data.tolist())]
database.executemany("INSERT INTO flowers VALUES (?, ?, ?, ?, ?)", [*rows, [150, 5, None, 2, 1]])

database.execute(f"CREATE TABLE answers AS {select}")
for answer in database.execute(
    "SELECT * FROM answers WHERE id IN (0, 149, 150) ORDER BY id"
).fetchall():
    print(answer)
found = np.array(database.execute("SELECT * FROM answers WHERE id < 150 ORDER BY id").fetchall())
difference = np.abs(found[:, 1:] - model.predict_proba(iris.data)).max()
print(f"largest difference from predict_proba on {len(found)} flowers: {difference:.1e}")
assert difference < 1e-12

for to in ("duckdb", "sqlite"):
    print(netsym.certify(network, to, iris.data))
