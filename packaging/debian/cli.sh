#!/bin/sh
# The command line of Lamella; see lamella(1). Says nothing of its own on standard output.
home=/usr/lib/lamella
exec "$home/runtime/bin/java" -XX:AOTCache="$home/cli.aot" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    -XX:CompileThresholdScaling=20 -Xlog:disable '-Xlog:all=error,aot*=off,cds*=off:stderr' --enable-native-access=ALL-UNNAMED \
    -cp "@CLASSPATH@" io.lamella.cli.Main "$@"
