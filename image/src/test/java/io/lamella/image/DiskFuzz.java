package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.Firmware;
import io.lamella.model.Qcow2;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** First sectors from anywhere are looked at without an error, whatever they say. */
class DiskFuzz {
    @Property(tries = 3000)
    void partitionTables(@ForAll @Size(max = 400) byte[] noise, @ForAll boolean code) {
        byte[] disk = new byte[BootSector.LOOKED_AT];
        System.arraycopy(noise, 0, disk, 446, Math.min(noise.length, 64));
        System.arraycopy(noise, 0, disk, 520, noise.length);
        disk[0] = (byte) (code ? 1 : 0);
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        System.arraycopy("EFI PART".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, disk, 512, 8);
        Firmware firmware = BootSector.firmware(disk);
        if (code) {
            assertThat(firmware).isEqualTo(Firmware.BIOS);
        }
    }

    @Property(tries = 2000)
    void anyBytes(@ForAll @Size(max = 2000) byte[] disk) {
        assertThat(BootSector.firmware(disk)).isNotNull();
        DiskImage.begins(disk);
    }

    @Property(tries = 3000)
    void qcow2Headers(@ForAll @Size(max = 200) byte[] noise, @ForAll boolean three) {
        byte[] header = new byte[noise.length + 8];
        System.arraycopy(noise, 0, header, 8, noise.length);
        ByteBuffer.wrap(header).putInt(0, 0x514649fb).putInt(4, three ? 3 : 2);
        Qcow2.parse(ByteBuffer.wrap(header))
                .ifPresent(qcow2 -> assertThat(qcow2.layered())
                        .isEqualTo(ByteBuffer.wrap(header).getLong(8) != 0));
        assertThat(Qcow2.begins(ByteBuffer.wrap(header))).isTrue();
        assertThat(Qcow2.parse(ByteBuffer.wrap(noise))).isNotNull();
    }
}
