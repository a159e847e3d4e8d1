"""usage: unsign_jars.py FOLDER

Takes the signatures out of the jars in a folder. Of a signed jar a JVM checks each class as it loads it, and archives none
of them; Janino, which compiles Spark's queries in drivers and executors, is signed, and takes four times as long by that
to compile its first. Each jar is in its place only once it is whole; one that can't be read stays as it is, and the exit
code is 1.
"""

import os
import re
import sys
import zipfile

# See "JAR File Specification", Signed JAR File.
SIGNATURE = re.compile(r"META-INF/[^/]*\.(SF|RSA|DSA|EC)", re.IGNORECASE)


def main():
    folder = sys.argv[1]
    failed = False
    for name in sorted(os.listdir(folder)):
        if name.endswith(".jar"):
            path = os.path.join(folder, name)
            try:
                unsign(path)
            except (OSError, zipfile.BadZipFile) as error:
                failed = True
                print("%s keeps its signature: %s" % (name, error))
                if os.path.exists(path + ".new"):
                    os.remove(path + ".new")
    return 1 if failed else 0


def unsign(path):
    with zipfile.ZipFile(path) as old:
        if not any(SIGNATURE.fullmatch(name) for name in old.namelist()):
            return
        with zipfile.ZipFile(path + ".new", "w") as new:
            for entry in old.infolist():
                if not SIGNATURE.fullmatch(entry.filename):
                    new.writestr(entry, old.read(entry))
    os.replace(path + ".new", path)


sys.exit(main())
