"""Tools of stage static: one program and the parsing of its output each."""
