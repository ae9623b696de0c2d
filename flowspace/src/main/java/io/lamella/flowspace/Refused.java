package io.lamella.flowspace;

/** A controller's request that is answered with an error. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Fault fault;

    Refused(Fault fault) {
        super(fault.name(), null, false, false); // it is an answer, not a defect: nobody reads its stack
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }
}
