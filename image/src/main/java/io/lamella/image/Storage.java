package io.lamella.image;

import io.lamella.linux.LinuxException;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import java.util.Optional;

/** Failures of the disk, as sentences. */
final class Storage {
    private static final int ENOSPC = 28;
    private static final int EDQUOT = 122;

    private Storage() {}

    /** @param doing what was tried, after "cannot": {@code write "etc/passwd"} */
    static Refusal refusal(String doing, IOException e) {
        String reason = reason(e);
        String text = reason.toLowerCase(Locale.ROOT);
        if (text.contains("no space left") || text.contains("quota exceeded")) {
            return full();
        }
        return Refusal.unavailable("the image store cannot " + doing + ": " + reason);
    }

    static Refusal refusal(String doing, LinuxException e) {
        return e.errno() == ENOSPC || e.errno() == EDQUOT
                ? full()
                : Refusal.unavailable("the image store cannot " + doing + ": " + e.getMessage());
    }

    static Refusal full() {
        return Refusal.exhausted("disk", "the disk of the image store is full; nothing of the image was kept");
    }

    private static String reason(IOException e) {
        String kind = e.getClass().getSimpleName();
        if (e instanceof FileSystemException f) {
            return Optional.ofNullable(f.getReason()).orElse(kind);
        }
        return Optional.ofNullable(e.getMessage()).orElse(kind);
    }
}
