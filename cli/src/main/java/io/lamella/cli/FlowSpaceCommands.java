package io.lamella.cli;

import io.lamella.flowspace.Proxy;
import io.lamella.model.Codec;
import io.lamella.model.FlowSpace;
import io.lamella.model.FlowSpaceCheck;
import io.lamella.model.FlowSpaceReport;
import io.lamella.model.FlowSpaceReport.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/** The commands over the flow space. */
final class FlowSpaceCommands {
    private static final int LIMIT = 10;

    private FlowSpaceCommands() {}

    /** Ends with 1 where two slices share a packet, so that a script can ask. */
    static int check(Invocation in) throws IOException {
        int limit = in.number("limit").orElse(LIMIT);
        if (limit < 1 || limit > 100_000) {
            throw Failure.wrongUse("--limit \"" + limit + "\" is not allowed: it must be from 1 to 100000");
        }
        FlowSpace flowSpace = in.file("flowspace.yaml", FlowSpaceFile::read);
        FlowSpaceReport report = FlowSpaceCheck.of(flowSpace, limit);
        in.print(
                Codec.write(report),
                json -> FlowSpaceText.of(report, in.environment().colour()));
        return report.verdict() == Verdict.ISOLATED ? 0 : 1;
    }

    /** Serves until the process is ended by a signal. */
    static int serve(Invocation in) throws IOException, InterruptedException {
        FlowSpace flowSpace = in.file("config", "flowspace.yaml", FlowSpaceFile::read);
        Log.begin();
        try (Proxy proxy = new Proxy(flowSpace, in.flag("shared"))) {
            Runtime.getRuntime().addShutdownHook(new Thread(proxy::close, "shutdown"));
            for (InetSocketAddress a : proxy.addresses()) {
                in.out().println("waiting for switches at " + a.getHostString() + " port " + a.getPort());
            }
            in.out().flush();
            new CountDownLatch(1).await();
        }
        return 0;
    }
}
