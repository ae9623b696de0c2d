# Builds the distribution that ./lamella runs from: target/dist/HASH, with target/dist/current pointing to it.
# Sourced after setup.sh; $root is the checkout. A directory is complete once it has its file `stamp`.
# shellcheck shell=bash
: "${root:?}"

# What the distribution is made of. `newer_source` in ./lamella looks at the same.
dist_sources() {
    find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main "$root/.mvn" "$root/scripts/build.sh" -type f -print0
}

dist_hash() {
    dist_sources | LC_ALL=C sort -z | (cd "$root" && xargs -0 sha256sum) | sha256sum | cut -c1-16
}

# Builds unless the sources are those of the last build. One build at a time; others wait for it.
build_dist() {
    local dist=$root/target/dist hash
    need_jdk
    mkdir -p "$dist"
    exec 9>"$dist/lock"
    flock 9
    touch "$dist/began"
    hash=$(dist_hash)
    if [[ ! -f $dist/$hash/stamp ]]; then
        need_maven
        make_dist "$dist/$hash"
    fi
    mv "$dist/began" "$dist/$hash/stamp"
    ln -sfn "$hash" "$dist/current"
    prune_dist "$dist" "$hash"
    exec 9>&-
}

make_dist() {
    local target=$1 room
    rm -rf "$target"
    mkdir -p "$target/lib"
    run_maven "$root/target/build.log" package -DskipTests -pl cli,daemon -am \
        dependency:build-classpath -DincludeScope=runtime "-Dmdep.outputFile=\${project.build.directory}/classpath"
    for room in cli daemon; do
        java_arguments "$target/lib" "$room" >"$target/$room.args"
    done
    printf '%s\n' "$JAVA_HOME" "$root" >"$target/made-for"
    train_cli "$target"
}

# Maven with a progress line a module; the whole log in file $1, its end shown on failure.
run_maven() {
    local log=$1
    shift
    mkdir -p "${log%/*}"
    say "building with $JAVA_HOME; the first time Maven fetches libraries too (log: $log)"
    if ! (cd "$root" && mvn -B -ntp -T 1C "$@" 2>&1 </dev/null) | tee "$log" | maven_progress; then
        maven_errors "$log" >&2
        die "the build failed; the whole log is $log"
    fi
}

# What went wrong, without the advice that Maven adds; the log's end where it does not say.
maven_errors() {
    grep -a '^\[ERROR\] .' "$1" | grep -av -e '\[Help 1\]' -e 'Re-run Maven' -e 'To see the full' \
        -e 'For more information' -e 'After correcting' -e 'mvn <args>' | head -n 30 || tail -n 40 "$1"
}

maven_progress() {
    sed -u -n -E 's/^\[INFO\] Building (lamella[a-z-]*) [^ ]+ +\[([0-9]+)\/([0-9]+)\]$/  \1 (\2 of \3)/p' >&2
}

# Copies the jars of a room and of all it needs into directory $1 and prints the arguments that start it, but for the
# name of its main class. Serial collector and first compiler only: a command lives too shortly for more.
java_arguments() {
    local lib=$1 room=$2 jars=() jar path=''
    mapfile -t -d : jars < <(tr -d '\n' <"$root/$room/target/classpath")
    for jar in "$root/$room/target/lamella-$room"-[0-9]*.jar "${jars[@]}"; do
        [[ $jar == *-sources.jar || $jar == *-tests.jar ]] && continue
        cp -p -- "$jar" "$lib/"
        path+=${path:+:}$lib/${jar##*/}
    done
    printf '%s\n' --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
    if [[ $room == cli ]]; then
        # A cache that is missing or no longer fits is ignored; unasked, the JVM would say so on standard output.
        printf '%s\n' -XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=20 -Xlog:disable '-Xlog:all=error,aot*=off,cds*=off:stderr'
    else
        printf '%s\n' -Xms16m -Xmx256m
    fi
    printf -- '-cp\n"%s"\n' "$path"
}

# Makes the command's ahead-of-time cache from one run of it. It only saves time, so a failure is no error.
train_cli() {
    "$JAVA_HOME/bin/java" -XX:AOTCacheOutput="$1/cli.aot" @"$1/cli.args" \
        io.lamella.cli.Main rehearse >/dev/null 2>&1 </dev/null || true
}

# Removes older builds, except those that a process still runs from.
prune_dist() {
    local dist=$1 keep=$2 old
    for old in "$dist"/????????????????; do
        [[ -d $old && ${old##*/} != "$keep" ]] || continue
        grep -qsaF -- "$old/" /proc/[0-9]*/cmdline || rm -rf "$old"
    done
}
