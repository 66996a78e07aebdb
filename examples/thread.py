"""The forum thread, run: its formulas against its network, from the first attempt to the last."""

from __future__ import annotations

from pathlib import Path

import netsym

HERE = Path(__file__).parent

ATTEMPTS = {
    "As its author typed it, and asked: this is correct, right?": (
        "f(x) = w_21*(1/(1+e**(-1*(w_11x + b_11))) + w_22 (1/(1+e**(-1*(w_12*x + b_12))) + b"
    ),
    "With the parentheses mended:": (
        "f(x) = w_21*(1/(1+e**(-1*(w_11*x + b_11)))) + w_22*(1/(1+e**(-1*(w_12*x + b_12)))) + b"
    ),
    "With the sigmoid on the output layer, as the reply asks:": (
        "f(x) = 1/(1+e**(-(w_21/(1+e**(-(w_11*x + b_11))) + w_22/(1+e**(-(w_12*x + b_12))) + b)))"
    ),
    "The same in LaTeX:": (
        r"f(x) = \sigma\left(w_{21}\,\sigma(w_{11}x + b_{11}) + w_{22}\,\sigma(w_{12}x + b_{12})"
        r" + b\right)"
    ),
}


def main() -> None:
    network = netsym.load(HERE / "forum" / "sigmoid.toml")
    print(f"The network: {network.inlined.text(ascii=True)}\n")
    for question, formula in ATTEMPTS.items():
        print(f"{question}\n  {formula}")
        try:
            print(netsym.compare(network, formula).report())
        except netsym.SpecError as error:
            print(error)
        print()
    linear = netsym.load(HERE / "forum" / "linear.toml")
    line = "f(x) = (w_21*w_11 + w_22*w_12)*x + (w_21*b_11 + w_22*b_12 + b)"
    print(f"With linear activations the layers combine to one line:\n  {line}")
    print(netsym.compare(linear, line).report())


if __name__ == "__main__":
    main()
