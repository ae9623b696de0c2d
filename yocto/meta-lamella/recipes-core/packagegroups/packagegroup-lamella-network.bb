# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Lamella: networks on Open vSwitch"
DESCRIPTION = "What a node needs for the capability \"network\" of lamella node check, besides the kernel itself."
LICENSE = "Apache-2.0"

# kernel modules and emulators are the machine's
PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit packagegroup features_check
REQUIRED_DISTRO_FEATURES = "lamella"

RDEPENDS:${PN} = " \
    openvswitch \
    openvswitch-switch \
    iproute2 \
"

# a module that is built in is no package, so these are wishes
RRECOMMENDS:${PN} = " \
    kernel-module-af-packet \
    kernel-module-veth \
    kernel-module-tun \
    kernel-module-nf-conntrack \
    kernel-module-openvswitch \
"
