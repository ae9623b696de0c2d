# The base: one Debian 13 user space with every target's packages, as one ext4 image. It is the disk below every
# machine, where QEMU itself runs, and the target userland13. Sourced after setup.sh; $root is the checkout.
# shellcheck shell=bash
: "${root:?}"

readonly SUITE=trixie
# Has the key to the machines, so it is root's alone.
readonly LAB_CACHE=${XDG_CACHE_HOME:-/var/cache}/lamella-lab
# All of the cache stays below this; what was unused for longest goes first.
readonly LAB_CACHE_MB=4500
# Free space that making the base takes, and a saved state.
readonly BASE_FREE_MB=8000 STATE_FREE_MB=2000

# What machines are made of, what runs instances in them, what tests use.
readonly BASE_PACKAGES=(
    systemd systemd-sysv udev dbus kmod procps iproute2 initramfs-tools zstd openssh-server
    linux-image-cloud-amd64 linux-image-amd64 linux-image-rt-amd64
    xen-hypervisor-4.20-amd64 xen-utils-4.20 xenstore-utils qemu-system-xen
    qemu-system-x86 qemu-utils ovmf lxc openvswitch-switch criu busybox-static mmdebstrap
    stress-ng rt-tests rtla iperf3 iputils-ping arping tcpdump ethtool e2fsprogs cpio python3-minimal
)

# Nobody reads manuals or plays sound in a lab, and half of a kernel package is drivers of that kind.
readonly BASE_WITHOUT=(
    '/usr/share/locale/*' '/usr/share/doc/*' '/usr/lib/modules/*/kernel/sound/*'
    '/usr/lib/modules/*/kernel/drivers/'{gpu,media,infiniband,usb,iio,hwmon,staging,mtd,isdn,leds,mmc,firewire}'/*'
    '/usr/lib/modules/*/kernel/drivers/net/'{ethernet,wireless,can,dsa,usb,phy}'/*'
    '/usr/lib/modules/*/kernel/fs/'{ocfs2,gfs2,ceph,smb,nfs,nfsd,jfs,reiserfs,ubifs}'/*'
)

# Where this machine cannot do it: one sentence, exit code 77.
cannot() {
    say "$*"
    exit 77
}

# What the package under test depends on and recommends, but for what every Debian has, one a line.
package_dependencies() {
    sed -n -E 's/^(Depends|Recommends): //p' "$root/packaging/debian/control.in" | tr , '\n' |
        sed -E 's/\([^)]*\)|\|.*//g; s/ //g' | grep -vE '^(libc6|)$' | LC_ALL=C sort -u
}

base_packages() {
    { printf '%s\n' "${BASE_PACKAGES[@]}" && package_dependencies; } | LC_ALL=C sort -u | paste -sd,
}

base_key() {
    { base_packages && printf '%s\n' "${BASE_WITHOUT[@]}" && cat "$root"/lab/base/*; } | sha256sum | cut -c1-16
}

# Sets $base to the directory of the base, made where it is absent or damaged. Holds the cache for reading from then
# on: it is written, and pruned, only while nobody reads it.
need_base() {
    base=$LAB_CACHE/base-$(base_key)
    hold_cache --shared
    if ! is_whole "$base"; then
        hold_cache --exclusive
        is_whole "$base" || make_base
        hold_cache --shared
        is_whole "$base" || die "the cache $LAB_CACHE changed at the same time: try again"
    fi
    touch "$base"
}

hold_cache() {
    exec 9>>"$LAB_CACHE/lock"
    if ! flock "$1" --nonblock 9; then
        say "waiting for another run that uses $LAB_CACHE"
        flock "$1" 9
    fi
}

# Whether directory $1 holds what was sealed there.
is_whole() {
    [[ -s $1/seal ]] || return 1
    sums "$1" 2>/dev/null | cmp -s - "$1/seal" && return
    say "what is cached in $1 is damaged and is made again"
    return 1
}

seal() {
    sums "$1" >"$1.seal"
    mv "$1.seal" "$1/seal"
}

# CRC-32 of every file of directory $1 itself: found by processor instructions, so gigabytes take a second.
sums() {
    (cd "$1" && find . -maxdepth 2 -type f ! -name seal ! -path './states/*' -print0 | LC_ALL=C sort -z | xargs -0r cksum)
}

make_base() {
    local uri tree
    need_space "$BASE_FREE_MB"
    uri=$(debian_mirror)
    [[ -n $uri ]] || cannot 'no Debian mirror in the package sources of this machine'
    need_packages mmdebstrap e2fsprogs openssh-client
    rm -rf "$base" "$base.part"
    mkdir -p "$base.part/boot"
    tree=$work/tree
    say "making the lab's Debian $SUITE from $uri; this takes minutes, once"
    ssh-keygen -q -t ed25519 -N '' -C lamella-lab -f "$base.part/key"
    attend mmdebstrap --quiet --mode=root --variant=minbase --include="$(base_packages)" --aptopt='Acquire::Retries "3"' \
        "${BASE_WITHOUT[@]/#/--dpkgopt=path-exclude=}" \
        --essential-hook="'$root/lab/base/before' \"\$1\"" \
        --customize-hook="'$root/lab/base/after' \"\$1\" '$base.part/key.pub'" \
        "$SUITE" "$tree" "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $SUITE main" \
        >"$work/base.log" 2>&1 </dev/null || {
        tail -n 30 "$work/base.log" >&2
        die "the lab's Debian could not be made; the last messages are above"
    }
    printf 'lamella-lab %s\n' "$(cut -d' ' -f1,2 "$tree/etc/ssh/ssh_host_ed25519_key.pub")" >"$base.part/known_hosts"
    copy_kernels "$tree" "$base.part/boot"
    make_disk "$tree" "$base.part/base.img"
    rm -rf --one-file-system "$tree"
    seal "$base.part"
    mv "$base.part" "$base"
    say "the lab's Debian is made: $(du -sm "$base" | cut -f1) MB"
    prune_cache
}

copy_kernels() {
    local tree=$1 to=$2 kind kernel
    for kind in cloud-amd64 rt-amd64 amd64; do
        # The plain kernel's name ends like those of the others.
        kernel=$(find "$tree/boot" -name "vmlinuz-*-$kind" -o -name "vmlinuz-*[0-9]-$kind" | grep -E "deb13(u[0-9]+)?-$kind\$")
        cp "$kernel" "$to/$kind.kernel"
        cp "${kernel/vmlinuz-/initrd.img-}" "$to/$kind.initrd"
    done
    # QEMU takes the hypervisor as the ELF file that it is.
    gzip -dc "$tree"/boot/xen-4.*-amd64.gz >"$to/xen"
}

# As small as it can be: machines grow the file system on their overlay when they boot.
make_disk() {
    truncate -s 6G "$2"
    mkfs.ext4 -q -L lamella-lab -d "$1" "$2"
    resize2fs -M "$2" >/dev/null 2>&1
}

need_space() {
    local free
    free=$(df -m --output=avail "$LAB_CACHE" | tail -n 1)
    ((free >= $1)) || cannot "the lab needs $1 MB below $LAB_CACHE, and only $((free)) MB are free"
}

# Removes what was unused for longest while all of it is too much, and what an aborted run left. Only under the
# exclusive hold.
prune_cache() {
    local old
    find "$LAB_CACHE" -mindepth 1 -maxdepth 3 -name '*.part' -exec rm -rf --one-file-system {} +
    while read -r old && (($(du -sm "$LAB_CACHE" | cut -f1) > LAB_CACHE_MB)); do
        say "removing $old from the cache"
        rm -rf --one-file-system "$old"
    done < <(find "$LAB_CACHE"/base-* -maxdepth 2 -type d \( -name 'base-*' -o -path '*/states/*' \) ! -path "$base" \
        ! -path "${state:-none}" -printf '%T@ %p\n' | sort -n | cut -d' ' -f2-)
}
