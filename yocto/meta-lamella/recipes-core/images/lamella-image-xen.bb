# SPDX-License-Identifier: Apache-2.0
SUMMARY = "A node of Lamella that is the first domain of Xen"
DESCRIPTION = "lamella-image-minimal and Xen's tools; the hypervisor is deployed beside the image."

require lamella-image.inc
REQUIRED_DISTRO_FEATURES += "xen"

IMAGE_INSTALL += "packagegroup-lamella-xen"

# Xen and dom0's kernel are what the boot loader starts, not a part of the root file system.
do_build[depends] += "xen:do_deploy"
