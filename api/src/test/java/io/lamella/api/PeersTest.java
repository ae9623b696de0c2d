package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalLookupService;
import jdk.net.UnixDomainPrincipal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
    @TempDir
    Path directory;

    private final UserPrincipalLookupService lookup = FileSystems.getDefault().getUserPrincipalLookupService();

    private UnixDomainPrincipal peer(String user, String group) throws IOException {
        return new UnixDomainPrincipal(lookup.lookupPrincipalByName(user), lookup.lookupPrincipalByGroupName(group));
    }

    private Peers peers(String group, String groupFile) throws IOException {
        return new Peers(group, Files.writeString(directory.resolve("group"), groupFile));
    }

    @Test
    void rootAndMembersAreAdmitted() throws Exception {
        Peers peers = peers("games", "root:x:0:\nbroken line\ngames:x:60:alice,nobody\n");
        assertThat(peers.caller(peer("root", "nogroup")).slice()).isEmpty();
        assertThat(peers.caller(peer("nobody", "nogroup")).name()).isEqualTo("user nobody");
        assertThat(peers.caller(peer("daemon", "games")).name()).isEqualTo("user daemon");
        assertThatThrownBy(() -> peers.caller(peer("daemon", "daemon")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("\"daemon\" may not use this socket");
    }

    @Test
    void aGroupThatDoesNotExistAdmitsNobody() throws Exception {
        Peers peers = peers(TestServer.GROUP, TestServer.GROUP + ":x:99999:daemon\n");
        assertThatThrownBy(() -> peers.caller(peer("daemon", "daemon"))).isInstanceOf(Refusal.class);
        assertThat(peers.caller(peer("root", "root")).name()).isEqualTo("user root");
    }

    @Test
    void anEmptyGroupAdmitsNobodyElse() throws Exception {
        Peers peers = peers("games", "games:x:60:\n");
        assertThatThrownBy(() -> peers.caller(peer("daemon", "daemon"))).isInstanceOf(Refusal.class);
    }
}
