# SPDX-License-Identifier: Apache-2.0
inherit_defer ${@bb.utils.contains('DISTRO_FEATURES', 'lamella', 'lamella-kernel', '', d)}
