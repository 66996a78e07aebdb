"""The discussion that netsym starts from: each sentence is a command, and has its answer."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import redirect_stderr, suppress
from pathlib import Path

from netsym.cli import main as netsym

ROOT = Path(__file__).parent.parent
LEARNER = "f(x) = w_21*(1/(1+e**(-1*(w_11*x + b_11)))) + w_22*(1/(1+e**(-1*(w_12*x + b_12)))) + b"
WHOLE = f"1/(1 + e^-({LEARNER.partition(' = ')[2]}))"

SENTENCES = (
    ("Could we not represent the model as one function with a lot of nested functions?",
     ["inline", "1-2-1:sigmoid", "--expand"]),
    ("I tried it without activation functions first.",
     ["show", "f(x) = w_21*(w_11*x + b_11) + w_22*(w_12*x + b_12) + b"]),
    ("With the sigmoid it is this. This is correct, right?",
     ["check", "1-2-1:sigmoid", LEARNER]),
    ("Ah, the output layer has one, too!",
     ["check", "1-2-1:sigmoid", WHOLE]),
    ("It is too complex to write out.",
     ["size", "2-10x20-1:tanh"]),
    ("Layers reuse results.",
     ["show", WHOLE]),
    ("And with matrices every layer is written once.",
     ["inline", "2-10x3-1:tanh", "--level", "matrix"]),
    ("With linear activations it would collapse.",
     ["simplify", "examples/forum/linear.toml"]),
    ("An LSTM uses h_{t-1} four times.",
     ["show", "examples/lstm.toml", "--form", "once"]),
    ("Loss and cost are the outer skins of an onion.",
     ["inline", "1-1:sigmoid", "--loss", "bce", "--examples", "2"]),
    ("And back propagation peels them off.",
     ["grad", "1-1:sigmoid", "--loss", "bce"]),
    ("Does a step downhill make it better?",
     ["step", "1-1:sigmoid", "--loss", "sse", "--data", "1,1;2,0", "--rate", "0.5",
      "--parameters", "w1_1_1=0.2,b1_1=0"]),
)  # fmt: skip


def main() -> None:
    """Run every command, and print the sentence, the command and the answer."""
    os.chdir(ROOT)
    for sentence, command in SENTENCES:
        print(f"“{sentence}”\n$ netsym {shlex.join(command)}")
        with redirect_stderr(sys.stdout), suppress(SystemExit):
            netsym(command)
        print()


if __name__ == "__main__":
    main()
