"""orbital: the SQL of DuckDB that it writes for a pipeline of scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: Why it is in no extra.
NOT_HERE = "orbital is not installed; it takes onnx < 1.23 alone, so give it a place of its own"


def select(model: Any, columns: Sequence[str], table: str) -> str:
    """The predictions for a table with these columns; of classes output_probability.0 and so on."""
    import orbital
    from orbital.types import DoubleColumnType

    features = {name: DoubleColumnType() for name in columns}
    pipeline = orbital.parse_pipeline(model, features=features)
    text: str = orbital.export_sql(table, pipeline, dialect="duckdb")
    return text
