package io.lamella.api;

import java.nio.file.Path;

/**
 * Where remote clients connect.
 *
 * @param host the address to listen on
 * @param port 0 to 65535; 0 lets the kernel choose
 * @param certificate the certificate chain in PEM, the server's own first
 * @param key its private key as unencrypted PKCS #8 in PEM (RFC 5958)
 */
public record TlsSettings(String host, int port, Path certificate, Path key) {}
