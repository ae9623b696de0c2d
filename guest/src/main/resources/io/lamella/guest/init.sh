#!/bin/busybox sh
# The first program of a virtual machine: mounts its root disk, brings its interfaces up as a container has them, starts
# the agent, and becomes the image's own init. What differs from one machine to the next is on the kernel's command line.
export PATH=/bin

fail() {
    [ -n "$control" ] && echo "failed $*" > "$control"
    echo "lamella: $*" > /dev/console
    sleep 1
    poweroff -f
}

# word NAME: what the command line says for lamella.NAME
word() {
    for given in $(cat /proc/cmdline); do
        case $given in
            "lamella.$1="*) echo "${given#*=}" ;;
        esac
    done
}

/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
while read -r module; do
    insmod "/modules/$module" 2> /dev/null
done < /modules/order

. /port.sh
control=$(port lamella.control)

disk=$(word root)
tries=0
while [ ! -b "$disk" ]; do
    tries=$((tries + 1))
    [ $tries -gt 500 ] && fail "the kernel $(uname -r) does not find the root disk $disk"
    usleep 10000
done
mkdir -p /root
mount -t ext4 -o rw "$disk" /root || fail "the root disk cannot be mounted"

ip link set lo up
for nic in $(word net); do # MAC,NAME,ADDRESS/PREFIX,BROADCAST
    mac=${nic%%,*}
    rest=${nic#*,}
    name=${rest%%,*}
    rest=${rest#*,}
    for device in /sys/class/net/*; do
        if [ "$(cat "$device/address")" = "$mac" ]; then
            device=${device##*/}
            [ "$device" = "$name" ] || ip link set "$device" name "$name" || fail "there is no name $name for $device"
            broadcast=${rest#*,}
            ip address add "${rest%%,*}" ${broadcast:+broadcast "$broadcast"} dev "$name"
            ip link set "$name" up
        fi
    done
    [ -e "/sys/class/net/$name" ] || fail "the kernel $(uname -r) does not find the interface $name"
done
pids=$(word pids)
[ -z "$pids" ] || echo "$pids" > /proc/sys/kernel/threads-max
word host > /proc/sys/kernel/hostname

for init in /sbin/init /usr/lib/systemd/systemd /bin/init /init ''; do
    if [ -x "/root$init" ] || [ -L "/root$init" ]; then
        break
    fi
done
[ -n "$init" ] || fail "the image has no init program"
mkdir -p /root/dev /root/proc /root/sys
mount -t devtmpfs devtmpfs /root/dev || fail "the root disk has no directory dev"
mkdir -p /dev/pts /dev/shm
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /root/dev/pts
mount -t tmpfs -o mode=1777 tmpfs /root/dev/shm
mount -t proc proc /root/proc
mount -t sysfs sysfs /root/sys

# The agent lives in a file system of its own, beside the image's and unseen from it.
mount -t tmpfs -o mode=700 tmpfs /agent
mkdir -p /agent/bin /agent/proc /agent/sys /agent/dev /agent/sessions
cp /bin/busybox /agent/bin/
chroot /agent /bin/busybox --install -s /bin
cp /agent.sh /port.sh /agent/
mount --bind /proc /agent/proc
mount --bind /sys /agent/sys
mount --bind /dev /agent/dev
mount --bind /root/dev/pts /agent/dev/pts
setsid chroot /agent /bin/sh /agent.sh < /dev/null > /dev/null 2>&1 &

exec switch_root -c /dev/console /root "$init"
