"""Classes that are no formula of this kind, each with the reason and with what does it."""

from __future__ import annotations

from netsym.readers.sklearn.row import Row

_TREES = (
    "it asks whether inputs are above thresholds, one after another; sklearn.tree.export_text "
    "writes these rules, of each of its trees"
)
_NEIGHBOURS = (
    "it looks for the nearest of its examples, and has learnt nothing else; skl2onnx makes a "
    "program of it"
)
_TABLE = "it looks values up in a table, between whose entries it draws lines"
_TEXTS = "its inputs are texts or records, and a formula takes numbers; give the columns it makes"

_WHY = {
    "BaseDecisionTree": _TREES,
    "BaseForest": _TREES,
    "BaseGradientBoosting": _TREES,
    "BaseHistGradientBoosting": f"{_TREES}; skl2onnx makes a program of it",
    "BaseWeightBoosting": "its members vote with weights; skl2onnx makes a program of it",
    "IsolationForest": _TREES,
    "RandomTreesEmbedding": _TREES,
    "NeighborsBase": _NEIGHBOURS,
    "KNNImputer": f"{_NEIGHBOURS}; SimpleImputer is read",
    "IterativeImputer": "it goes round the columns again and again; SimpleImputer is read",
    "IsotonicRegression": f"{_TABLE}; a classifier is calibrated as a formula by method='sigmoid'",
    "QuantileTransformer": f"{_TABLE}; PowerTransformer is read",
    "SplineTransformer": "its pieces are polynomials of their own; PolynomialFeatures is read",
    "GaussianProcessRegressor": "its kernel is made of others; KernelRidge is read",
    "GaussianProcessClassifier": "its probabilities are integrals; skl2onnx makes a program of it",
    "_VectorizerMixin": _TEXTS,
    "DictVectorizer": _TEXTS,
    "FeatureHasher": _TEXTS,
    "DummyClassifier": "it does not look at its inputs",
    "DummyRegressor": "it does not look at its inputs",
}

ROWS = {name: Row(refused=why) for name, why in _WHY.items()}
