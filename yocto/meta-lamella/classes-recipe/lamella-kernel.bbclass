# SPDX-License-Identifier: Apache-2.0
# Merges Lamella's fragments into a kernel's configuration, whoever's kernel it is: by kernel-yocto where the recipe
# inherits it, else by the kernel's own merge_config.sh after the recipe has made its .config.

FILESEXTRAPATHS:prepend := "${LAMELLA_LAYERDIR}/recipes-kernel/linux/lamella:"

def lamella_fragments(d):
    """The fragments for LAMELLA_CAPABILITIES and the architecture; none for what is no kernel, as linux-firmware."""
    if not bb.data.inherits_class("kernel", d):
        return []
    kind = {"x86_64": "x86", "aarch64": "arm64"}.get(d.getVar("TARGET_ARCH"))
    folder = os.path.join(d.getVar("LAMELLA_LAYERDIR"), "recipes-kernel", "linux", "lamella")
    names = []
    for capability in (d.getVar("LAMELLA_CAPABILITIES") or "").split():
        found = [n for n in (f"{capability}.cfg", f"{capability}-{kind}.cfg") if os.path.exists(os.path.join(folder, n))]
        if f"{capability}.cfg" not in found:
            bb.fatal(f'LAMELLA_CAPABILITIES names "{capability}", of which there is no fragment: see {folder}')
        names += found
    return names

LAMELLA_FRAGMENTS = "${@' '.join(lamella_fragments(d))}"

SRC_URI:append = "${@''.join(f' file://{n}' for n in lamella_fragments(d))}"

lamella_merge_fragments() {
    for fragment in ${LAMELLA_FRAGMENTS}; do
        ${S}/scripts/kconfig/merge_config.sh -m -O ${B} ${B}/.config ${UNPACKDIR}/$fragment
    done
    oe_runmake -C ${S} O=${B} olddefconfig
}

python () {
    if lamella_fragments(d) and not bb.data.inherits_class("kernel-yocto", d):
        d.appendVarFlag("do_configure", "postfuncs", " lamella_merge_fragments")
}
