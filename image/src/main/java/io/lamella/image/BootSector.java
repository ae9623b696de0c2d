package io.lamella.image;

import io.lamella.model.Firmware;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/** The begin of a disk: its master boot record, and its GUID partition table (UEFI specification, chapter 5). */
final class BootSector {
    static final int SECTOR = 512;
    /** The first sector, the table's header and its 128 entries. */
    static final int LOOKED_AT = 34 * SECTOR;

    private static final int SIGNATURE = 510;
    private static final int BOOT_CODE = 440;
    private static final int PARTITIONS = 446;
    private static final int PARTITION = 16;
    private static final int TYPE = 4;
    private static final byte EFI_SYSTEM = (byte) 0xef;
    private static final UUID EFI_SYSTEM_PARTITION = UUID.fromString("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    private static final long GPT_MAGIC = 0x5452415020494645L; // "EFI PART"
    private static final int ENTRIES_AT = 72;
    private static final int ENTRY_COUNT = 80;
    private static final int ENTRY_SIZE = 84;

    private BootSector() {}

    /** Whether a first sector has the mark that a firmware looks for. */
    static boolean begins(byte[] disk) {
        return disk.length >= SECTOR && disk[SIGNATURE] == 0x55 && disk[SIGNATURE + 1] == (byte) 0xaa;
    }

    /** What the disk is made for: UEFI where it has an EFI system partition and no boot code for a BIOS. */
    static Firmware firmware(byte[] disk) {
        return begins(disk) && !bootCode(disk) && (systemInMbr(disk) || systemInGpt(disk))
                ? Firmware.UEFI
                : Firmware.BIOS;
    }

    private static boolean bootCode(byte[] disk) {
        for (int i = 0; i < BOOT_CODE; i++) {
            if (disk[i] != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean systemInMbr(byte[] disk) {
        for (int i = 0; i < 4; i++) {
            if (disk[PARTITIONS + i * PARTITION + TYPE] == EFI_SYSTEM) {
                return true;
            }
        }
        return false;
    }

    private static boolean systemInGpt(byte[] disk) {
        if (disk.length < 2 * SECTOR) {
            return false;
        }
        ByteBuffer gpt = ByteBuffer.wrap(disk).order(ByteOrder.LITTLE_ENDIAN);
        if (gpt.getLong(SECTOR) != GPT_MAGIC) {
            return false;
        }
        long at = gpt.getLong(SECTOR + ENTRIES_AT);
        long count = Integer.toUnsignedLong(gpt.getInt(SECTOR + ENTRY_COUNT));
        long size = Integer.toUnsignedLong(gpt.getInt(SECTOR + ENTRY_SIZE));
        if (at < 2 || at > LOOKED_AT / SECTOR || size < 128) {
            return false;
        }
        for (long i = 0, offset = at * SECTOR; i < count && offset + 16 <= disk.length; i++, offset += size) {
            if (guid(gpt, (int) offset).equals(EFI_SYSTEM_PARTITION)) {
                return true;
            }
        }
        return false;
    }

    /** Its first three fields are little-endian, the rest are bytes. */
    private static UUID guid(ByteBuffer gpt, int offset) {
        long high = Integer.toUnsignedLong(gpt.getInt(offset)) << 32
                | Short.toUnsignedLong(gpt.getShort(offset + 4)) << 16
                | Short.toUnsignedLong(gpt.getShort(offset + 6));
        return new UUID(high, Long.reverseBytes(gpt.getLong(offset + 8)));
    }
}
