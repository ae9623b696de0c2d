package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UsersTest {
    @Test
    void rootIsKnown() {
        assertThat(Users.userId("root")).contains(0L);
        assertThat(Users.groupId("root")).contains(0L);
        assertThat(Users.inGroup("root", "root")).isTrue();
        assertThat(Users.inGroup("nobody", "root")).isFalse();
    }

    @Test
    void strangersAreAbsent() {
        for (String name : List.of("no-such-name", "", "0", "--help", "root:x", "a\nb")) {
            assertThat(Users.userId(name)).isEmpty();
            assertThat(Users.groupId(name)).isEmpty();
            assertThat(Users.inGroup("root", name)).isFalse();
            assertThat(Users.inGroup(name, "root")).isFalse();
        }
    }
}
