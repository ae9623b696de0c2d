# Finds what tests of a node may leave on a machine. Sourced.
# shellcheck shell=bash

# One line each, sorted: kind and name of every link, mount, cgroup and process that can only be Lamella's.
leftovers() {
    {
        ip -o link show | awk -F': ' '{ sub(/@.*/, "", $2) } $2 ~ /^(lm|lp)/ { print "link", $2 }'
        awk '$5 ~ /\/lam[a-z0-9-]*|lamella/ { print "mount", $5 }' /proc/self/mountinfo
        find /sys/fs/cgroup -mindepth 1 -type d -name 'lam*' -printf 'cgroup %p\n' -prune 2>/dev/null
        node_processes
    } | LC_ALL=C sort -u
}

# The node's own programs, run below a directory named after it.
node_processes() {
    local entry command
    for entry in /proc/[0-9]*; do
        command=$(tr '\0' ' ' 2>/dev/null <"$entry/cmdline") || continue
        if [[ $command =~ ^[^\ ]*(lxc-start|lxc-monitord|lxc-attach|ovsdb-server|ovs-vswitchd|io\.lamella\.daemon) &&
            $command == *lam* || $command == *io.lamella.daemon.Main* ||
            $command == qemu-system*lamella.control* ]]; then
            printf 'process %s %s\n' "${entry##*/}" "${command:0:120}"
        fi
    done
}

# Removes what `leftovers` named, read from standard input: processes first, since they hold the rest.
remove_leftovers() {
    local lines line
    mapfile -t lines
    for line in "${lines[@]}"; do
        if [[ $line == process\ * ]]; then
            line=${line#process }
            kill -KILL "${line%% *}" 2>/dev/null || true
        fi
    done
    sleep 1
    for line in "${lines[@]}"; do
        case $line in
            link\ *) ip link delete "${line#link }" 2>/dev/null || true ;;
            mount\ *) umount -l "${line#mount }" 2>/dev/null || true ;;
            cgroup\ *) find "${line#cgroup }" -depth -type d -exec rmdir {} + 2>/dev/null || true ;;
        esac
    done
}
