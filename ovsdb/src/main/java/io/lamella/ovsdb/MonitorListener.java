package io.lamella.ovsdb;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Told of a monitor's rows, in the order in which the server committed them. Called on the client's reading thread: must
 * return soon and must not call the client. In return, a change is delivered before the transaction that made it
 * returns to its caller.
 */
public interface MonitorListener {
    /**
     * All monitored rows by table: first, and again after each reconnection, whatever happened in between. Every
     * monitored table is a key.
     */
    void snapshot(Map<String, Map<UUID, Row>> tables);

    void changed(List<RowChange> changes);

    /** The connection broke; the next call is {@link #snapshot}. */
    default void disconnected() {}
}
