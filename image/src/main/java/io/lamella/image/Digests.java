package io.lamella.image;

import io.lamella.model.Refusal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Digests as text: {@code sha256:} and 64 lower-case hexadecimal digits. */
final class Digests {
    private static final String PREFIX = "sha256:";
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    private Digests() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    /** Ends {@code digest} and returns its text. */
    static String text(MessageDigest digest) {
        return PREFIX + HexFormat.of().formatHex(digest.digest());
    }

    static boolean isHex(String text) {
        return HEX.matcher(text).matches();
    }

    /** The 64 digits of {@code digest}, which thereby is a harmless file name. */
    static String hex(String digest) {
        String hex = digest.startsWith(PREFIX) ? digest.substring(PREFIX.length()) : "";
        if (!isHex(hex)) {
            throw Refusal.invalid("digest", digest, "sha256: and 64 hexadecimal digits");
        }
        return hex;
    }

    /** What a person typed as expected digest, with or without the prefix, in either case. */
    static String expected(String sha256) {
        String text = sha256.strip().toLowerCase(Locale.ROOT);
        String hex = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
        if (!isHex(hex)) {
            throw Refusal.invalid("sha256", sha256, "64 hexadecimal digits");
        }
        return PREFIX + hex;
    }
}
