#!/bin/sh
# The daemon of Lamella; see lamellad(8).
home=/usr/lib/lamella
# For a small resident set rather than for throughput: one collector thread, the first compiler only (the second takes
# 8 MB and start time, for a program that waits for the kernel), small object headers, a heap that starts small, and few
# arenas, of which glibc would keep one for every thread that ever called malloc.
MALLOC_ARENA_MAX=2 exec "$home/runtime/bin/java" -XX:AOTCache="$home/daemon.aot" -XX:+UseSerialGC \
    -XX:TieredStopAtLevel=1 \
    -XX:+UseCompactObjectHeaders -Xms16m -Xmx256m -XX:+ExitOnOutOfMemoryError \
    -Xlog:disable '-Xlog:all=error,aot*=off,cds*=off:stderr' --enable-native-access=ALL-UNNAMED \
    -Dorg.sqlite.lib.path="$home/lib" -Dorg.sqlite.lib.name=libsqlitejdbc.so \
    -cp "@CLASSPATH@" io.lamella.daemon.Main "$@"
