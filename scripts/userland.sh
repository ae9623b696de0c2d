# Runs a command in another Debian's user space on this machine's kernel. Sourced.
# shellcheck shell=bash

# Becomes a command that has the user space in directory $1 as its whole world: mounts, processes, host name, message
# queues and network of its own, and no device of the machine but those below. A real change of root, not chroot: the
# kernel denies user namespaces, so instances, to a chrooted process. The user space's own directory is the host's no
# more, so whatever is mounted there before, in mounts of the caller's own, goes with it.
enter_userland() {
    local userland=$1
    shift
    # shellcheck disable=SC2016 # the inner shell's variables
    exec unshare --mount --uts --ipc --pid --net --fork --kill-child --propagation private bash -euc '
        userland=$1
        shift
        # LXC puts containers below the cgroup of the first process, which is this one.
        for group in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do
            [[ ! -e $group ]] || echo 0 >"$group" || true
        done
        mount --rbind "$userland" "$userland"
        cd "$userland"
        mount -t proc proc proc
        mount -t sysfs sysfs sys
        mount --rbind /sys/fs/cgroup sys/fs/cgroup
        mount -t tmpfs -o mode=755 tmpfs run
        # /dev/kvm is the one that must not be there: QEMU would use the hardware.
        mount -t tmpfs -o mode=755 tmpfs dev
        mkdir dev/net dev/pts dev/shm
        while read -r name major minor; do
            mknod -m 666 "dev/$name" c "$major" "$minor"
        done <<<"null 1 3
            zero 1 5
            full 1 7
            random 1 8
            urandom 1 9
            tty 5 0
            net/tun 10 200
            fuse 10 229"
        mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
        mount -t tmpfs -o mode=1777 tmpfs dev/shm
        ln -s pts/ptmx dev/ptmx
        ln -s /proc/self/fd dev/fd
        for name in stdin:0 stdout:1 stderr:2; do
            ln -s "/proc/self/fd/${name#*:}" "dev/${name%:*}"
        done
        mkdir -p old
        pivot_root . old
        umount -l /old
        rmdir /old
        ip link set lo up
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" "$@"
    ' enter "$userland" "$@"
}
