package io.lamella.api;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the API listens.
 *
 * @param socket the Unix socket for local clients, at most 103 bytes long
 * @param tls the listener for remote clients; absent: there is none
 * @param adminGroup the group whose members administer the node through the socket; it need not exist
 */
public record ApiSettings(Path socket, Optional<TlsSettings> tls, String adminGroup) {}
