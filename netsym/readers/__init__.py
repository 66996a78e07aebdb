"""From the outside to a `Network`: shorthand, TOML and JSON files, scikit-learn models."""
