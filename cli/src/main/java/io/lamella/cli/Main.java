package io.lamella.cli;

import io.lamella.model.Refusal;
import java.io.IOException;

/** The command {@code lamella}. */
public final class Main {
    private Main() {}

    public static void main(String[] words) {
        Environment environment = Environment.own();
        int code = run(environment, words);
        environment.out().flush();
        environment.err().flush();
        System.exit(code);
    }

    /** Runs one command line; returns its exit code and never throws. */
    static int run(Environment environment, String... words) {
        try {
            Arguments arguments = Arguments.parse(Commands.tree(), Commands.GLOBAL, words);
            Invocation invocation = new Invocation(arguments, environment);
            if (arguments.flag("help")) {
                environment.out().print(Usage.of(arguments.command()));
                return 0;
            }
            return arguments.command().run(invocation);
        } catch (Failure e) {
            return complain(environment, e.getMessage(), e.exitCode());
        } catch (Refusal e) {
            return complain(environment, e.getMessage(), e.reason() == Refusal.Reason.INVALID ? 2 : 1);
        } catch (IOException e) {
            return complain(environment, Endpoint.reason(e), 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return complain(environment, "interrupted", 1);
        } catch (Exception e) {
            return complain(environment, "a defect in lamella itself: " + e, 1);
        }
    }

    private static int complain(Environment environment, String sentence, int code) {
        environment.out().flush();
        environment.err().println("lamella: " + Table.printable(sentence));
        return code;
    }
}
