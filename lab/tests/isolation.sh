#!/bin/bash
# Proves core isolation on a machine with cgroup v2 and two CPUs, CPU 1 being the one that is isolated:
#
#   lab/run debian13 --timeout 1200 --put lab/tests/isolation.sh -- bash /root/isolation.sh [PART]...
#
# Without a PART all of them: refusals apply drift kills slice gate. It knows by itself whether the kernel was started
# with nohz_full. What holds is read from /proc and /sys here, never asked of Lamella.
set -uo pipefail
export LC_ALL=C

group=/sys/fs/cgroup/lamella.isolated
journal=/var/lib/lamella/isolation.journal
work=$(mktemp -d)
failures=0
children=()
trap 'kill "${children[@]}" 2>/dev/null; rm -rf "$work"' EXIT

say() { printf '  %s\n' "$*"; }
fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n' "$*"
}

# Runs a command: expect CODE TEXT COMMAND...; its output must hold TEXT.
expect() {
    local wanted=$1 text=$2 code=0
    shift 2
    "$@" >"$work/out" 2>&1 || code=$?
    [[ $code -eq $wanted ]] || fail "$*: exit code $code, not $wanted: $(<"$work/out")"
    grep -qF -- "$text" "$work/out" || fail "$*: does not say \"$text\": $(<"$work/out")"
}

await_daemon() {
    for _ in $(seq 300); do
        [[ -S /run/lamella/lamella.sock ]] && lamella version >/dev/null && lamella slice list >/dev/null 2>&1 && return
        sleep 0.3
    done
    fail 'the daemon does not come back'
    journalctl --no-pager --unit lamella | tail -n 40
}

daemon() {
    systemctl show --property MainPID --value lamella
}

kill_daemon() {
    kill -KILL "$(daemon)"
    sleep 1
    systemctl start lamella
    await_daemon
}

# What undoing has to give back.
remember() {
    values >"$work/values"
    tasks >"$work/tasks"
}

# Every value that isolation may touch, by its file.
values() {
    {
        echo /proc/irq/default_smp_affinity /proc/irq/*/smp_affinity
        echo /sys/devices/virtual/workqueue/cpumask /sys/devices/virtual/workqueue/*/cpumask
        echo /sys/class/net/*/queues/*/{rps,xps}_cpus
        echo /proc/sys/kernel/{watchdog_cpumask,timer_migration,numa_balancing,sched_rt_runtime_us,nmi_watchdog}
        echo /proc/sys/vm/stat_interval /sys/kernel/mm/transparent_hugepage/enabled /sys/kernel/mm/ksm/run
        echo /sys/devices/system/cpu/cpu*/power/pm_qos_resume_latency_us
        echo /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor /sys/devices/system/machinecheck/*/check_interval
        echo /sys/fs/cgroup/cgroup.subtree_control /sys/fs/cgroup/cpuset.* /sys/fs/cgroup/*/cpuset.*
    } | tr ' ' '\n' | grep -v '\*' | sort | while read -r file; do
        printf '%s=%s\n' "$file" "$(cat "$file" 2>/dev/null)"
    done
    ls -d /sys/fs/cgroup/*/
}

# ID START FLAGS NAME CPUS of every task but the kernel's pooled workers, which follow their work queue, and its threads
# of interrupts, which follow where the interrupt was last sent.
tasks() {
    awk '
        FILENAME ~ /stat$/ { split(FILENAME, p, "/"); at = match($0, /\)[^)]*$/); n = split(substr($0, at + 2), f, " ")
            name = substr($0, index($0, "(") + 1, at - index($0, "(") - 1); gsub(/ /, "_", name)
            id = p[5]; start[id] = f[20]; flags[id] = f[7]; names[id] = name; next }
        /^Cpus_allowed_list:/ { split(FILENAME, p, "/"); if (p[5] in start && names[p[5]] !~ /^(kworker|irq\/)/)
            print p[5], start[p[5]], flags[p[5]], names[p[5]], $2 }
    ' /proc/[0-9]*/task/[0-9]*/stat /proc/[0-9]*/task/[0-9]*/status 2>/dev/null | sort
}

# Both, to be compared with what was before: what began or ended meanwhile is in neither.
same_as_before() {
    values >"$work/values.now"
    diff -u "$work/values" "$work/values.now" >"$work/diff" || fail "$1: values differ: $(<"$work/diff")"
    tasks >"$work/tasks.now"
    join -j 1 -o 1.2,2.2,1.4,1.5,2.5 "$work/tasks" "$work/tasks.now" | awk '$1 == $2 && $4 != $5' >"$work/moved"
    [[ ! -s $work/moved ]] || fail "$1: tasks are not where they were: $(<"$work/moved")"
    join -v 2 -j 1 "$work/tasks" "$work/tasks.now" | awk '$5 == "0" && int($3 / 67108864) % 2 == 0' >"$work/held"
    [[ ! -s $work/held ]] || fail "$1: tasks born since are still held to CPU 0: $(<"$work/held")"
}

has_cpu_1() { # a mask in hexadecimal
    (((0x${1##*,} >> 1) & 1))
}

# No task of anybody else's on CPU 1, no interrupt, no deferred work.
nobody_on_cpu_1() {
    local file id
    : >"$work/foreign"
    tasks | while read -r id _ flags name cpus; do
        if [[ ,$cpus, =~ [,-]1[,-] || $cpus == 0-* ]] && (((flags & 0x04000000) == 0)) &&
            ! grep -qE "/lamella\.isolated|/lamella/$1(/|$)" "/proc/$id/cgroup" 2>/dev/null && [[ -d /proc/$id ]]; then
            echo "$id $name $cpus" >>"$work/foreign"
        fi
    done
    [[ ! -s $work/foreign ]] || fail "foreign tasks may run on CPU 1: $(<"$work/foreign")"
    for file in /proc/irq/[0-9]*/effective_affinity /proc/irq/default_smp_affinity; do
        # What the kernel keeps to itself has been named, and what moves only when it comes the next time.
        id=${file%/*} id=${id##*/}
        ! has_cpu_1 "$(<"$file")" || grep -qF "${file%/*}/smp_affinity refuses" "$work/applied" ||
            grep -qE "once more:.* $id(,| *\$)" "$work/applied" || fail "$file is $(<"$file")"
    done
    for file in /sys/devices/virtual/workqueue/cpumask /sys/devices/virtual/workqueue/*/cpumask; do
        ! has_cpu_1 "$(<"$file")" || fail "$file is $(<"$file")"
    done
    [[ $(</sys/fs/cgroup/cpuset.cpus.isolated) == 1 ]] || fail "isolated are \"$(</sys/fs/cgroup/cpuset.cpus.isolated)\""
    [[ $(</sys/fs/cgroup/system.slice/cgroup.controllers) ]] || fail 'system.slice has no controllers'
}

# How often each interrupt of a device has come to CPU 1.
device_interrupts() {
    awk '$1 ~ /^[0-9]+:$/ { print $1, $3 }' /proc/interrupts | sort
}

# The ticks of CPU 1 in some seconds.
ticks() {
    local before
    before=$(awk '$1 == "LOC:" { print $3 }' /proc/interrupts)
    sleep "$1"
    awk -v before="$before" '$1 == "LOC:" { print $3 - before }' /proc/interrupts
}

refusals() {
    lamella isolate plan --profile realtime --cpus 1 || fail 'plan'
    expect 2 'does not exist, the node has 0-1' lamella isolate plan --cpus 5-5
    expect 1 'no CPU would be left for housekeeping' lamella isolate apply --cpus 0-1
    expect 1 'there is no isolation' lamella isolate verify
    expect 1 'there is no isolation' lamella isolate gate --seconds 1
    expect 0 'nohz_full=1' lamella isolate boot-params --cpus 1 --grub
    same_as_before 'plan and refusals'
    mount -o remount,ro /sys
    expect 1 'is mounted read-only' lamella isolate apply --cpus 1
    mount -o remount,rw /sys
    same_as_before 'a read-only /sys'
    echo 0 >/sys/devices/system/cpu/cpu1/online
    expect 2 'CPU 1 is offline' lamella isolate apply --cpus 1-1
    echo 1 >/sys/devices/system/cpu/cpu1/online
    sleep 1
    remember # hotplug moves interrupts and tasks itself
    say 'bad input is refused in a sentence and changes nothing'
}

apply() {
    local guest count
    lamella isolate apply --profile realtime --cpus 1 >"$work/applied" || fail 'apply'
    cat "$work/applied"
    nobody_on_cpu_1 none
    [[ $(<$group/cpuset.cpus.partition) == isolated ]] || fail "the partition is $(<$group/cpuset.cpus.partition)"
    [[ $(</proc/sys/kernel/sched_rt_runtime_us) == -1 ]] || fail 'real-time throttling is on'
    setsid bash -c 'while :; do :; done' &
    guest=$!
    children+=("$guest")
    echo "$guest" >$group/cgroup.procs
    grep -q '^Cpus_allowed_list:[[:space:]]*1$' "/proc/$guest/status" || fail 'what is put into the group is not on CPU 1'
    device_interrupts >"$work/interrupts"
    sleep 2
    count=$(ticks 5)
    device_interrupts | join "$work/interrupts" - | awk '$3 > $2 + 1' >"$work/came"
    [[ ! -s $work/came ]] || fail "interrupts came to CPU 1 (before, now): $(<"$work/came")"
    if grep -qx 1 /sys/devices/system/cpu/nohz_full; then
        grep -qE '^ticks +verified' "$work/applied" || fail 'nohz_full is not seen'
        ((count < 100)) || fail "CPU 1 ticks: $count times in 5 s"
    else
        grep -qE '^ticks +needs-reboot +nohz_full=1' "$work/applied" || fail 'that nohz_full is missing is not said'
        ((count > 100)) || fail "the ticks are not counted: $count in 5 s"
    fi
    say "nobody else is on CPU 1, which ticks $count times in 5 s under what is put there"
    expect 1 'undo that first' lamella isolate apply --cpus 1
    kill_daemon
    expect 0 'partition' lamella isolate verify
    nobody_on_cpu_1 none
    say 'a killed daemon leaves it in force'
    kill "$guest"
    lamella isolate undo || fail 'undo'
    same_as_before 'undo'
    say 'undo gives everything back'
}

# Waits until the watcher has printed a text.
await_event() {
    for _ in $(seq 300); do
        ! grep -q -- "$1" "$work/watch" || return 0
        sleep 0.3
    done
    fail "no event has \"$1\": $(<"$work/watch")"
}

drift() {
    local irq watcher
    lamella isolate apply --profile realtime --cpus 1 >"$work/applied" || fail 'apply'
    lamella isolate watch >"$work/watch" &
    watcher=$!
    children+=("$watcher")
    await_event 'profile realtime'
    sysctl -q vm.stat_interval=3
    echo 3 >/sys/devices/virtual/workqueue/writeback/cpumask
    taskset -pc 0-1 "${children[0]}" >/dev/null # which the partition does not let through
    for irq in /proc/irq/[0-9]*; do
        # One that moves.
        [[ $(<"$irq/smp_affinity") == 1 ]] && { echo 2 >"$irq/smp_affinity"; } 2>/dev/null && break
    done
    [[ $(<"$irq/smp_affinity") == 2 ]] || fail 'no interrupt can be moved'
    cp /bin/sleep "$work/irqbalance"
    "$work/irqbalance" 100000 &
    children+=("$!")
    expect 1 'stat_interval has "3"' lamella isolate verify
    grep -qE 'workqueues +drifted' "$work/out" || fail "the drift of a work queue is not seen: $(<"$work/out")"
    grep -qE "interrupts +drifted.*$irq/smp_affinity has \"2\"" "$work/out" ||
        fail "that $irq moved is not named: $(<"$work/out")"
    grep -qF "irqbalance runs as process $!" "$work/out" || fail "irqbalance is not named: $(<"$work/out")"
    kill "$!"
    await_event "isolation.drifted.*$irq/smp_affinity"
    expect 0 'applied' lamella isolate apply --profile realtime --cpus 1
    expect 0 'verified' lamella isolate verify
    nobody_on_cpu_1 none
    await_event isolation.repaired
    cat "$work/watch"
    kill "$watcher"
    say "drift is seen, named, told of and repaired (an interrupt moved by hand: $irq)"
    echo 0 >/sys/devices/system/cpu/cpu1/online
    sleep 1
    expect 1 'cpu1/online has "0"' lamella isolate verify
    grep -E 'online|partition' "$work/out"
    expect 2 'CPU 1 is offline' lamella isolate apply --profile realtime --cpus 1-1
    echo 1 >/sys/devices/system/cpu/cpu1/online
    sleep 1
    lamella isolate apply --profile realtime --cpus 1 >"$work/applied" || fail 'apply after hotplug'
    expect 0 'verified' lamella isolate verify
    nobody_on_cpu_1 none
    lamella isolate undo >/dev/null || fail 'undo after hotplug'
    same_as_before 'undo after hotplug'
    say 'a CPU that goes offline is named, and isolated again when it is back'
}

# Kills the daemon when the journal names a text, which is before that is changed.
killed_at() {
    local text=$1 daemon asking content=''
    daemon=$(daemon)
    lamella isolate apply --profile realtime --cpus 1 >/dev/null 2>&1 &
    asking=$!
    while kill -0 "$asking" 2>/dev/null; do
        { content=$(<"$journal"); } 2>/dev/null
        [[ $content != *"before"*"$text"* ]] || break
    done
    kill -STOP "$daemon" # it stands still while it is looked at
    content=$(<"$journal")
    kill -KILL "$daemon"
    wait "$asking"
    [[ $content == *"before"*"$text"* && $content != *complete* ]] || return 1
    hits=$((hits + 1))
    sleep 1
    systemctl start lamella
    await_daemon
    expect 1 'there is no isolation' lamella isolate verify
    same_as_before "killed at $text"
    say "killed in apply, with $(grep -c ^before <<<"$content") values in the journal (at $text): all of them are as before"
}

# After a kill that came too late.
give_back() {
    await_daemon
    lamella isolate undo >/dev/null
}

kills() {
    local hits=0 text
    for text in lamella.isolated default_smp_affinity workqueue/ stat_interval sched_rt_runtime_us; do
        killed_at "$text" || { give_back && killed_at "$text"; } || give_back
    done
    ((hits == 5)) || fail "the daemon was killed in the midst of apply $hits times, not 5"
}

# Every thread of every process of the slice runs on CPU 1 only; COMMAND is one of them.
slice_on_cpu_1() {
    local pid status names=()
    while read -r pid; do
        names+=("$(<"/proc/$pid/comm")")
        for status in /proc/"$pid"/task/*/status; do
            grep -q '^Cpus_allowed_list:[[:space:]]*1$' "$status" ||
                fail "${names[-1]}: $status has $(grep Cpus_allowed_list "$status")"
        done
    done < <(find /sys/fs/cgroup/lamella/edge -name cgroup.procs -exec cat {} + 2>/dev/null)
    [[ " ${names[*]} " == *" $1"* ]] || fail "$1 is not among the slice's processes: ${names[*]}"
}

slice() {
    lamella slice create edge --cpus 1-1 || fail 'slice create'
    lamella image build busybox >/dev/null || fail 'image build'
    # The first container makes LXC's own control group, and its controllers.
    lamella launch busybox c0 --slice edge >/dev/null || fail 'launch of the first container'
    lamella delete --slice edge --force c0 >/dev/null || fail 'delete of the first container'
    remember
    expect 1 'CPU 1 belongs to "edge"' lamella isolate apply --cpus 1-1
    expect 1 'those of slice "edge" are dedicated' lamella launch busybox c1 --slice edge --profile realtime
    lamella isolate apply --slice edge --profile realtime | tee "$work/applied" || fail 'apply --slice'
    nobody_on_cpu_1 edge
    [[ $(</sys/fs/cgroup/lamella/edge/cpuset.cpus.partition) == isolated ]] ||
        fail "the slice is $(</sys/fs/cgroup/lamella/edge/cpuset.cpus.partition)"
    lamella launch busybox c1 --slice edge --profile realtime --memory 64M >/dev/null || fail 'launch of a container'
    slice_on_cpu_1 init
    expect 0 'Cpus_allowed_list:	1' lamella exec edge/c1 -- cat /proc/self/status
    if [[ -e /dev/kvm ]]; then
        lamella launch busybox v1 --slice edge --backend kvm --cpus 1 --profile realtime --memory 128M >/dev/null || fail 'launch of a machine'
        slice_on_cpu_1 qemu-system
        say 'a container and a virtual machine run on CPU 1 alone'
    fi
    expect 0 'verified' lamella isolate verify
    nobody_on_cpu_1 edge
    lamella delete --slice edge --force c1 >/dev/null || fail 'delete of the container'
    [[ ! -e /dev/kvm ]] || lamella delete --slice edge --force v1 >/dev/null || fail 'delete of the machine'
    lamella isolate undo >/dev/null || fail 'undo of a slice'
    same_as_before 'undo of a slice'
    say "a slice's CPUs are isolated for its instances, and given back"
    lamella slice delete edge || fail 'slice delete'
}

gate() {
    local hog
    lamella isolate apply --profile realtime --cpus 1 >/dev/null || fail 'apply'
    expect 1 'have no baseline' lamella isolate gate --seconds 2
    expect 0 'recorded' lamella isolate gate --record --seconds 5
    # A processor that is emulated beside other work is sometimes late by itself.
    expect 0 'not worse than 300.0 times the baseline' lamella isolate gate --seconds 5 --factor 300
    cat "$work/out"
    # A real-time task of a higher priority, which is what a bad driver looks like.
    chrt -f 98 bash -c 'echo $$ >'$group'/cgroup.procs; while :; do for ((i = 0; i < 200000; i++)); do :; done; sleep 0.05; done' &
    hog=$!
    children+=("$hog")
    sleep 1
    expect 1 'times the baseline: p' lamella isolate gate --seconds 5 --factor 3
    cat "$work/out"
    kill "$hog"
    mv /usr/bin/cyclictest "$work/"
    expect 1 'the baseline was recorded by cyclictest' lamella isolate gate --seconds 1
    expect 0 'own' lamella isolate gate --record --seconds 2
    mv "$work/cyclictest" /usr/bin/
    lamella isolate undo >/dev/null || fail 'undo'
    say 'the gate tells a slower CPU from the one that was recorded'
}

[[ $(</sys/devices/system/cpu/online) == 0-1 ]] || { echo 'this needs exactly two CPUs' && exit 77; }
await_daemon
setsid sleep 100000 &
children+=($!)
taskset -c 1 setsid sleep 100000 &
children+=($!)
taskset -c 0 setsid sleep 100000 &
children+=($!)
sleep 1
remember
say "$(wc -l <"$work/values") values and $(wc -l <"$work/tasks") tasks before, kernel $(uname -r)"
(($#)) || set -- refusals apply drift kills slice gate
for part; do
    case $part in
        refusals | apply | drift | kills | slice | gate) "$part" ;;
        *) echo "unknown part \"$part\"" && exit 2 ;;
    esac
done

((failures == 0)) || { echo "$failures failures" && exit 1; }
echo 'isolation holds'
