package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueProperties {
    @Property
    void sizesAreReadBack(@ForAll @LongRange(min = 0, max = 1L << 49) long bytes) {
        ByteSize size = new ByteSize(bytes);
        assertThat(ByteSize.parse("memory", size.toString())).isEqualTo(size);
    }

    @Property
    void addressesAreReadBack(@ForAll int bits) {
        Ipv4 address = new Ipv4(bits);
        assertThat(Ipv4.parse("address", address.toString())).isEqualTo(address);
    }

    @Property
    void prefixesOverlapExactlyWhenTheyShareAnAddress(
            @ForAll int one, @ForAll @IntRange(max = 32) int p, @ForAll int two, @ForAll @IntRange(max = 32) int q) {
        Cidr a = cidr(one, p);
        Cidr b = cidr(two, q);
        boolean share = a.contains(b.base()) || b.contains(a.base());
        assertThat(a.overlaps(b)).isEqualTo(share);
        assertThat(a.contains(a.broadcast())).isTrue();
        assertThat(Cidr.parse("subnets", a.toString())).isEqualTo(a);
    }

    private static Cidr cidr(int bits, int prefix) {
        return new Cidr(new Ipv4(prefix == 0 ? 0 : bits & (-1 << (32 - prefix))), prefix);
    }

    @Property
    void macAddressesAreLocalUnicastAndReadBack(@ForAll long high, @ForAll long low) {
        MacAddress mac = MacAddress.derivedFrom(new UUID(high, low));
        assertThat(mac.bits() >>> 40 & 3).isEqualTo(2);
        assertThat(MacAddress.parse("mac", mac.toString())).isEqualTo(mac);
    }

    @Property
    void everyAssignedAddressIsNewAndInside(@ForAll @IntRange(min = 24, max = 30) int prefix) {
        NetworkSpec network = new NetworkSpec("lan", List.of(cidr(0x0a000000, prefix)));
        Set<Ipv4> taken = new HashSet<>();
        long capacity = (1L << (32 - prefix)) - 3;
        for (long i = 0; i < capacity; i++) {
            Ipv4 address = AddressPlan.assign(network, Optional.empty(), taken).address();
            assertThat(taken.add(address)).isTrue();
            assertThat(network.subnets().getFirst().contains(address)).isTrue();
        }
        assertThatThrownBy(() -> AddressPlan.assign(network, Optional.empty(), taken))
                .hasMessageContaining("no free address");
    }

    @Property
    void idRangesNeverOverlap(@ForAll @IntRange(min = 1, max = 100) int slices) {
        List<IdRange> taken = new ArrayList<>();
        IdRange pool = new IdRange(1_000_000, 200 * IdRange.PER_SLICE);
        for (int i = 0; i < slices; i++) {
            IdRange next = IdRange.allocate(pool, taken);
            assertThat(taken.stream().noneMatch(next::overlaps)).isTrue();
            taken.add(next);
        }
    }

    @Property
    void anyTextIsAValueOrARefusal(@ForAll String text) {
        for (Runnable parse : List.<Runnable>of(
                () -> ByteSize.parse("f", text),
                () -> Ipv4.parse("f", text),
                () -> Cidr.parse("f", text),
                () -> MacAddress.parse("f", text),
                () -> CpuRequest.parse("f", text),
                () -> Names.check("f", text),
                () -> Codec.read(NodeSpec.class, text))) {
            try {
                parse.run();
            } catch (Refusal e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "A", "-a", "a-", "1a", "a.b", "a b", "ä"})
    void badNamesAreRefused(String name) {
        assertThatThrownBy(() -> Names.check("name", name)).hasMessageContaining("\"" + name + "\"");
    }

    @Test
    void aNetworkRefusesOverlappingSubnets() {
        assertThatThrownBy(() ->
                        new NetworkSpec("lan", List.of(Cidr.parse("s", "10.0.0.0/16"), Cidr.parse("s", "10.0.4.0/24"))))
                .hasMessageContaining("10.0.0.0/16")
                .hasMessageContaining("10.0.4.0/24");
    }

    @Test
    void memoryThatIsNotThereIsRefused() {
        MemoryPlan.check(
                "slice",
                Optional.of(ByteSize.mebibytes(64)),
                ByteSize.mebibytes(32),
                Optional.of(ByteSize.mebibytes(32)));
        assertThatThrownBy(() -> MemoryPlan.check(
                        "slice \"a\"",
                        Optional.of(ByteSize.mebibytes(64)),
                        ByteSize.mebibytes(32),
                        Optional.of(ByteSize.mebibytes(33))))
                .hasMessageContaining("33M")
                .hasMessageContaining("32M of 64M");
        Optional<ByteSize> huge = Optional.of(ByteSize.parse("memory", "8000000T"));
        assertThat(MemoryPlan.reserved(List.of(huge, huge)).bytes()).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> Codec.read(InstanceSpec.class, "{\"name\":\"a\",\"image\":\"b\",\"memory\":\"1\"}"))
                .hasMessageContaining("memory \"1\"");
    }
}
