package io.lamella.cli;

/** What this is. A test holds it against the build's version. */
final class Version {
    static final String NUMBER = "0.1.0";

    private Version() {}

    static int print(Invocation in) {
        in.out().println("lamella " + NUMBER);
        return 0;
    }
}
