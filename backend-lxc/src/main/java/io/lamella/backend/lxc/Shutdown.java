package io.lamella.backend.lxc;

import io.lamella.linux.Cgroups;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One orderly end of one running instance. */
final class Shutdown {
    private static final Duration CLEANING = Duration.ofSeconds(10);
    /** An init that has just been started does not hear yet; asking again does no harm. */
    private static final Duration AGAIN = Duration.ofSeconds(2);

    private static final Duration FIRST_LOOK = Duration.ofMillis(2);
    private static final Duration LAST_LOOK = Duration.ofMillis(50);

    private final Unit unit;
    private final Tools tools;
    private final Cgroups cgroups;
    private final CountDownLatch ended = new CountDownLatch(1);

    Shutdown(Unit unit, Tools tools, Cgroups cgroups) {
        this.unit = unit;
        this.tools = tools;
        this.cgroups = cgroups;
    }

    /** Is told that LXC's monitor has ended, which it does last of all. */
    void ended() {
        ended.countDown();
    }

    /** Asks init to shut down; returns when there is nothing left to wait for, at the latest after {@code grace}. */
    void ask(Duration grace) {
        InitSystem init = init();
        long deadline = System.nanoTime() + grace.toNanos();
        long look = init == InitSystem.BARE_BUSYBOX ? FIRST_LOOK.toNanos() : AGAIN.toNanos();
        long again = System.nanoTime();
        for (long now = again; deadline - now > 0; now = System.nanoTime()) {
            if (now - again >= 0) {
                signal(init, Duration.ofNanos(deadline - now));
                again = System.nanoTime() + AGAIN.toNanos();
            }
            if (await(Math.min(look, Math.max(1, deadline - System.nanoTime()))) || nothingLeft(init)) {
                return;
            }
            if (init == InitSystem.BARE_BUSYBOX) {
                look = Math.min(2 * look, LAST_LOOK.toNanos());
            }
        }
    }

    /** After the instance's processes have ended: LXC gives devices back and removes control groups. */
    void awaitMonitor() {
        await(CLEANING.toNanos());
    }

    private boolean await(long nanos) {
        try {
            return ended.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void signal(InitSystem init, Duration timeout) {
        if (init == InitSystem.SYSVINIT) {
            tools.run(timeout, unit, "lxc-attach", "--clear-env", "--", InitSystem.TELINIT, "-t1", "0");
        } else {
            tools.run(timeout, unit, "lxc-stop", "--nowait");
        }
    }

    private boolean nothingLeft(InitSystem init) {
        return init == InitSystem.BARE_BUSYBOX
                && cgroups.processes(unit.group()).size() == 1;
    }

    private InitSystem init() {
        try {
            return LxcConfig.initOf(Files.readString(unit.config()));
        } catch (IOException e) {
            return InitSystem.OTHER;
        }
    }
}
