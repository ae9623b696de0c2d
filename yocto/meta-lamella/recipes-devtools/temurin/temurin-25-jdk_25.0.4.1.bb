# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Eclipse Temurin, a prebuilt Java Development Kit 25"
DESCRIPTION = "OpenJDK 25 as the Adoptium project builds it, for building Java programs and linking runtimes for them."
HOMEPAGE = "https://adoptium.net"
SECTION = "devel"
LICENSE = "GPL-2.0-with-classpath-exception"
LIC_FILES_CHKSUM = "file://${TEMURIN_LICENSE_FILE}"

require temurin-25.inc

SRC_URI = "${@temurin_uri(d.getVar('HOST_ARCH'), d)}"
S = "${UNPACKDIR}"

inherit linuxloader

DEPENDS:append:class-target = " patchelf-native"

JDK_DIR = "${libdir}/jvm/temurin-25-jdk"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -d ${D}${JDK_DIR}
    cp -R --no-preserve=ownership ${S}/${TEMURIN_DIR}/. ${D}${JDK_DIR}/
}

# Built for distributions that have the loader in /lib64.
do_install:append:class-target() {
    for program in ${D}${JDK_DIR}/bin/* ${D}${JDK_DIR}/lib/jspawnhelper ${D}${JDK_DIR}/lib/jexec; do
        if patchelf --print-interpreter $program >/dev/null 2>&1; then
            patchelf --set-interpreter ${@get_linuxloader(d)} $program
        fi
    done
}

# Nobody else is to find its private libraries, and its programs are stripped already.
EXCLUDE_FROM_SHLIBS = "1"
INHIBIT_SYSROOT_STRIP = "1"
INHIBIT_PACKAGE_DEBUG_SPLIT = "1"
INSANE_SKIP:${PN} = "already-stripped ldflags file-rdeps libdir"

FILES:${PN} = "${JDK_DIR}"
FILES:${PN}-dev = ""
FILES:${PN}-staticdev = ""
RDEPENDS:${PN}:class-target = "libgcc libstdc++ zlib"

BBCLASSEXTEND = "native"
