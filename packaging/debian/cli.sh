#!/bin/sh
# The command line of Lamella; see lamella(1). Says nothing of its own on standard output.
home=/usr/lib/lamella
compiler='-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=20'
# The proxy lives long enough for the second compiler.
[ "$1 $2" != 'flowspace serve' ] || compiler='-XX:TieredStopAtLevel=4'
# shellcheck disable=SC2086 # words of the command line
exec "$home/runtime/bin/java" -XX:AOTCache="$home/cli.aot" -XX:+UseSerialGC $compiler \
    -Xlog:disable '-Xlog:all=error,aot*=off,cds*=off:stderr' --enable-native-access=ALL-UNNAMED \
    -cp "@CLASSPATH@" io.lamella.cli.Main "$@"
