"""Fortran, compiled by gfortran without any warning, and run."""

from __future__ import annotations

from pathlib import Path

from netsym.certificates.engine import Code, Engine, Rows, exchanged
from netsym.writers.code.compiler import ran
from netsym.writers.code.fortran import Fortran

_STRICT = ("-std=f2008", "-O1", "-Wall", "-Wextra", "-pedantic", "-Werror",
           "-Wno-unused-dummy-argument")  # fmt: skip
_DRIVER = """\
program run
  use {module}, only: run_{title} => {title}
  implicit none
  real(8) :: row({inputs}), found({outputs})
  integer :: n
  open(10, file="rows.bin", access="stream", form="unformatted", status="old")
  open(11, file="values.bin", access="stream", form="unformatted", status="replace")
  do n = 1, {count}
    if ({inputs} > 0) read(10) row
    found = run_{title}({row})
    write(11) found
  end do
end program
"""


def _run(code: Code, rows: Rows, folder: Path) -> Rows:
    program = Fortran(code.form)
    count, inputs = rows.values.shape
    driver = _DRIVER.format(
        module=program.module, inputs=inputs, outputs=len(program.outputs), count=count,
        title=program.title(), row="row" if inputs else "",
    )  # fmt: skip
    (folder / "network.f90").write_text(code.text, encoding="utf-8")
    (folder / "driver.f90").write_text(driver, encoding="utf-8")
    ran(["gfortran", *_STRICT, "-c", "network.f90"], folder)
    ran(["gfortran", "-o", "network", "driver.f90", "network.o"], folder)
    return exchanged([str(folder / "network")], rows, len(program.outputs), folder)


GFORTRAN = Engine("gfortran", _run, "apt-get install gfortran", programs=("gfortran",))
