package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.image.TarEntry.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** What another implementation writes is read as it was meant. */
class TarReaderProperties {
    @Property(tries = 200)
    void entriesOfCommonsCompress(
            @ForAll @AlphaChars @NotEmpty @StringLength(max = 300) String name,
            @ForAll @Size(max = 2000) byte[] content,
            @ForAll @IntRange(max = 07777) int mode,
            @ForAll @LongRange(min = 0, max = 1L << 40) long uid,
            @ForAll @LongRange(min = -1_000_000_000, max = 1L << 36) long seconds,
            @ForAll boolean pax)
            throws IOException {
        Assume.that(pax || seconds >= 0);
        int style = pax ? TarArchiveOutputStream.LONGFILE_POSIX : TarArchiveOutputStream.LONGFILE_GNU;
        int numbers = pax ? TarArchiveOutputStream.BIGNUMBER_POSIX : TarArchiveOutputStream.BIGNUMBER_STAR;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
            out.setLongFileMode(style);
            out.setBigNumberMode(numbers);
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setMode(mode);
            entry.setUserId(uid);
            entry.setModTime(new Date(seconds * 1000));
            entry.setSize(content.length);
            out.putArchiveEntry(entry);
            out.write(content);
            out.closeArchiveEntry();
            TarArchiveEntry link = new TarArchiveEntry("link", TarArchiveEntry.LF_SYMLINK);
            link.setLinkName(name);
            out.putArchiveEntry(link);
            out.closeArchiveEntry();
        }
        TarReader reader = new TarReader(new ByteArrayInputStream(bytes.toByteArray()));
        TarEntry file = reader.next().orElseThrow();
        assertThat(file.kind()).isEqualTo(Kind.FILE);
        assertThat(file.name()).isEqualTo(name);
        assertThat(file.mode()).isEqualTo(mode);
        assertThat(file.uid()).isEqualTo(uid);
        assertThat(file.mtime()).isEqualTo(Instant.ofEpochSecond(seconds));
        assertThat(file.size()).isEqualTo(content.length);
        assertThat(reader.readAll(name, 4000)).isEqualTo(content);
        TarEntry link = reader.next().orElseThrow();
        assertThat(link.target()).isEqualTo(name);
        assertThat(reader.next()).isEmpty();
    }
}
