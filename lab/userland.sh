# The target userland13: a throw-away copy of the base as the whole world of processes on this machine's kernel. Sourced
# after base.sh by lab/run, which sets $work; the same functions as machine.sh.
# shellcheck shell=bash
: "${root:?}" "${work:?}"
# shellcheck source=scripts/userland.sh
source "$root/scripts/userland.sh"

readonly USERLAND_DISK=10G USERLAND_SECONDS=60
world='' first=''

world_start() {
    local deadline=$((SECONDS + USERLAND_SECONDS))
    need_space "$STATE_FREE_MB"
    need_base
    # A file system of its own, not an overlay: instances need overlays, and there is none above an overlay.
    cp --sparse=always "$base/base.img" "$work/disk"
    truncate -s "$USERLAND_DISK" "$work/disk"
    # Forced, since it would have a check first; and not once mounted, since that takes a capability more.
    resize2fs -f "$work/disk" >/dev/null 2>&1
    mkdir "$work/root"
    (first_process) &
    world=$!
    until [[ -s $work/first ]] && first=$(pgrep -P "$world"); do
        kill -0 "$world" 2>/dev/null && ((SECONDS < deadline)) || die 'userland13 did not start'
        sleep 0.05
    done
}

# Becomes the world: its first process says that all is mounted, then waits, and buries the dead.
first_process() {
    # shellcheck disable=SC2016 # the inner shell's variables
    exec setpriv --pdeathsig KILL setsid unshare --mount --propagation private bash -euc '
        source "$1/scripts/userland.sh"
        mount -t ext4 -o loop "$2/disk" "$2/root"
        enter_userland "$2/root" bash -c "hostname lamella-lab; echo >&4; exec 4>&-; sleep infinity & wait"
    ' first_process "$root" "$work" 4>"$work/first" </dev/null >&2
}

# Sets $command to the words that run the words given in the user space, with no file open but the first three, as it
# is in a machine.
world_command() {
    # shellcheck disable=SC2016 # the inner shell's variables
    command=(nsenter --target "$first" --mount --uts --ipc --pid --net --root --wdns=/root
        env -i --default-signal=INT,QUIT PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" bash -c '
            for file in /proc/self/fd/*; do
                file=${file##*/}
                ((file <= 2)) || exec {file}>&-
            done
            exec "$@"
        ' world_command "$@")
}

# The same on a terminal of the user space's own: this one's is another world's.
world_terminal() {
    world_command script --quiet --return --command "${*@Q}" /dev/null
}

world_lives() {
    kill -0 "$world" 2>/dev/null
}

world_stop() {
    if [[ -n $world ]]; then
        kill -KILL "$world" 2>/dev/null || true
        wait "$world" 2>/dev/null || true
    fi
    world=''
}
