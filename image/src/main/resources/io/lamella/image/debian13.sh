#!/bin/sh
# Makes the Debian root file system in $1 one that starts and stops fast as an instance.
set -e
root=$1

# The build machine's own; every instance gets its name from its manager.
rm -f "$root/etc/hostname" "$root/etc/resolv.conf"
printf '127.0.0.1 localhost\n::1 localhost\n' > "$root/etc/hosts"
: > "$root/etc/fstab"

# A console and nothing else to log in at; SIGPWR powers off. No ctrlaltdel entry: where init owns the console,
# that would be what an interrupt typed there does.
cat > "$root/etc/inittab" << 'END'
id:2:initdefault:
si::sysinit:/etc/init.d/rcS
~~:S:wait:/sbin/sulogin --force
l0:0:wait:/etc/init.d/rc 0
l1:1:wait:/etc/init.d/rc 1
l2:2:wait:/etc/init.d/rc 2
l3:3:wait:/etc/init.d/rc 3
l4:4:wait:/etc/init.d/rc 4
l5:5:wait:/etc/init.d/rc 5
l6:6:wait:/etc/init.d/rc 6
pf::powerwait:/sbin/init -t1 0
pn::powerfailnow:/sbin/init -t1 0
co:2345:respawn:/sbin/agetty --noclear --keep-baud --autologin root console 115200,38400,9600 linux
END

# Disks, clocks, consoles and devices are the node's business.
for script in hwclock.sh udev checkroot.sh checkroot-bootclean.sh checkfs.sh mountall.sh mountall-bootclean.sh \
    mountnfs.sh mountnfs-bootclean.sh umountnfs.sh umountfs umountroot urandom brightness kmod mount-configfs \
    hostname.sh procps bootlogs; do
    if [ -e "$root/etc/init.d/$script" ]; then
        chroot "$root" update-rc.d -f "$script" remove > /dev/null 2>&1
    fi
done
