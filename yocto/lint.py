"""Looks at the layer as yocto-check-layer and a reviewer would, with neither BitBake nor a network.

usage: lint.py LAYER                 recipes, appends, patches, licenses, documents
       lint.py LAYER --symbols FILE  the fragments' symbols, each of which the file has to list

Prints one line for each fault. Exit code 1 where there is one.
"""

import ast
import pathlib
import re
import sys

SPDX = re.compile(r"SPDX-License-Identifier: Apache-2\.0")
# Of those that openembedded-core has a text of.
LICENSES = {"Apache-2.0", "MIT", "0BSD", "EPL-2.0", "GPL-2.0-with-classpath-exception"}
WITH_SPDX = {".bb", ".bbappend", ".inc", ".bbclass", ".conf", ".cfg", ".yml", ".py"}
STATUS = re.compile(r"^Upstream-Status: (Pending|Submitted|Backport|Denied|Inactive-Upstream|Inappropriate)", re.M)
GLOBALS = ("DISTRO_FEATURES", "IMAGE_INSTALL", "INHERIT", "USER_CLASSES", "PREFERRED_", "MACHINE", "PACKAGECONFIG")


def statements(text):
    """The lines that do something, continued ones joined."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def value(text, name):
    found = re.findall(rf"^{re.escape(name)} \??= \"(.*?)\"", re.sub(r"\\\n\s*", " ", text), re.M | re.S)
    return found[-1].strip() if found else None


def included(path, layer):
    """The text of a recipe with what it requires of this layer."""
    text = path.read_text()
    for name in re.findall(r"^require (\S+)", text, re.M):
        for candidate in (path.parent / name, layer / name):
            if candidate.exists():
                text += included(candidate, layer)
                break
    return text


def recipe(path, layer):
    text = included(path, layer)
    for name in ("SUMMARY", "DESCRIPTION", "LICENSE"):
        if not value(text, name):
            yield f"{name} is missing"
    for name in re.findall(r"^LICENSE\S* = \"(.*)\"", text, re.M):
        for word in re.split(r"[ &|()]+", name):
            if word and word not in LICENSES:
                yield f'LICENSE "{word}" is no SPDX name that is known here'
    made = re.search(r"^inherit .*\b(packagegroup|core-image)\b", text, re.M)
    if not made and "LIC_FILES_CHKSUM" not in text:
        yield "LIC_FILES_CHKSUM is missing"
    if made and not re.search(r"^REQUIRED_DISTRO_FEATURES", text, re.M):
        yield "REQUIRED_DISTRO_FEATURES is missing, so that it would be in every world build"
    yield from sources(text, path, layer)


def sources(text, path, layer):
    uris = " ".join(re.findall(r"^SRC_URI.*? \+?= \"(.*?)\"", re.sub(r"\\\n", " ", text), re.M | re.S))
    for name in re.findall(r";name=([\w.-]+)", uris):
        digest = re.search(rf"^SRC_URI\[{re.escape(name)}\.sha256sum\] = \"([0-9a-f]{{64}})\"$", text, re.M)
        if not digest:
            yield f"SRC_URI has no sha256sum for {name}"
    for uri in re.findall(r"(?:https?://|\$\{MAVEN_CENTRAL\})\S+", uris):
        if ";name=" not in uri:
            yield f"SRC_URI {uri} has no name, so no sha256sum of its own"
    for uri in re.findall(r"git://\S+", uris):
        if not re.search(r"^SRCREV\S* = \"[0-9a-f]{40}\"$", text, re.M):
            yield f"SRCREV of {uri} is no full hash"
    roots = [path.parent / "files", path.parent, layer.parents[1]]
    for name in re.findall(r"file://([^\s;$'\"{}]+)", uris):
        if not any((root / name).exists() for root in roots):
            yield f"SRC_URI file://{name} is nowhere"


def append(text):
    """An append may do nothing but behind the distro feature."""
    for line in statements(text):
        gated = re.search(r"bb\.utils\.contains\('DISTRO_FEATURES', '[^']*\blamella\b", line)
        if not gated and not line.startswith("FILESEXTRAPATHS:prepend := "):
            yield f"not behind the distro feature lamella: {line}"


def layer_conf(text):
    for name in ("BBFILE_COLLECTIONS", "BBFILE_PATTERN_lamella", "BBFILE_PRIORITY_lamella", "LAYERVERSION_lamella",
                 "LAYERSERIES_COMPAT_lamella", "LAYERDEPENDS_lamella"):
        if not re.search(rf"^{name} ", text, re.M):
            yield f"{name} is missing"
    for line in statements(text):
        if line.startswith(GLOBALS):
            yield f"adding the layer would change builds: {line}"


def kas(text):
    if not text.startswith("#") or "\nheader:\n  version: " not in text:
        yield "no header"
    if "\t" in text:
        yield "a tab, which YAML does not allow"
    if len(re.findall(r"^    url: ", text, re.M)) != len(re.findall(r"^    commit: [0-9a-f]{40}$", text, re.M)):
        yield "a repository without a full commit"


def faults(layer):
    readme, security = layer / "README.md", layer / "SECURITY.md"
    for path, words in ((readme, ("maintainer", "patch", "@")), (security, ("report",)), (layer / "MAINTAINERS", ("M:",))):
        text = path.read_text() if path.exists() else ""
        for word in words:
            if word.lower() not in text.lower():
                yield path, f'says nothing of "{word}"'
    for path in sorted(p for p in layer.rglob("*") if p.is_file()):
        name, suffix = path.relative_to(layer), path.suffix
        if suffix in WITH_SPDX and not SPDX.search(path.read_text()):
            yield name, "SPDX-License-Identifier is missing"
        if suffix == ".patch" and not STATUS.search(path.read_text()):
            yield name, "Upstream-Status is missing"
        if suffix == ".py":
            ast.parse(path.read_text(), filename=str(path))
        checks = {".bb": lambda t, p=path: recipe(p, layer), ".bbappend": append, ".yml": kas}.get(suffix)
        if path == layer / "conf" / "layer.conf":
            checks = layer_conf
        for fault in checks(path.read_text()) if checks else ():
            yield name, fault


def unknown_symbols(layer, listed):
    known = set(pathlib.Path(listed).read_text().split())
    fragments = sorted((layer / "recipes-kernel").rglob("*.cfg"))
    if len(known) < 10000 or not fragments:
        yield listed, f"{len(known)} symbols and {len(fragments)} fragments: too few to be what they should be"
    for path in fragments:
        for symbol in re.findall(r"^CONFIG_(\w+)=", path.read_text(), re.M):
            if symbol not in known:
                yield path.relative_to(layer), f"CONFIG_{symbol} is in no Kconfig of the kernel"


def main(layer, *options):
    layer = pathlib.Path(layer).resolve()
    found = unknown_symbols(layer, options[1]) if options[:1] == ("--symbols",) else faults(layer)
    code = 0
    for where, fault in found:
        print(f"{where}: {fault}")
        code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
