"""Breaks a copy of the layer in every way that lint.py is there for, and expects it to say so."""

import pathlib
import shutil
import tempfile
import unittest

import lint

LAYER = pathlib.Path(__file__).resolve().parent / "meta-lamella"
LAMELLA = "recipes-lamella/lamella/lamella_0.1.0.bb"
KERNEL = "recipes-kernel/linux/linux-%.bbappend"


class LintTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.layer = self.root / "yocto" / "meta-lamella"
        shutil.copytree(LAYER, self.layer)
        # what recipes take from the checkout is there, though empty
        for room in (*LAYER.parents[1].glob("*/src/main"), LAYER.parents[1] / "packaging/debian"):
            (self.root / room.relative_to(LAYER.parents[1])).mkdir(parents=True)
        (self.root / "LICENSE").touch()

    def edit(self, name, old, new):
        path = self.layer / name
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))

    def faults(self):
        return [f"{where}: {fault}" for where, fault in lint.faults(self.layer)]

    def broken(self, name, old, new, fault):
        self.edit(name, old, new)
        self.assertTrue(any(fault in f for f in self.faults()), self.faults())

    def test_the_layer_as_it_is(self):
        self.assertEqual(self.faults(), [])

    def test_fields(self):
        self.broken(LAMELLA, "DESCRIPTION", "DESCRIBED", "DESCRIPTION is missing")
        self.broken(LAMELLA, "MIT", "GPLv2", '"GPLv2" is no SPDX name')
        self.broken(LAMELLA, "LIC_FILES_CHKSUM", "LIC", "LIC_FILES_CHKSUM is missing")
        self.broken(LAMELLA, "# SPDX", "# ", "SPDX-License-Identifier is missing")

    def test_sources(self):
        self.broken(LAMELLA, "file://run-ptest", "file://run-test", "file://run-test is nowhere")
        jars = "recipes-lamella/lamella/lamella-jars.inc"
        self.broken(jars, "SRC_URI[xz.sha256sum]", "SRC_URI[zx.sha256sum]", "no sha256sum for xz")
        self.broken(jars, ";name=slf4j-api", "", "has no name")
        self.broken(LAMELLA, "file://LICENSE \\", "git://example.org/a \\", "no full hash")

    def test_appends(self):
        self.broken(KERNEL, "'lamella', 'lamella-kernel'", "'virtualization', 'lamella-kernel'", "not behind")
        self.broken(KERNEL, "inherit_defer", 'SRC_URI += "file://a.cfg"\ninherit_defer', "not behind")

    def test_layer_conf(self):
        self.broken("conf/layer.conf", "LAYERSERIES_COMPAT", "COMPAT", "LAYERSERIES_COMPAT_lamella is missing")
        self.broken("conf/layer.conf", "addpylib", 'DISTRO_FEATURES:append = " kvm"\naddpylib', "would change builds")

    def test_worlds(self):
        group = "recipes-core/packagegroups/packagegroup-lamella-lxc.bb"
        self.broken(group, "REQUIRED_DISTRO_FEATURES", "WANTED", "REQUIRED_DISTRO_FEATURES is missing")

    def test_patches(self):
        patch = self.layer / "recipes-core" / "busybox" / "files" / "a.patch"
        patch.write_text("Upstream-Status: Maybe\n")
        self.assertTrue(any("Upstream-Status" in f for f in self.faults()))
        patch.write_text("Upstream-Status: Pending\n")
        self.assertEqual(self.faults(), [])

    def test_documents(self):
        self.broken("README.md", "@", " at ", 'nothing of "@"')
        (self.layer / "SECURITY.md").unlink()
        self.assertTrue(any("SECURITY.md" in f for f in self.faults()))

    def test_kas(self):
        self.broken("kas/base.yml", "    commit: ", "    commit: f", "without a full commit")

    def test_symbols(self):
        symbols = self.root / "symbols"
        symbols.write_text("".join(f"S{n}\n" for n in range(20000)))
        self.assertTrue(any("CONFIG_USER_NS is in no" in f for _, f in lint.unknown_symbols(self.layer, symbols)))
        symbols.write_text("USER_NS\n")
        self.assertTrue(any("too few" in f for _, f in lint.unknown_symbols(self.layer, symbols)))


if __name__ == "__main__":
    unittest.main()
