package io.lamella.network;

import java.nio.file.Path;

/**
 * Where the switch is.
 *
 * @param runDirectory for sockets, pid files and logs; volatile (a tmpfs on most nodes). Short, because a Unix socket's
 *     path is limited to 107 bytes
 * @param stateDirectory for the private switch's database
 * @param systemSocket where the system's own ovsdb-server would listen, normally {@code /run/openvswitch/db.sock}
 * @param bridge the integration bridge's name, 15 characters at most
 */
public record SwitchSettings(Path runDirectory, Path stateDirectory, Path systemSocket, String bridge) {
    public SwitchSettings {
        runDirectory = runDirectory.toAbsolutePath();
        stateDirectory = stateDirectory.toAbsolutePath();
        systemSocket = systemSocket.toAbsolutePath();
    }
}
