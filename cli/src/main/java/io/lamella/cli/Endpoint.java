package io.lamella.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;

/** Where the API is reached. Every failure to connect is one sentence that says what to do. */
sealed interface Endpoint {
    String DEFAULT_SOCKET = "/run/lamella/lamella.sock";

    int CONNECT_MILLIS = 10_000;
    int MAX_TOKEN_FILE = 4096;

    /** The value of the Host field. */
    String host();

    /** The bearer token, where one is needed. */
    Optional<String> token();

    Wire connect();

    /** What the command line and the variables ask for; an option is stronger than a variable. */
    static Endpoint of(Arguments arguments, Environment environment) {
        Optional<String> socket = arguments.option("socket");
        Optional<String> host = arguments.option("host");
        if (socket.isPresent() && host.isPresent()) {
            throw Failure.wrongUse("--socket and --host exclude each other");
        }
        if (socket.isEmpty() && host.isEmpty()) {
            host = environment.variable("LAMELLA_HOST");
        }
        if (host.isEmpty()) {
            return new Local(Path.of(
                    socket.or(() -> environment.variable("LAMELLA_SOCKET")).orElse(DEFAULT_SOCKET)));
        }
        Optional<Path> tokenFile = arguments
                .option("token-file")
                .or(() -> environment.variable("LAMELLA_TOKEN_FILE"))
                .map(Path::of);
        Optional<Path> authority = arguments
                .option("ca")
                .or(() -> environment.variable("LAMELLA_CA"))
                .map(Path::of);
        return Remote.parse(host.get(), tokenFile.map(Endpoint::readToken), authority);
    }

    private static String readToken(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String token = new String(in.readNBytes(MAX_TOKEN_FILE), StandardCharsets.US_ASCII).strip();
            if (token.isEmpty()) {
                throw Failure.wrongUse("the token file " + file + " is empty");
            }
            return token;
        } catch (NoSuchFileException e) {
            throw Failure.wrongUse("there is no token file " + file);
        } catch (IOException e) {
            throw Failure.wrongUse("the token file " + file + " cannot be read: " + reason(e));
        }
    }

    /** Why a file or connection did not work, in words. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            default -> Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
        };
    }

    /** The daemon of this machine. */
    record Local(Path socket) implements Endpoint {
        @Override
        public String host() {
            return "localhost";
        }

        @Override
        public Optional<String> token() {
            return Optional.empty();
        }

        @Override
        public Wire connect() {
            try {
                return Wire.unix(socket);
            } catch (IOException e) {
                String why = reason(e);
                if (why.contains("Permission denied")) {
                    throw Failure.failed("no permission to use " + socket
                            + ": run as root, or join the group lamella (usermod -aG lamella USER) and log in again");
                }
                if (!Files.exists(socket)) {
                    throw Failure.failed("no daemon listens at " + socket
                            + ": start it (systemctl start lamella), or name its socket with --socket");
                }
                if (why.contains("Connection refused")) {
                    throw Failure.failed("nobody answers at " + socket
                            + ", which a daemon left behind when it ended: start it again (systemctl start lamella)");
                }
                throw Failure.failed("no connection to " + socket + ": " + why);
            } catch (IllegalArgumentException e) {
                throw Failure.wrongUse("--socket \"" + socket + "\" is no path that a socket can have");
            }
        }
    }

    /** A daemon over TLS. */
    record Remote(String host, int port, Optional<String> token, Optional<Path> authority) implements Endpoint {
        private static Remote parse(String text, Optional<String> token, Optional<Path> authority) {
            String address = text.startsWith("https://") ? text.substring(8) : text;
            try {
                URI uri = new URI("https://" + address).parseServerAuthority();
                boolean plain = uri.getUserInfo() == null
                        && uri.getQuery() == null
                        && (uri.getPath().isEmpty() || uri.getPath().equals("/"));
                if (plain && uri.getHost() != null && uri.getPort() > 0 && uri.getPort() < 65_536) {
                    return new Remote(uri.getHost(), uri.getPort(), token, authority);
                }
            } catch (URISyntaxException e) {
                // said below
            }
            throw Failure.wrongUse("--host \"" + text + "\" is not allowed: it must be https://HOST:PORT");
        }

        @Override
        public Wire connect() {
            String where = "https://" + host + ":" + port;
            try {
                String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
                return Wire.tls(name, port, trust(), CONNECT_MILLIS);
            } catch (UnknownHostException e) {
                throw Failure.failed("the host of " + where + " is not known: check the name");
            } catch (SSLHandshakeException e) {
                throw Failure.failed("the certificate of " + where + " is not trusted (" + distrust(e)
                        + "): name the authority that signed it with --ca FILE");
            } catch (SSLException e) {
                throw Failure.failed(where + " does not speak TLS: " + reason(e));
            } catch (IOException e) {
                throw Failure.failed("no connection to " + where + ": " + reason(e));
            } catch (GeneralSecurityException e) {
                throw Failure.failed("TLS does not work here: " + e.getMessage());
            }
        }

        private static String distrust(SSLHandshakeException e) {
            Throwable root = e;
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                root = cause;
            }
            return switch (root) {
                case CertPathBuilderException unsigned -> "no known authority signed it";
                case CertificateExpiredException expired -> "it has expired";
                case CertificateNotYetValidException early -> "it is not valid yet";
                default -> Optional.ofNullable(root.getMessage()).orElse("its handshake failed");
            };
        }

        private SSLContext trust() throws GeneralSecurityException, IOException {
            if (authority.isEmpty()) {
                return SSLContext.getDefault();
            }
            Path file = authority.get();
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            try (InputStream in = Files.newInputStream(file)) {
                int n = 0;
                for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    store.setCertificateEntry("ca" + n++, c);
                }
                if (n == 0) {
                    throw Failure.wrongUse("--ca " + file + " holds no certificate");
                }
            } catch (IOException e) {
                throw Failure.wrongUse("--ca " + file + " cannot be read: " + reason(e));
            } catch (CertificateException e) {
                throw Failure.wrongUse("--ca " + file + " holds no certificate in PEM form");
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        }
    }
}
