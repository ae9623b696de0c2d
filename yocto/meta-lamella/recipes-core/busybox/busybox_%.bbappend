# SPDX-License-Identifier: Apache-2.0
# Virtual machines' first program is the node's busybox, copied without any library.
FILESEXTRAPATHS:prepend := "${THISDIR}/files:"
SRC_URI:append = "${@' file://lamella-guest.cfg' if bb.utils.contains('DISTRO_FEATURES', 'lamella kvm', True, False, d) and not bb.data.inherits_class('native', d) else ''}"
