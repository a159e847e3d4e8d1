"""usage: compile_zip.py ZIP

Puts beside each Python source of a zip its compiled module, where Python's zipimport looks first. Spark's pyspark.zip
comes without, so every driver and every Python worker compiles what it imports. The compiled ones are of the kind that
is not checked against the source (PEP 552), since nobody edits a zip; they name the files as zipimport would. In its
place only once it is whole.
"""

import importlib.util
import os
import sys
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc


def main():
    path = os.path.abspath(sys.argv[1])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(path + ".new", "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry, data)
            if entry.filename.endswith(".py") and "/tests/" not in entry.filename:
                code = compile(data, os.path.join(path, entry.filename), "exec", dont_inherit=True)
                compiled = _code_to_hash_pyc(code, importlib.util.source_hash(data), False)
                # Not compressed: it is read again and again.
                new.writestr(entry.filename + "c", bytes(compiled), zipfile.ZIP_STORED)
    os.replace(path + ".new", path)


main()
