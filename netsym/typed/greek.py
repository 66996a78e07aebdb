"""Greek letters as people type them, and the words that name them: θ is theta."""

from __future__ import annotations

from collections.abc import Mapping

#: Those that no Latin letter looks like; a word of Python has an underscore behind it.
GREEK_LETTERS: Mapping[str, str] = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon",
    "ζ": "zeta", "η": "eta", "θ": "theta", "ϑ": "theta", "κ": "kappa", "λ": "lambda_", "μ": "mu",
    "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta",
    "Λ": "Lambda", "Ξ": "Xi", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip

#: The commands of LaTeX for letters, and their names.
GREEK_COMMANDS: Mapping[str, str] = {
    **{f"\\{word.rstrip('_')}": word for word in GREEK_LETTERS.values()},
    **{f"\\var{word}": word for word in ("epsilon", "theta", "rho", "phi", "kappa")},
    r"\nu": "nu",
}

#: Words that are written as a letter, and its command.
GREEK_WORDS: Mapping[str, str] = {
    word.rstrip("_"): command
    for command, word in GREEK_COMMANDS.items()
    if not command.startswith(r"\var")
}
