# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Lamella: measuring latency and throughput"
DESCRIPTION = "What a node needs for the capability \"bench\" of lamella node check, besides the kernel itself."
LICENSE = "Apache-2.0"

inherit packagegroup features_check
REQUIRED_DISTRO_FEATURES = "lamella"

RDEPENDS:${PN} = " \
    rt-tests \
    stress-ng \
    iperf3 \
    fio \
"
