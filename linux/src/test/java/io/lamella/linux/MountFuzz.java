package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;

class MountFuzz {
    private static final String SOUND =
            "36 35 98:0 /mnt1 /mnt\\0402\\134 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue\n"
                    + "37 36 0:45 / /run/a rw shared:7 - tmpfs  rw\n";

    @Example
    void theKernelsOwnExampleIsRead() {
        assertThat(Mount.parse(SOUND))
                .containsExactly(
                        new Mount(Path.of("/mnt 2\\"), "ext3", "/dev/root", "rw,noatime,rw,errors=continue"),
                        new Mount(Path.of("/run/a"), "tmpfs", "", "rw,rw"));
    }

    @Property
    void anyTextIsRead(@ForAll @CharRange(from = 0, to = 255) String text) {
        assertThat(Mount.parse(text).size())
                .isLessThanOrEqualTo((int) text.lines().count());
    }

    @Property
    void aDamagedLineIsReadOrLeftOut(
            @ForAll @IntRange(max = 150) int position, @ForAll @CharRange(from = 0, to = 255) char value) {
        StringBuilder text = new StringBuilder(SOUND);
        text.setCharAt(Math.min(position, text.length() - 1), value);
        assertThat(Mount.parse(text.toString())).hasSizeLessThanOrEqualTo(3);
        assertThat(Mount.parse(text.substring(0, Math.min(position, text.length()))))
                .hasSizeLessThanOrEqualTo(3);
    }
}
