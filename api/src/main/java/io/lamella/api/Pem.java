package io.lamella.api;

import io.lamella.model.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a server's certificate and key from PEM files (RFC 7468). */
final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END PRIVATE KEY-----");

    private Pem() {}

    /** A key store with one entry and no password. Refuses files that are unreadable or do not belong together. */
    static KeyStore keyStore(TlsSettings tls) {
        List<X509Certificate> chain = chain(tls.certificate());
        PrivateKey key = privateKey(tls.key());
        try {
            if (!belongTogether(key, chain.getFirst())) {
                throw Refusal.invalid(
                        "tls.key", tls.key() + " is not the key of the first certificate in " + tls.certificate());
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, new char[0]);
            store.setKeyEntry("server", key, new char[0], chain.toArray(Certificate[]::new));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw Refusal.invalid("tls.certificate", tls.certificate() + " cannot be used: " + e.getMessage());
        }
    }

    private static List<X509Certificate> chain(Path file) {
        byte[] bytes = read("tls.certificate", file);
        try {
            List<X509Certificate> chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (GeneralSecurityException e) {
            throw Refusal.invalid("tls.certificate", file + " is no certificate chain in PEM: " + e.getMessage());
        }
        throw Refusal.invalid("tls.certificate", file + " holds no certificate");
    }

    private static PrivateKey privateKey(Path file) {
        Matcher pem = KEY.matcher(new String(read("tls.key", file), StandardCharsets.US_ASCII));
        if (pem.find()) {
            try {
                PKCS8EncodedKeySpec spec =
                        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
                for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
                    try {
                        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
                    } catch (InvalidKeySpecException e) {
                        continue; // of another algorithm
                    }
                }
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw Refusal.invalid("tls.key", file + " cannot be read: " + e.getMessage());
            }
        }
        throw Refusal.invalid(
                "tls.key",
                file + " holds no unencrypted EC, RSA or EdDSA key as PKCS #8 in PEM; `openssl pkcs8 -topk8 -nocrypt`"
                        + " makes one of other forms");
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "EdDSA";
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update((byte) 1);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update((byte) 1);
        return signature.verify(signed);
    }

    private static byte[] read(String field, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Refusal.invalid(field, file + " cannot be read: " + e);
        }
    }
}
