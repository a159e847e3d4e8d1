"""usage: unsign_jars.py FOLDER

Takes the signatures out of the jars in a folder. Of a signed jar a JVM checks each class as it loads it, and archives none
of them; Janino, which compiles Spark's queries in drivers and executors, is signed, and takes four times as long by that
to compile its first. Each jar is in its place only once it is whole.
"""

import os
import re
import sys
import zipfile

# See "JAR File Specification", Signed JAR File.
SIGNATURE = re.compile(r"META-INF/[^/]*\.(SF|RSA|DSA|EC)", re.IGNORECASE)


def main():
    folder = sys.argv[1]
    for name in os.listdir(folder):
        if name.endswith(".jar"):
            unsign(os.path.join(folder, name))


def unsign(path):
    with zipfile.ZipFile(path) as old:
        if not any(SIGNATURE.fullmatch(name) for name in old.namelist()):
            return
        with zipfile.ZipFile(path + ".new", "w") as new:
            for entry in old.infolist():
                if not SIGNATURE.fullmatch(entry.filename):
                    new.writestr(entry, old.read(entry))
    os.replace(path + ".new", path)


main()
