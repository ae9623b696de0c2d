# ./lamella demo: set-up, the daemon where none answers, then the CLI's demo. Sourced by ./lamella; $java and $home
# are the JDK's java and the built distribution.
# shellcheck shell=bash
: "${java:?}" "${home:?}"

readonly STATE_DIR=/var/lib/lamella RUN_DIR=/run/lamella CACHE_DIR=/var/cache/lamella
# There while a daemon that the demo started, or what it left behind, is on the machine. Below the state directory,
# so that it outlives a reboot as the state does.
readonly DEMO_MARK=$STATE_DIR/started-by-demo
readonly DAEMON_LOG=$RUN_DIR/daemon.log
readonly DAEMON_START_SECONDS=60 DAEMON_STOP_SECONDS=60

demo() {
    require_root './lamella demo'
    if [[ " $* " == *' --down '* ]]; then
        demo_down "$@"
    elif [[ " $* " == *' --help '* || " $* " == *' -h '* ]]; then
        cli "$@"
    else
        need_packages "${RUNTIME_PACKAGES[@]}"
        daemon_answers || start_daemon
        cli "$@"
    fi
}

cli() {
    LAMELLA_COMMAND=./lamella "$java" -XX:AOTCache="$home/cli.aot" @"$home/cli.args" io.lamella.cli.Main "$@"
}

daemon_answers() {
    cli node show >/dev/null 2>&1 </dev/null
}

start_daemon() {
    local pid deadline=$((SECONDS + DAEMON_START_SECONDS))
    mkdir -p "$STATE_DIR" "$RUN_DIR"
    # What the daemon ignores, everything that it starts in an instance would ignore too.
    LC_ALL=C.UTF-8 setsid nohup env --default-signal=INT,QUIT,HUP "$java" @"$home/daemon.args" io.lamella.daemon.Main >"$DAEMON_LOG" 2>&1 </dev/null &
    pid=$!
    printf '%s\n' "$pid" >"$DEMO_MARK"
    say "starting the daemon (process $pid, log: $DAEMON_LOG)"
    until daemon_answers; do
        if ! kill -0 "$pid" 2>/dev/null; then
            tail -n 20 "$DAEMON_LOG" >&2
            die 'the daemon ended right away; its last words are above'
        fi
        if ((SECONDS >= deadline)); then
            tail -n 20 "$DAEMON_LOG" >&2
            die "the daemon does not answer after $DAEMON_START_SECONDS s; its last words are above"
        fi
        sleep 0.2
    done
}

# Takes the demo's slices away, and the whole node where the demo had brought it up and nobody else uses it.
demo_down() {
    local slices
    if daemon_answers; then
        cli "$@"
        [[ -f $DEMO_MARK ]] || return 0
        slices=$(cli slice list --format json)
        if [[ $slices != *'[]'* ]]; then
            say 'other slices are left, so the daemon keeps running'
            return 0
        fi
    elif [[ ! -f $DEMO_MARK ]]; then
        say 'nothing to remove: no daemon answers, and none was started by the demo'
        return 0
    fi
    stop_daemon
    "$java" @"$home/daemon.args" io.lamella.daemon.Main --remove
    rm -rf -- "$STATE_DIR" "$RUN_DIR" "$CACHE_DIR"
}

stop_daemon() {
    local pid deadline=$((SECONDS + DAEMON_STOP_SECONDS))
    pid=$(<"$DEMO_MARK")
    # The number may be another process's by now.
    if ! grep -qsaF io.lamella.daemon.Main "/proc/$pid/cmdline"; then
        return 0
    fi
    kill -TERM "$pid"
    while kill -0 "$pid" 2>/dev/null; do
        if ((SECONDS >= deadline)); then
            die "the daemon (process $pid) did not end within $DAEMON_STOP_SECONDS s; see $DAEMON_LOG"
        fi
        sleep 0.2
    done
}
