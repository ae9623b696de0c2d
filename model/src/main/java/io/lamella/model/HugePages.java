package io.lamella.model;

import java.util.Optional;

/**
 * The wish that a virtual machine's memory lies in huge pages of the node's, all of them taken before it starts (kernel
 * document admin-guide/mm/hugetlbpage). Written {@code yes} or as the pages' size.
 *
 * @param size of a page: a power of two from 64K on; absent: the kernel's default
 */
public record HugePages(Optional<ByteSize> size) {
    private static final long SMALLEST = 64 << 10;

    public HugePages {
        size = Given.optional(size);
        size.filter(s -> s.bytes() < SMALLEST || Long.bitCount(s.bytes()) != 1).ifPresent(s -> {
            throw refused(s.toString());
        });
    }

    /** Reads {@code yes} or a size. */
    public static HugePages parse(String field, String text) {
        if (text.strip().equals("yes")) {
            return new HugePages(Optional.empty());
        }
        try {
            return new HugePages(Optional.of(ByteSize.parse(field, text)));
        } catch (Refusal e) {
            throw refused(text);
        }
    }

    private static Refusal refused(String text) {
        return Refusal.invalid("hugePages", text, "yes or the size of a page such as 2M or 1G");
    }

    @Override
    public String toString() {
        return size.map(ByteSize::toString).orElse("yes");
    }
}
