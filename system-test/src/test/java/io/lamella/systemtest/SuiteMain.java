package io.lamella.systemtest;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes by name where there is no Maven, such as in the lab's machines. */
final class SuiteMain {
    private SuiteMain() {}

    /** Exit codes: 0 all passed, 1 some failed, 3 some were skipped, 4 there were none. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] classes) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (String name : classes) {
            request.selectors(DiscoverySelectors.selectClass("io.lamella.systemtest." + name));
        }
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherDiscoveryRequest built = request.build();
        LauncherFactory.create().execute(built, listener);
        TestExecutionSummary summary = listener.getSummary();
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        summary.printFailuresTo(out, 20);
        summary.printTo(out);
        if (summary.getTotalFailureCount() > 0) {
            System.exit(1);
        }
        System.exit(
                summary.getTestsFoundCount() == 0
                        ? 4
                        : summary.getTestsSkippedCount() > 0 || summary.getTestsAbortedCount() > 0 ? 3 : 0);
    }
}
