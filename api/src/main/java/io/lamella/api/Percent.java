package io.lamella.api;

import io.lamella.model.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoding (RFC 3986 section 2.1) of UTF-8, strictly: what is malformed is refused, not repaired. */
final class Percent {
    private Percent() {}

    /** Decodes {@code text}; {@code plusIsSpace} as in a query (the URL standard's form encoding). */
    static String decode(String field, String text, boolean plusIsSpace) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            if (b == '%') {
                if (i + 2 >= bytes.length || digit(bytes[i + 1]) < 0 || digit(bytes[i + 2]) < 0) {
                    throw Refusal.invalid(field, field + " has a % without two hexadecimal digits after it");
                }
                b = (byte) (digit(bytes[i + 1]) << 4 | digit(bytes[i + 2]));
                i += 2;
            } else if (b == '+' && plusIsSpace) {
                b = ' ';
            }
            bytes[length++] = b;
        }
        return utf8(field, ByteBuffer.wrap(bytes, 0, length));
    }

    /** Decodes UTF-8, refusing what is none. */
    static String utf8(String field, ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw Refusal.invalid(field, field + " is not UTF-8");
        }
    }

    private static int digit(byte b) {
        return b < 0 ? -1 : Character.digit(b, 16);
    }
}
