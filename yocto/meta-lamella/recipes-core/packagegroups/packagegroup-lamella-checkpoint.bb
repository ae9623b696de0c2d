# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Lamella: checkpoints of running instances"
DESCRIPTION = "What a node needs for the capability \"checkpoint\" of lamella node check, besides the kernel itself."
LICENSE = "Apache-2.0"

# kernel modules and emulators are the machine's
PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit packagegroup features_check
REQUIRED_DISTRO_FEATURES = "lamella"

RDEPENDS:${PN} = " \
    criu \
"

# a module that is built in is no package, so these are wishes
RRECOMMENDS:${PN} = " \
    kernel-module-unix-diag \
    kernel-module-inet-diag \
    kernel-module-tcp-diag \
    kernel-module-udp-diag \
    kernel-module-af-packet-diag \
    kernel-module-netlink-diag \
"
