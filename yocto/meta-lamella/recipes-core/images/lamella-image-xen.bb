# SPDX-License-Identifier: Apache-2.0
require lamella-image.inc
# How a machine boots Xen is what meta-virtualization's own image knows.
require recipes-extended/images/xen-image-minimal.bb

SUMMARY = "A node of Lamella that is the first domain of Xen"
DESCRIPTION = "lamella-image-minimal with Xen, its tools and a disk that starts it."
LICENSE = "Apache-2.0"
REQUIRED_DISTRO_FEATURES += "xen"

IMAGE_INSTALL += "packagegroup-lamella-xen"

# The disk with two root partitions starts no hypervisor.
WKS_FILE:genericx86-64 = "directdisk-xen.wks"
