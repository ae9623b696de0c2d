"""Writes the recipe's list of libraries from the build's own class paths.

usage: jars.py LIST...

Each LIST is what Maven's dependency:list writes with outputAbsoluteArtifactFilename=true. Prints the .inc file.
"""

import hashlib
import pathlib
import re
import sys

HEAD = """\
# SPDX-License-Identifier: Apache-2.0
# The libraries that Lamella is built with. yocto/generate writes this from the build's own class path, and yocto/check
# compares. MAVEN_CENTRAL is the address of a Maven repository that has them.

"""


def artifacts(lists):
    """Coordinates and file of every library that is not Lamella's own, each once."""
    found = {}
    for name in lists:
        for line in pathlib.Path(name).read_text().splitlines():
            parts = re.split(r":(?=[^\s])", line.strip().split(" -- ")[0])
            if len(parts) == 6 and parts[4] in ("compile", "runtime") and parts[0] != "io.lamella":
                found[parts[1]] = (parts[0], parts[3], pathlib.Path(parts[5]))
    group, version, path = found["avaje-jsonb"]
    # javac alone needs it
    generator = path.parents[2] / "avaje-jsonb-generator" / version / f"avaje-jsonb-generator-{version}.jar"
    found["avaje-jsonb-generator"] = (group, version, generator)
    return dict(sorted(found.items()))


def main(lists):
    uris, sums = [], []
    for name, (group, version, path) in artifacts(lists).items():
        where = "jars/processor" if name.endswith("-generator") else "jars"
        uris.append(
            f"    ${{MAVEN_CENTRAL}}/{group.replace('.', '/')}/{name}/{version}/{name}-{version}.jar"
            f";name={name};subdir={where};unpack=0 \\"
        )
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        sums.append(f'SRC_URI[{name}.sha256sum] = "{digest}"')
    print(HEAD + 'SRC_URI += " \\\n' + "\n".join(uris) + '\n"\n\n' + "\n".join(sums))


if __name__ == "__main__":
    main(sys.argv[1:])
