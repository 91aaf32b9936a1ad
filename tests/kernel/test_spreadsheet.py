"""Files that people open in a spreadsheet."""

from pep_kernel.spreadsheet import safe_cells


def test_cells_are_not_taken_for_formulas() -> None:
    assert safe_cells(("=1+1", "+44", "-5", "@a", "\tb", "plain", -5)) == (
        "'=1+1",
        "'+44",
        "'-5",
        "'@a",
        "'\tb",
        "plain",
        -5,
    )
