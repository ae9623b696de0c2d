# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Lamella: containers"
DESCRIPTION = "What a node needs for the capability \"lxc\" of lamella node check, besides the kernel itself."
LICENSE = "Apache-2.0"

# kernel modules and emulators are the machine's
PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit packagegroup features_check
REQUIRED_DISTRO_FEATURES = "lamella"

RDEPENDS:${PN} = " \
    lxc \
    iproute2 \
    util-linux-setpriv \
"

# a module that is built in is no package, so these are wishes
RRECOMMENDS:${PN} = " \
    kernel-module-overlay \
    kernel-module-veth \
    kernel-module-configs \
"
