# What the root scripts need on the machine: a JDK, Maven, Debian packages. Sourced, not run.
# Everything is said on standard error; standard output belongs to the command that was asked for.
# shellcheck shell=bash

readonly JAVA_WANTED=25

# What the node needs at run time, and what its tests need on top.
# shellcheck disable=SC2034 # used by the scripts that source this one
RUNTIME_PACKAGES=(lxc uidmap openvswitch-switch busybox-static mmdebstrap iproute2 xz-utils ca-certificates)
# A kernel with AppArmor starts no container without it.
[[ ! -d /sys/kernel/security/apparmor ]] || RUNTIME_PACKAGES+=(apparmor)
readonly RUNTIME_PACKAGES
# shellcheck disable=SC2034
readonly TEST_PACKAGES=(tcpdump arping iputils-ping ethtool shellcheck python3 openssl tar procps binutils
    qemu-system-x86 qemu-utils e2fsprogs fuse2fs rsync python3-os-ken
    ovmf fdisk dosfstools mtools syslinux syslinux-common systemd-boot-efi qemu-guest-agent cpio)

apt_lists_fresh=false

say() {
    printf 'lamella: %s\n' "$*" >&2
}

die() {
    say "$*"
    exit 1
}

require_root() {
    [[ $EUID -eq 0 ]] || die "$1 needs root: run it again with sudo"
}

# The major version of the JDK in directory $1; fails where there is no complete one.
jdk_version() {
    local line
    [[ -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] || return 1
    while read -r line; do
        if [[ $line =~ ^JAVA_VERSION=\"([0-9]+) ]]; then
            printf '%s\n' "${BASH_REMATCH[1]}"
            return
        fi
    done <"$1/release"
    return 1
}

# Prints the JDK to use: JAVA_HOME where it is new enough, else of those installed the oldest that is.
installed_jdk() {
    local home version best='' best_version=1000
    if version=$(jdk_version "${JAVA_HOME:-/nonexistent}") && ((version >= JAVA_WANTED)); then
        printf '%s\n' "$JAVA_HOME"
        return
    fi
    local candidates=(/usr/lib/jvm/*)
    if command -v java >/dev/null; then
        home=$(readlink -f -- "$(command -v java)")
        candidates+=("${home%/bin/java}")
    fi
    for home in "${candidates[@]}"; do
        if version=$(jdk_version "$home") && ((version >= JAVA_WANTED && version < best_version)); then
            best=$home best_version=$version
        fi
    done
    [[ -n $best ]] && printf '%s\n' "$best"
}

# Whether apt could install package $1.
apt_offers() {
    local candidate
    candidate=$(apt-cache policy "$1" 2>/dev/null | awk '/Candidate:/ { print $2 }')
    [[ -n $candidate && $candidate != '(none)' ]]
}

# Brings the package lists up to date, once a run. A foreign source that fails does not matter if Debian's answers.
apt_update() {
    $apt_lists_fresh && return
    say 'updating the package lists'
    apt-get update -q >&2 || say 'some package lists could not be updated; going on with what there is'
    apt_lists_fresh=true
}

# Installs what is missing of the Debian packages named.
need_packages() {
    local package missing=() unknown=false
    command -v apt-get >/dev/null || die 'apt-get is missing: this set-up knows Debian 12 and 13 only'
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    if [[ $EUID -ne 0 ]]; then
        die "Debian packages are missing; install them with: sudo apt-get install --no-install-recommends ${missing[*]}"
    fi
    say "installing the Debian packages ${missing[*]}"
    for package in "${missing[@]}"; do
        apt_offers "$package" || unknown=true
    done
    if $unknown; then
        apt_update
    fi
    # A list that is older than the mirror names versions that are gone: refresh it and try once more.
    apt_install "${missing[@]}" || { apt_update && apt_install "${missing[@]}"; } ||
        die "apt-get could not install ${missing[*]}; its messages are above"
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2 </dev/null
}

# Prints the Debian mirror of the machine's own package sources; nothing where there is none.
debian_mirror() {
    # shellcheck disable=SC2016 # apt's variables
    apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" && $3 == "main" && $2 !~ /security|updates|backports/ && !found { found = 1; print $4 }'
}

# Sets JAVA_HOME to a JDK that is new enough, installing Debian's where Debian has it.
need_jdk() {
    local package=openjdk-$JAVA_WANTED-jdk-headless
    if ! JAVA_HOME=$(installed_jdk); then
        apt_offers "$package" || { [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null && apt_update; } || true
        apt_offers "$package" || die "a JDK $JAVA_WANTED is missing and this system's package sources have none:" \
            "install one (such as Eclipse Temurin $JAVA_WANTED from https://adoptium.net) below /usr/lib/jvm," \
            'or set JAVA_HOME to one'
        need_packages "$package"
        JAVA_HOME=$(installed_jdk) || die "$package is installed, but no JDK $JAVA_WANTED is found below /usr/lib/jvm"
    fi
    export JAVA_HOME
}

need_maven() {
    command -v mvn >/dev/null || need_packages maven
}
