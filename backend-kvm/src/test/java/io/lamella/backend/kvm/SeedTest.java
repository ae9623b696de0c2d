package io.lamella.backend.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.Ipv4;
import io.lamella.model.MacAddress;
import io.lamella.model.Port;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Network configuration as cloud-init's version 2 has it. */
class SeedTest {
    private static Port port(int index, String mac, String address, int prefix) {
        return new Port(
                UUID.randomUUID(),
                "a",
                "lan",
                "x",
                index,
                MacAddress.parse("mac", mac),
                Ipv4.parse("address", address),
                prefix,
                1,
                1);
    }

    @Test
    void everyPortHasItsNameAndAddress() {
        assertThat(Seed.networkConfig(List.of(
                        port(0, "02:00:00:00:00:01", "10.0.0.2", 24), port(1, "02:00:00:00:00:02", "10.1.0.2", 16))))
                .isEqualTo("""
                        version: 2
                        ethernets:
                          eth0:
                            match:
                              macaddress: "02:00:00:00:00:01"
                            set-name: eth0
                            addresses: ["10.0.0.2/24"]
                          eth1:
                            match:
                              macaddress: "02:00:00:00:00:02"
                            set-name: eth1
                            addresses: ["10.1.0.2/16"]
                        """);
        assertThat(Seed.networkConfig(List.of())).isEqualTo("version: 2\nethernets: {}\n");
    }
}
