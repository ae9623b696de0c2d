# SPDX-License-Identifier: Apache-2.0
SUMMARY = "A node of Lamella with all that LAMELLA_CAPABILITIES names"
DESCRIPTION = "lamella-image-minimal and the package groups of the capabilities that the build is configured for."

require lamella-image.inc

# isolation and realtime are the kernel's alone; xen boots otherwise and has an image of its own
LAMELLA_GROUPS = "${@' '.join(f'packagegroup-lamella-{c}' for c in ('lxc', 'kvm', 'network', 'checkpoint', 'bench') if c in (d.getVar('LAMELLA_CAPABILITIES') or '').split())}"
IMAGE_INSTALL += "${LAMELLA_GROUPS} lamella-bash-completion"
