# Runs a command in a world of its own on this machine. Sourced.
# shellcheck shell=bash

# Processes, mounts and network of its own, so that nothing which it leaves outlives it, except what is in cgroups and
# files, and neither a node of this machine nor the system's Open vSwitch are in its way.
in_own_world() {
    # shellcheck disable=SC2016 # the inner shell's variables
    unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private bash -euc '
        # LXC puts containers below the cgroup of the first process.
        for group in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do
            [[ ! -e $group ]] || echo 0 >"$group" || true
        done
        cgroups=$(mktemp -d "${TMPDIR:-/tmp}/lamella-world.XXXXXX")
        # /sys/class/net shows the network of whoever mounted it.
        mount --rbind /sys/fs/cgroup "$cgroups"
        mount -t sysfs sysfs /sys
        mount --rbind "$cgroups" /sys/fs/cgroup
        umount -l "$cgroups"
        rmdir "$cgroups"
        if [[ -d /run/openvswitch ]]; then
            mount -t tmpfs tmpfs /run/openvswitch
        fi
        ip link set lo up
        "$@"
    ' world "$@"
}
