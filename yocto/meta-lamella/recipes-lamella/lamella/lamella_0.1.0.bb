# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Partitions a Linux node into isolated slices of instances and networks"
DESCRIPTION = "Lamella cuts a Linux machine into isolated slices, one a tenant: CPU cores, memory, instances (containers \
and virtual machines) and networks. One daemon, one command, one REST API, with a Java runtime of their own."
SECTION = "admin"
LICENSE = "Apache-2.0 & MIT & 0BSD & GPL-2.0-with-classpath-exception"
LICENSE:${PN} = "Apache-2.0 & MIT & 0BSD"
LICENSE:${PN}-runtime = "GPL-2.0-with-classpath-exception"
LICENSE:${PN}-ptest = "Apache-2.0"
LIC_FILES_CHKSUM = " \
    file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57 \
    file://${TEMURIN_LICENSE_FILE} \
"

require recipes-devtools/temurin/temurin-25.inc

# The checkout that this layer is part of is the source.
FILESEXTRAPATHS:prepend := "${THISDIR}/files:${LAMELLA_SOURCE}:"
LAMELLA_ROOMS = "model linux ovsdb openflow flowspace store compute image isolation guest backend-lxc backend-kvm backend-xen \
    network api daemon cli"
SRC_URI = " \
    file://LICENSE \
    file://packaging/debian \
    ${@' '.join(f'file://{room}/src/main' for room in d.getVar('LAMELLA_ROOMS').split())} \
    file://build-lamella \
    file://lamella-aot.service \
    file://openvswitch.conf \
    file://run-ptest \
    ${@temurin_uri(d.getVar('TARGET_ARCH'), d)} \
"
require lamella-jars.inc
S = "${UNPACKDIR}"

# The JDK that javac, jar and jdeps run from; jlink is that of the archive for the target, as it is: a JDK without
# jmods links from its own files, and only from unchanged ones, which a sysroot's no longer are.
DEPENDS = "temurin-25-jdk-native qemu-native patchelf-native zlib"

inherit features_check linuxloader ptest qemu systemd useradd
REQUIRED_DISTRO_FEATURES = "lamella systemd"

python () {
    if not d.getVar("MAVEN_CENTRAL"):
        raise bb.parse.SkipRecipe("MAVEN_CENTRAL is not set: it must be the address of a Maven repository, see README.md")
}

LAMELLA_HOME = "${nonarch_libdir}/lamella"
LAMELLA_AOT = "${localstatedir}/cache/lamella-aot/${PV}"
LAMELLA_JLINK = "${S}/${TEMURIN_DIR}/bin/jlink"
# Foreign, it runs in QEMU's user mode.
LAMELLA_RUN = "${@'' if d.getVar('BUILD_ARCH') == d.getVar('TARGET_ARCH') else qemu_wrapper_cmdline(d, d.getVar('STAGING_DIR_TARGET'), [d.expand('${STAGING_DIR_TARGET}${libdir}'), d.expand('${STAGING_DIR_TARGET}${base_libdir}')])}"

do_configure[noexec] = "1"

do_compile() {
    SOURCE=${S} JARS=${S}/jars JDK=${STAGING_LIBDIR_NATIVE}/jvm/temurin-25-jdk \
        JLINK="${LAMELLA_RUN}${LAMELLA_JLINK}" MACHINE=${TARGET_ARCH} OUT=${B}/out HOME_DIR=${LAMELLA_HOME} \
        AOT_DIR=${LAMELLA_AOT} EPOCH=${SOURCE_DATE_EPOCH} ${S}/build-lamella
}

do_install() {
    install -d ${D}${LAMELLA_HOME} ${D}${bindir} ${D}${sbindir}
    cp -R --no-preserve=ownership ${B}/out/lib ${B}/out/runtime ${D}${LAMELLA_HOME}/
    install -m 0755 ${B}/out/lamella ${D}${bindir}/lamella
    install -m 0755 ${B}/out/lamellad ${D}${sbindir}/lamellad

    # Temurin is built for distributions that have the loader in /lib64.
    for program in ${D}${LAMELLA_HOME}/runtime/bin/* ${D}${LAMELLA_HOME}/runtime/lib/jspawnhelper; do
        if patchelf --print-interpreter $program >/dev/null 2>&1; then
            patchelf --set-interpreter ${@get_linuxloader(d)} $program
        fi
    done

    install -d ${D}${systemd_system_unitdir}/lamella.service.d
    install -m 0644 ${S}/packaging/debian/lamella.service ${S}/lamella-aot.service ${D}${systemd_system_unitdir}/
    install -m 0644 ${S}/openvswitch.conf ${D}${systemd_system_unitdir}/lamella.service.d/
    sed -i -e 's|@AOT@|${LAMELLA_AOT}|g' -e 's|@BINDIR@|${bindir}|g' ${D}${systemd_system_unitdir}/lamella-aot.service

    install -d ${D}${sysconfdir}/lamella ${D}${mandir}/man1 ${D}${mandir}/man8
    install -m 0644 ${S}/packaging/debian/lamella.yaml.example ${D}${sysconfdir}/lamella/
    install -m 0644 ${B}/out/share/man ${D}${mandir}/man1/lamella.1
    install -m 0644 ${S}/packaging/debian/lamellad.8 ${D}${mandir}/man8/
    install -D -m 0644 ${B}/out/share/completion-bash ${D}${datadir}/bash-completion/completions/lamella
}

PACKAGE_BEFORE_PN = "${PN}-runtime ${PN}-bash-completion"

SYSTEMD_SERVICE:${PN} = "lamella.service lamella-aot.service"
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system lamella"

FILES:${PN} = "${bindir} ${sbindir} ${LAMELLA_HOME}/lib ${sysconfdir}/lamella ${systemd_system_unitdir}"
FILES:${PN}-runtime = "${LAMELLA_HOME}/runtime"
FILES:${PN}-bash-completion = "${datadir}/bash-completion"
FILES:${PN}-dev = ""
FILES:${PN}-staticdev = ""

# The runtime's private libraries are nobody else's, and stripped already.
EXCLUDE_FROM_SHLIBS = "1"
INHIBIT_PACKAGE_DEBUG_SPLIT = "1"
INSANE_SKIP:${PN} = "already-stripped ldflags file-rdeps"
INSANE_SKIP:${PN}-runtime = "already-stripped ldflags file-rdeps libdir"

RDEPENDS:${PN} = "${PN}-runtime packagegroup-lamella-lxc packagegroup-lamella-network ca-certificates"
RDEPENDS:${PN}-runtime = "libgcc libstdc++ zlib"
RDEPENDS:${PN}-ptest = "${PN}"
RRECOMMENDS:${PN} = "busybox rsync"
