#!/bin/bash
# Proves core isolation on a machine with cgroup v2 and two CPUs, CPU 1 being the one that is isolated:
#
#   lab/run debian13 --timeout 1200 --put lab/tests/isolation.sh -- bash /root/isolation.sh
#
# What holds is read from /proc and /sys here, never asked of Lamella.
set -uo pipefail
export LC_ALL=C

group=/sys/fs/cgroup/lamella.isolated
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

kill_daemon() {
    systemctl kill --signal KILL lamella
    sleep 1
    systemctl start lamella
    await_daemon
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
        # What the kernel keeps to itself has been named.
        ! has_cpu_1 "$(<"$file")" || grep -qF "${file%/*}/smp_affinity refuses" "$work/applied" ||
            fail "$file is $(<"$file")"
    done
    for file in /sys/devices/virtual/workqueue/cpumask /sys/devices/virtual/workqueue/*/cpumask; do
        ! has_cpu_1 "$(<"$file")" || fail "$file is $(<"$file")"
    done
    [[ $(</sys/fs/cgroup/cpuset.cpus.isolated) == 1 ]] || fail "isolated are \"$(</sys/fs/cgroup/cpuset.cpus.isolated)\""
    [[ $(</sys/fs/cgroup/system.slice/cgroup.controllers) ]] || fail 'system.slice has no controllers'
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
values >"$work/values"
tasks >"$work/tasks"
say "$(wc -l <"$work/values") values and $(wc -l <"$work/tasks") tasks before, kernel $(uname -r)"

lamella isolate plan --profile realtime --cpus 1 || fail 'plan'
expect 2 'does not exist, the node has 0-1' lamella isolate plan --cpus 5-5
expect 1 'no CPU would be left for housekeeping' lamella isolate apply --cpus 0-1
expect 1 'there is no isolation' lamella isolate verify
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
values >"$work/values" # hotplug moves interrupts and tasks itself
tasks >"$work/tasks"
say 'bad input is refused in a sentence and changes nothing'

lamella isolate apply --profile realtime --cpus 1 >"$work/applied" || fail 'apply'
cat "$work/applied"
nobody_on_cpu_1 none
[[ $(<$group/cpuset.cpus.partition) == isolated ]] || fail "the partition is $(<$group/cpuset.cpus.partition)"
[[ $(</proc/sys/kernel/sched_rt_runtime_us) == -1 ]] || fail 'real-time throttling is on'
setsid sleep 100000 &
guest=$!
children+=("$guest")
echo "$guest" >$group/cgroup.procs
grep -q '^Cpus_allowed_list:[[:space:]]*1$' "/proc/$guest/status" || fail 'what is put into the group is not on CPU 1'
say 'nobody else is on CPU 1; what is put there is'
expect 1 'undo that first' lamella isolate apply --cpus 1
kill_daemon
expect 0 'partition' lamella isolate verify
nobody_on_cpu_1 none
say 'a killed daemon leaves it in force'
sysctl -q vm.stat_interval=3
echo 3 >/sys/devices/virtual/workqueue/writeback/cpumask
taskset -pc 0-1 "${children[0]}" >/dev/null
expect 1 'stat_interval has "3"' lamella isolate verify
grep -qE 'workqueues +drifted' "$work/out" || fail "the drift of a work queue is not seen: $(<"$work/out")"
expect 0 'applied' lamella isolate apply --profile realtime --cpus 1
expect 0 'verified' lamella isolate verify
nobody_on_cpu_1 none
say 'drift is seen and repaired'
lamella isolate undo || fail 'undo'
same_as_before 'undo'
say 'undo gives everything back'

for delay in 2 3; do
    lamella isolate apply --cpus 1 >/dev/null 2>&1 &
    asking=$!
    sleep "$delay"
    systemctl kill --signal KILL lamella
    wait "$asking"
    lines=$(wc -l 2>/dev/null </var/lib/lamella/isolation.journal || echo 0)
    whole=$(grep -c complete /var/lib/lamella/isolation.journal 2>/dev/null)
    sleep 1
    systemctl start lamella
    await_daemon
    if lamella isolate verify >/dev/null 2>&1; then
        nobody_on_cpu_1 none
        lamella isolate undo >/dev/null || fail 'undo after a kill'
    fi
    same_as_before "killed after $delay s"
    say "killed $delay s into apply (journal: $lines lines, complete: ${whole:-0}): nothing half-done is left"
done

lamella slice create edge --cpus 1-1 || fail 'slice create'
values >"$work/values"
tasks >"$work/tasks"
expect 1 'CPU 1 belongs to "edge"' lamella isolate apply --cpus 1-1
lamella isolate apply --slice edge || fail 'apply --slice'
nobody_on_cpu_1 edge
[[ $(</sys/fs/cgroup/lamella/edge/cpuset.cpus.partition) == isolated ]] ||
    fail "the slice is $(</sys/fs/cgroup/lamella/edge/cpuset.cpus.partition)"
lamella isolate undo >/dev/null || fail 'undo of a slice'
same_as_before 'undo of a slice'
say "a slice's CPUs are isolated for it, and given back"
lamella slice delete edge || fail 'slice delete'

((failures == 0)) || { echo "$failures failures" && exit 1; }
echo 'isolation holds'
