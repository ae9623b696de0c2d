#!/bin/bash
# Makes a bootable disk: boot-disk.sh OUT bios|uefi KERNEL [PROGRAM]
#
# Its kernel boots into a busybox that finds the volume "cidata", sets its interface up as the volume says, runs the
# user data where that is a script, and says so on the serial console. It counts its boots on the disk.
# PROGRAM is qemu-ga, which then runs in it.
set -euo pipefail
out=$1 firmware=$2 kernel=$3 agent=${4:-}
release=${kernel##*/vmlinuz-}
modules=$(dirname "$kernel")/../lib/modules/$release/kernel
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

root=$work/root
mkdir -p "$root"/{bin,sbin,etc,proc,sys,dev,run,mnt,tmp,modules}
cp "$(command -v busybox)" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
for name in virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk failover net_failover \
    virtio_net virtio_console fat vfat nls_cp437 nls_ascii nls_utf8 nls_iso8859-1; do
    file=$(find "$modules" -name "$name.ko*" | head -n 1)
    if [[ -n $file ]]; then
        cp "$file" "$root/modules/"
        echo "${file##*/}" >>"$root/modules/order"
    fi
done
if [[ -n $agent ]]; then
    for file in "$agent" $(ldd "$agent" | grep -o '/[^ ]*'); do
        install -D "$file" "$root/$file"
    done
fi
cat >"$root/init" <<'INIT'
#!/bin/sh
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs devtmpfs /dev
mkdir -p /var/run /dev/virtio-ports
while read -r module; do insmod "/modules/$module"; done < /modules/order
sleep 1
[ -d /sys/firmware/efi ] && echo "firmware uefi" || echo "firmware bios"
for device in /dev/vd?; do
    [ "$device" = /dev/vda ] || mount -t vfat -o ro "$device" /mnt 2>/dev/null
done
[ -e /mnt/meta-data ] || echo "no cidata"
sed 's/^/meta-data: /' /mnt/meta-data
mac=$(sed -n 's/.*macaddress: *"\(.*\)".*/\1/p' /mnt/network-config | head -n 1)
address=$(sed -n 's/.*addresses: *\["\(.*\)"\].*/\1/p' /mnt/network-config | head -n 1)
for card in /sys/class/net/*; do
    if [ "$(cat "$card/address")" = "$mac" ]; then
        ip address add "$address" dev "${card##*/}" && ip link set "${card##*/}" up && echo "network up $address"
    fi
done
hostname "$(sed -n 's/^local-hostname: *//p' /mnt/meta-data)"
[ -e /mnt/user-data ] && case $(head -c 2 /mnt/user-data) in '#!') sh /mnt/user-data;; esac
for port in /sys/class/virtio-ports/*; do
    [ "$(cat "$port/name")" = org.qemu.guest_agent.0 ] && ln -s "/dev/${port##*/}" /dev/virtio-ports/org.qemu.guest_agent.0
done
[ -x /usr/sbin/qemu-ga ] && /usr/sbin/qemu-ga -d -m virtio-serial -p /dev/virtio-ports/org.qemu.guest_agent.0
boots=$(dd if=/dev/vda bs=512 skip=40 count=1 2>/dev/null | tr -dc 1)
echo "boots so far: ${#boots}"
printf '%s1' "$boots" | dd of=/dev/vda bs=512 seek=40 conv=notrunc,fsync 2>/dev/null
echo "test disk is up"
exec setsid sh -c 'exec sh </dev/ttyS0 >/dev/ttyS0 2>&1'
INIT
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initrd.gz"

disk=$work/disk
truncate -s 64M "$disk"
words='console=ttyS0 quiet panic=-1 net.ifnames=0'
type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
printf 'label: gpt\nstart=2048, size=122880, type=%s, attrs=LegacyBIOSBootable\n' "$type" | sfdisk -q "$disk"
at=1048576
mkfs.vfat --offset 2048 "$disk" 61440 &>/dev/null
if [[ $firmware == bios ]]; then
    dd if=/usr/lib/syslinux/mbr/gptmbr.bin of="$disk" conv=notrunc status=none
    printf 'SERIAL 0 115200\nDEFAULT linux\nLABEL linux\n KERNEL vmlinuz\n INITRD initrd.gz\n APPEND %s\n' "$words" \
        >"$work/syslinux.cfg"
    syslinux --install --offset $at "$disk"
    mcopy -i "$disk@@$at" "$kernel" ::vmlinuz
    mcopy -i "$disk@@$at" "$work/initrd.gz" "$work/syslinux.cfg" ::
else
    printf '%s' "$words" >"$work/words"
    objcopy --add-section .cmdline="$work/words" --change-section-vma .cmdline=0x30000 \
        --add-section .linux="$kernel" --change-section-vma .linux=0x2000000 \
        --add-section .initrd="$work/initrd.gz" --change-section-vma .initrd=0x3000000 \
        /usr/lib/systemd/boot/efi/linuxx64.efi.stub "$work/BOOTX64.EFI"
    mmd -i "$disk@@$at" ::EFI ::EFI/BOOT
    mcopy -i "$disk@@$at" "$work/BOOTX64.EFI" ::EFI/BOOT/
fi
mv "$disk" "$out"
