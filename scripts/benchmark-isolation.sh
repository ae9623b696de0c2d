# ./benchmark isolation. Sourced by ./benchmark.
# shellcheck shell=bash
: "${root:?}" "${work:?}" "${home:?}"

# The machines of the lab have two CPUs; the last one is measured.
readonly LAB_BOOT='isolcpus=managed_irq,domain,1 nohz_full=1 rcu_nocbs=1 irqaffinity=0 skew_tick=1'

benchmark_isolation() {
    local target='' seconds=20 tuned=()
    while (($#)); do
        case $1 in
            --lab | --seconds)
                [[ -n ${2:-} ]] || usage
                if [[ $1 == --lab ]]; then target=$2; else seconds=$2; fi
                shift
                ;;
            --tuned) tuned=(--tuned) ;;
            *) usage ;;
        esac
        shift
    done
    [[ $seconds =~ ^[1-9][0-9]{0,3}$ ]] || { say "--seconds \"$seconds\": 1 to 9999 are allowed" && exit 2; }
    build_all
    gather_jars
    if [[ -z $target ]]; then
        need_packages stress-ng rt-tests
        sed "s|^home=.*|home='$home'|" "$root/target/package/usr/sbin/lamellad" >"$work/lamellad"
        chmod 755 "$work/lamellad"
        noise "$work/here.tsv" "$work/lamellad" "$seconds" "${tuned[@]}"
        noise --table "$work/here.tsv"
        return
    fi
    noise_in_lab "$target" plain '' "$seconds"
    noise_in_lab "$target" booted "$LAB_BOOT" "$seconds" "${tuned[@]}"
    noise --table "$work/plain.tsv" "$work/booted.tsv"
}

noise() {
    "$JAVA_HOME/bin/java" -cp "$work/jars/*" io.lamella.microbench.IsolationBenchmark "$@"
}

# Measures in a machine of the lab with further boot parameters, into NAME.tsv.
noise_in_lab() {
    local target=$1 name=$2 append=$3 code=0
    shift 3
    "$root/lab/run" "$target" --timeout 1500 ${append:+--append "$append"} --put "$work/jars" --get "/root/$name.tsv" -- sh -c '
        set -e
        systemctl stop lamella
        case " $* " in
            *" --tuned "*)
                { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends tuned; } \
                    >/root/apt.log 2>&1 || tail -n 3 /root/apt.log >&2
                ;;
        esac
        exec /usr/lib/lamella/runtime/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "/root/jars/*" \
            io.lamella.microbench.IsolationBenchmark "$@"' noise "/root/$name.tsv" /usr/sbin/lamellad "$@" || code=$?
    ((code == 0)) || exit "$code"
    mv "$root/target/lab/$target/$name.tsv" "$work/"
}
