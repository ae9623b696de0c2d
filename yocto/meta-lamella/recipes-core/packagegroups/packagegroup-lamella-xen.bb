# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Lamella: the first domain of Xen"
DESCRIPTION = "What a node needs for the capability \"xen\" of lamella node check, besides the kernel itself."
LICENSE = "Apache-2.0"

# kernel modules and emulators are the machine's
PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit packagegroup features_check
REQUIRED_DISTRO_FEATURES = "lamella xen"

RDEPENDS:${PN} = " \
    xen-tools-xl \
    xen-tools-xenstore \
    e2fsprogs-mke2fs \
    qemu-common \
"
RDEPENDS:${PN}:append:x86-64 = " qemu-system-i386"
RDEPENDS:${PN}:append:aarch64 = " qemu-system-aarch64"

# a module that is built in is no package, so these are wishes
RRECOMMENDS:${PN} = " \
    kernel-module-xen-blkback \
    kernel-module-xen-netback \
    kernel-module-xen-evtchn \
    kernel-module-xenfs \
    kernel-module-xen-gntdev \
    kernel-module-xen-gntalloc \
"
