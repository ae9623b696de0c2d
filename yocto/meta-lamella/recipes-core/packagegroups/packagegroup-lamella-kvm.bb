# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Lamella: virtual machines of QEMU and KVM"
DESCRIPTION = "What a node needs for the capability \"kvm\" of lamella node check, besides the kernel itself."
LICENSE = "Apache-2.0"

# kernel modules and emulators are the machine's
PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit packagegroup features_check
REQUIRED_DISTRO_FEATURES = "lamella kvm"

RDEPENDS:${PN} = " \
    qemu-common \
    e2fsprogs-mke2fs \
"
RDEPENDS:${PN}:append:x86-64 = " qemu-system-x86-64"
RDEPENDS:${PN}:append:aarch64 = " qemu-system-aarch64"

# a module that is built in is no package, so these are wishes
RRECOMMENDS:${PN} = " \
    e2fsprogs \
    rsync \
    kernel-module-kvm \
    kernel-module-tun \
    kernel-module-vhost-net \
    kernel-module-fuse \
    kernel-module-virtio-pci \
    kernel-module-virtio-blk \
    kernel-module-virtio-net \
    kernel-module-virtio-console \
    kernel-module-ext4 \
"
RRECOMMENDS:${PN}:append:x86-64 = " kernel-module-kvm-intel kernel-module-kvm-amd "
