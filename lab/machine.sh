# A machine: QEMU, running from the base. It boots once; its memory and what it wrote are kept, and every run goes on
# from there, on an overlay of its own. Sourced after base.sh by lab/run, which sets $target, $append, $work and $out.
# shellcheck shell=bash
: "${root:?}" "${target:?}" "${work:?}" "${out:?}"

# Two emulated machines on one host make tests run out of time, so there is one at a time, whoever starts it.
readonly MACHINE_LOCK=/run/lock/lamella-qemu.lock
readonly MEMORY_MB=4096 DISK_SIZE=10G
# On an idle host a machine is up in a fifth of this.
readonly BOOT_SECONDS=900 LOAD_SECONDS=180
console=$out/console.log
console_hint="; the console's log is $console"

# The target's kernel, in the words of QEMU's command line.
case $target in
    debian13 | debian13-rt)
        kernel=/srv/boot/cloud-amd64
        [[ $target == debian13 ]] || kernel=/srv/boot/rt-amd64
        boot=(-cpu 'max,la57=off' -kernel "$kernel.kernel" -initrd "$kernel.initrd"
            -append "root=/dev/vda rw console=ttyS0 quiet panic=-1 net.ifnames=0${append:+ $append}")
        ;;
    xen)
        # PVH guests would die of RDTSCP, which Xen cannot emulate on an emulated SVM. The emulation also loses registers
        # of the FPU that Xen switches lazily: programs of dom0 die at random then. The other mitigations only cost time
        # here. QEMU splits -initrd at commas.
        boot=(-cpu 'max,la57=off,rdtscp=off' -kernel /srv/boot/xen
            -append 'dom0_mem=1536M console=com1 com1=115200 loglvl=warning spec-ctrl=no,eager-fpu'
            -initrd "/srv/boot/amd64.kernel root=/dev/vda rw console=hvc0 quiet panic=-1 net.ifnames=0 mitigations=off${append:+ ${append//,/,,}},/srv/boot/amd64.initrd")
        ;;
esac
machine=(-name lamella-lab -nodefaults -no-user-config -display none -no-reboot -accel 'tcg,thread=multi' -smp 2
    -m "$MEMORY_MB" "${boot[@]}" -qmp stdio
    -chardev 'file,id=console,path=/media/console.log,append=on' -serial chardev:console
    -drive 'file=/mnt/disk.qcow2,if=virtio,format=qcow2,cache=unsafe'
    -netdev 'user,id=net,hostfwd=tcp:127.0.0.1:0-:22' -device 'virtio-net-pci,netdev=net,romfile='
    -device virtio-rng-pci)
qemu=''

world_start() {
    need_packages openssh-client
    mkdir -p "${MACHINE_LOCK%/*}"
    exec 8>>"$MACHINE_LOCK"
    if ! flock --nonblock 8; then
        say 'waiting for a machine that runs already: there is one at a time'
        flock 8
    fi
    need_state
    : >"$console"
    (in_base qemu-img create -q -f qcow2 -b "/srv/states/${state##*/}/disk.qcow2" -F qcow2 /mnt/disk.qcow2)
    start_qemu -incoming "exec:zstd -dc /srv/states/${state##*/}/memory.zst"
    connect "$LOAD_SECONDS" || machine_failed "$target did not answer within $LOAD_SECONDS s of being loaded"
    # It stood still meanwhile.
    world_command date --set "@$(date +%s.%N)"
    attend timeout "$LOAD_SECONDS" "${command[@]}" >/dev/null </dev/null || machine_failed "$target has no clock"
}

# Sets $command to the words that run the words given in the machine.
world_command() {
    command=(ssh "${ssh_options[@]}" -q lamella-lab -- "${*@Q}")
}

# The same on a terminal.
world_terminal() {
    command=(ssh "${ssh_options[@]}" -q -tt lamella-lab -- "${*@Q}")
}

world_lives() {
    is_running && [[ -S $work/control ]]
}

world_stop() {
    disconnect
    if [[ -n $qemu ]]; then
        kill -KILL "$qemu" 2>/dev/null || true
        wait "$qemu" 2>/dev/null || true
    fi
    qemu=''
}

# Sets $state to the directory of the saved machine, made where it is absent or damaged.
need_state() {
    need_base
    state=$base/states/$target-$(state_key)
    until is_whole "$state"; do
        hold_cache --exclusive
        is_whole "$state" || make_state
        # Others may have made room while nobody held the cache.
        need_base
    done
    touch "$state"
}

state_key() {
    { printf '%s\n' "${machine[@]}" "$DISK_SIZE" && cat "$root/lab/settle"; } | sha256sum | cut -c1-16
}

make_state() {
    need_space "$STATE_FREE_MB"
    say "booting $target once, to keep it as it is then (console: $console)"
    : >"$console"
    mkdir -p "$base/states"
    clear_damage "$state"
    (in_base qemu-img create -q -f qcow2 -b /srv/base.img -F raw /mnt/disk.qcow2 "$DISK_SIZE")
    start_qemu
    connect "$BOOT_SECONDS" || machine_failed "$target did not answer within $BOOT_SECONDS s of its start"
    world_command sh -s "$target"
    attend timeout "$BOOT_SECONDS" "${command[@]}" <"$root/lab/settle" >&2 || machine_failed "$target did not settle"
    disconnect
    save
    mkdir -p "$state.part"
    mv "$work/disk.qcow2" "$work/memory.zst" "$state.part/"
    seal "$state.part"
    mv "$state.part" "$state"
    say "$target is kept: $(du -sm "$state" | cut -f1) MB"
    prune_cache
}

# Writes the stopped machine's memory to a file and ends it. Its disk is complete then.
save() {
    qmp stop
    qmp migrate '{"uri": "exec:zstd -q -3 >/mnt/memory.zst"}'
    until qmp query-migrate && [[ $reply == *'"status": "completed"'* ]]; do
        [[ $reply != *'"status": "failed"'* ]] || machine_failed "$target cannot be saved: $reply"
        sleep 0.2
    done
    qmp quit
    wait "$qemu" || true
    qemu=''
}

# Becomes a command that has the base as its root, the cache below /srv, the run's files below /mnt and its output below
# /media. There is no device but these: /dev/kvm least of all. What it mounts ends with it, and it ends with this shell,
# but hears no signal of the terminal.
in_base() {
    mkdir -p "$work/root"
    # shellcheck disable=SC2016 # the inner shell's variables
    exec setpriv --pdeathsig KILL setsid unshare --mount --pid --fork --kill-child --propagation private bash -euc '
        base=$1 work=$2 out=$3
        mount -t ext4 -o loop,ro,noload "$base/base.img" "$work/root"
        cd "$work/root"
        mount --bind "$base" srv
        mount -o remount,bind,ro srv
        mount --bind "$work" mnt
        mount --bind "$out" media
        mount --bind /etc/resolv.conf etc/resolv.conf
        mount -t proc proc proc
        mount -t tmpfs tmpfs tmp
        mount -t tmpfs -o mode=755 tmpfs dev
        mknod -m 666 dev/null c 1 3
        mknod -m 666 dev/urandom c 1 9
        # Its clock runs on however little of the processor it gets, and with it what waits for ten seconds and no more.
        echo -10 2>/dev/null >/proc/self/autogroup || true
        exec env -i PATH=/usr/sbin:/usr/bin LANG=C.UTF-8 chroot . "${@:4}"
    ' in_base "$base" "$work" "$out" "$@"
}

# Starts the machine with further words of QEMU's command line; it runs then, and $ssh_options lead to it.
start_qemu() {
    local deadline=$((SECONDS + LOAD_SECONDS))
    coproc QEMU { in_base qemu-system-x86_64 "${machine[@]}" "$@" 2>"$work/qemu.log"; }
    qemu=$QEMU_PID
    # Copies, since bash keeps its own from subshells.
    exec 6<&"${QEMU[0]}" 7>&"${QEMU[1]}"
    qmp qmp_capabilities
    until qmp query-status && [[ $reply != *'"inmigrate"'* ]]; do
        ((SECONDS < deadline)) || machine_failed "$target could not be loaded within $LOAD_SECONDS s"
        sleep 0.1
    done
    # A machine is saved paused.
    qmp cont
    qmp human-monitor-command '{"command-line": "info usernet"}'
    [[ $reply =~ HOST_FORWARD\]\ +[0-9]+\ +127\.0\.0\.1\ +([0-9]+) ]] || machine_failed "QEMU names no port: $reply"
    ssh_options=(-F none -i "$base/key" -p "${BASH_REMATCH[1]}" -o "ControlPath=$work/control" -o BatchMode=yes
        -o IdentitiesOnly=yes -o User=root -o HostName=127.0.0.1 -o HostKeyAlias=lamella-lab
        -o "UserKnownHostsFile=$base/known_hosts" -o StrictHostKeyChecking=yes -o ConnectTimeout=20)
}

# One command of QEMU's machine protocol; the answer is in $reply.
qmp() {
    local request="{\"execute\": \"$1\"${2:+, \"arguments\": $2}}"
    is_running && (trap '' PIPE && printf '%s\n' "$request" >&7) 2>/dev/null || qemu_ended
    while read -r -t 60 -u 6 reply; do
        case $reply in
            '{"return"'*) return 0 ;;
            '{"error"'*) machine_failed "QEMU refuses $1: $reply" ;;
        esac
    done
    qemu_ended
}

is_running() {
    [[ -n $qemu ]] && kill -0 "$qemu" 2>/dev/null
}

qemu_ended() {
    tail -n 5 "$work/qemu.log" >&2 || true
    machine_failed 'QEMU ended by itself'
}

machine_failed() {
    tail -n 5 "$console" >&2 || true
    die "$*$console_hint"
}

# Opens the control connection that all commands share: one handshake on an emulated processor is enough.
connect() {
    local deadline=$((SECONDS + $1))
    # What stays in the background holds neither the locks nor QEMU's ends.
    until attend ssh "${ssh_options[@]}" -M -N -f lamella-lab >"$work/ssh.log" 2>&1 </dev/null 6<&- 7>&- 8>&- 9>&-; do
        is_running || qemu_ended
        ((SECONDS < deadline)) || return 1
        sleep 0.5
    done
}

disconnect() {
    [[ ! -S $work/control ]] || ssh "${ssh_options[@]}" -q -O exit lamella-lab 2>/dev/null || true
}
