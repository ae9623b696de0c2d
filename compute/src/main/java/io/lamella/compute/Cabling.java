package io.lamella.compute;

import io.lamella.model.Port;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** Connects ports to the node's switch. Every method is idempotent and may be called from any thread. */
public interface Cabling {
    /** Makes the ports' devices. Afterwards they wait for the instance in the node's network namespace. */
    void prepare(List<Port> ports, Plug plug);

    /** Connects prepared ports to the switch; on return their frames are forwarded. */
    void connect(List<Port> ports);

    /** Removes the ports from the switch with their flows and devices. */
    void disconnect(List<Port> ports);

    /**
     * Makes the switch carry exactly {@code connected}: repairs what is missing and removes what is left over. Devices
     * of ports that are connected already are not touched; ports whose devices do not exist yet are left to
     * {@link #prepare} and {@link #connect}.
     *
     * @param connected asked once no other call changes the switch, so that it sees every port connected by then
     */
    void reconcile(Supplier<? extends Collection<Port>> connected);

    /** {@code system} or {@code netdev}. */
    String datapath();

    /** {@code private}, {@code shared}, or a sentence that says why there is no switch. */
    String state();
}
