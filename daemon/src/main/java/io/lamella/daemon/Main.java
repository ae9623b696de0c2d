package io.lamella.daemon;

import io.lamella.model.Refusal;
import io.lamella.store.StoreException;
import java.util.concurrent.CountDownLatch;

/** The daemon's process. */
public final class Main {
    private Main() {}

    /** Exit codes: 0 ended on request, 1 could not start, 2 wrong usage. */
    @SuppressWarnings("SystemOut") // a process's own words, before there is a log
    public static void main(String[] args) throws InterruptedException {
        Logging.begin();
        try {
            Arguments arguments = Arguments.parse(args);
            if (arguments.help()) {
                System.out.print(Arguments.USAGE);
                return;
            }
            if (arguments.remove()) {
                Removal.run(arguments.settings(), arguments.keepState());
                return;
            }
            serve(arguments.settings());
        } catch (Refusal e) {
            System.err.println("lamellad: " + e.getMessage());
            System.exit(e.reason() == Refusal.Reason.INVALID ? 2 : 1);
        } catch (StoreException e) {
            System.err.println("lamellad: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void serve(Settings settings) throws InterruptedException {
        Daemon daemon = new Daemon(settings);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            daemon.close();
                            ended.countDown();
                        },
                        "shutdown"));
        daemon.start();
        ended.await();
    }
}
