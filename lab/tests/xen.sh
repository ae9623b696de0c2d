# Instances on Xen, from the first to the last thing that one does with them; beside one of LXC, for a network has both.
# Run by: lab/run xen --timeout 1500 --put lab/tests/xen.sh -- bash /root/xen.sh
# shellcheck shell=bash
set -Eeuo pipefail

say() {
    printf '[%4d s] %s\n' "$SECONDS" "$*"
}

fail() {
    printf 'failed: %s\n' "$*" >&2
    xl list >&2 || true
    journalctl --no-pager --lines 60 --unit lamella >&2 || true
    tail -n 20 /var/log/xen/*lamella* /var/lib/lamella/xen/*/console.log >&2 || true
    exit 1
}

trap 'fail "line $LINENO"' ERR

# expect WHAT TEXT: that a text holds a word
expect() {
    [[ $2 == *"$1"* ]] || fail "\"$1\" is missing in: $2"
}

# await TRIES COMMAND...: until it succeeds
await() {
    local tries=$1
    shift
    until "$@" >/dev/null 2>&1; do
        ((tries--)) || fail "in vain: $*"
        sleep 1
    done
}

state_of() {
    lamella show "$1" --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)["status"]["state"])'
}

is_stopped() {
    [[ $(state_of "$1") == stopped ]]
}

affinity() {
    xl vcpu-list "lamella.lab.$1" | awk 'NR > 1 { print $7 }'
}

memory() {
    xl list "lamella.lab.$1" | awk 'NR > 1 { print $3 }'
}

answers() {
    lamella exec -T "$1" -- ping -c 1 -W 5 "$2"
}

restart_daemon() {
    systemctl kill --signal KILL --kill-whom main lamella
    sleep 2 # the unit is started anew a second later
    await 60 lamella list
}

words=$(lamella node show)
expect 'PVH' "$(grep xen <<<"$words")"
say "$(grep xen <<<"$words")"
lamella image build busybox
lamella slice create lab --cpus 1 --memory 1G
lamella network create lan --slice lab --subnet 10.0.0.0/24
lamella launch busybox l1 --slice lab --network lan:10.0.0.2
say 'a container runs'
lamella launch busybox x1 --slice lab --backend xen --memory 128M --cpus 1 --network lan:10.0.0.3
say 'a Xen instance runs'
lamella launch busybox x2 --slice lab --backend xen --memory 128M --network lan:10.0.0.4
say 'another Xen instance runs'
lamella list

words=$(lamella exec -T x1 -- sh -c 'echo out; echo err >&2; cat; exit 7' <<<'typed' 2>/root/err) && fail 'the exit code is lost' || code=$?
[[ $code == 7 ]] || fail "exit code $code instead of 7"
[[ $words == $'out\ntyped' ]] || fail "the output is \"$words\""
[[ $(cat /root/err) == err ]] || fail "the errors are \"$(cat /root/err)\""
expect '10.0.0.3/24' "$(lamella exec -T x1 -- ip address)"
expect '/dev/pts/' "$(lamella exec -t x1 -- tty)"
[[ $(head -c 20000 /dev/urandom | tee /root/bytes | lamella exec -T x1 -- cat | cmp - /root/bytes) == '' ]] || fail 'bytes are lost'
for i in 1 2; do
    expect "run $i" "$(lamella exec -T x1 -- echo "run $i")"
done
say 'commands run: output, errors, input, exit code, terminal'

answers x1 10.0.0.4 || fail 'x1 does not reach x2'
answers x1 10.0.0.2 || fail 'x1 does not reach l1'
answers l1 10.0.0.3 || fail 'l1 does not reach x1'
lamella exec -T x1 -- ip address add 10.0.0.77/24 dev eth0
! lamella exec -T x1 -- ping -c 1 -W 3 -I 10.0.0.77 10.0.0.4 >/dev/null || fail 'x1 sends with an address that is not its own'
lamella exec -T x1 -- ip address del 10.0.0.77/24 dev eth0
say 'they reach each other and a container, with their own addresses only'

cpu=$(lamella slice list --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["cpus"])')
[[ $(affinity x1) == "$cpu" ]] || fail "x1 may run on $(affinity x1), and not on $cpu"
words=$(lamella show x1)
expect "CPUs:          $cpu" "$words"
expect '10.0.0.3' "$(grep Addresses <<<"$words")"
lamella set x1 memory=96M cpuWeight=200
(($(memory x1) <= 97)) || fail "x1 has $(memory x1) MiB"
expect ' 512 ' "$(xl sched-credit2 -d lamella.lab.x1)"
! lamella set x1 memory=256M || fail 'x1 got more memory than it was started with'
lamella set x1 memory=128M
say 'CPUs, weight and memory are in force'

expect 'Please press Enter' "$(lamella logs x1)"
# shellcheck disable=SC2016 # the guest's shell
words=$({ sleep 4 && printf '\n' && sleep 4 && printf 'echo console $((6 * 7))\n' && sleep 8 && printf '\001q'; } |
    timeout 60 script -qec 'lamella console x1' /dev/null || true)
expect 'console 42' "$words"
say 'the console answers and is logged'

lamella freeze x1
[[ $(state_of x1) == frozen ]] || fail "x1 is $(state_of x1)"
! answers x2 10.0.0.3 >/dev/null || fail 'x1 answers while it is frozen'
lamella thaw x1
answers x2 10.0.0.3 || fail 'x1 does not answer after it was thawed'
say 'it freezes and thaws'

before=$(xl domid lamella.lab.x1)
restart_daemon
[[ $(xl domid lamella.lab.x1) == "$before" ]] || fail 'x1 did not live on'
expect 'adopted' "$(lamella exec -T x1 -- echo adopted)"
answers x1 10.0.0.4 || fail 'x1 does not reach x2 after a restart of the daemon'
say 'it lives on when the daemon is killed, and is found again'

xl destroy lamella.lab.x1
await 30 is_stopped x1
journalctl --no-pager --unit lamella | grep -i 'x1' | tail -n 3 || true
lamella start x1
answers x1 10.0.0.4 || fail 'x1 does not reach x2 after its second start'
lamella exec -T x1 -- sh -c 'echo kept > /root/kept; sync'
lamella exec -T x1 -- sh -c 'echo c > /proc/sysrq-trigger' & # nobody answers any more
await 60 is_stopped x1
wait
say 'its end is noticed, by force and by a crash'

lamella start x1
expect kept "$(lamella exec -T x1 -- cat /root/kept)"
lamella stop x1 --grace 60
is_stopped x1 || fail "x1 is $(state_of x1)"
expect 'reason code 0' "$(cat /var/log/xen/xl-lamella.lab.x1.log)"
say 'it is asked to shut down, and its disk stays'

if command -v fuse2fs >/dev/null; then
    lamella set x1 backend=lxc
    lamella start x1
    expect kept "$(lamella exec -T x1 -- cat /root/kept)"
    answers x1 10.0.0.4 || fail 'x1 does not reach x2 as a container'
    lamella stop x1 --force
    lamella set x1 backend=xen
    lamella start x1
    expect kept "$(lamella exec -T x1 -- cat /root/kept)"
    say 'it changes its backend and keeps disk and address'
else
    say 'skipped: the change of its backend, since fuse2fs is not installed here'
fi

systemctl stop lamella
pid=$(pgrep -f 'xl create .*lamella.*x2' || pgrep -f 'lab.x2/domain.cfg')
xl destroy lamella.lab.x2
! kill -0 "$pid" 2>/dev/null || sleep 2
systemctl start lamella
await 60 lamella list
say "an end that nobody saw: x2 is $(state_of x2)"

lamella delete x1 x2 l1 --force
lamella network delete lab/lan
lamella slice delete lab --force
[[ $(xl list | wc -l) == 2 ]] || fail 'a domain is left'
for left in "$(ls -A /var/lib/lamella/xen)" "$(ls -A /run/lamella/xen)" "$(find /sys/fs/cgroup/lamella -name '*.xen' 2>/dev/null)" \
    "$(find /var/log/xen -name '*lamella*')" "$(ip -o link | grep -E ' lm[0-9a-f]{12}' || true)" \
    "$(pgrep -fa 'xl create' || true)" "$(xenstore-ls /local/domain/0/backend/vif 2>/dev/null || true)"; do
    [[ -z $left ]] || fail "left: $left"
done
say 'nothing is left'
