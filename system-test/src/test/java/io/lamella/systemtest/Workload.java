package io.lamella.systemtest;

import io.lamella.systemtest.Expectations.Fate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One client that creates, changes and deletes what is in its own slice, at random, until the daemon dies. */
final class Workload implements Runnable {
    private final TestNode node;
    private final Expectations expected;
    private final String slice;
    private final Random random;
    private final List<String> surprises = new ArrayList<>();

    Workload(TestNode node, Expectations expected, String slice, Random random) {
        this.node = node;
        this.expected = expected;
        this.slice = slice;
        this.random = random;
    }

    /** Answers that no correct node gives. */
    List<String> surprises() {
        return surprises;
    }

    @Override
    public void run() {
        try {
            while (surprises.isEmpty()) {
                step();
            }
        } catch (IOException e) {
            // the daemon was killed: what was asked last is unknown, and marked so
        }
    }

    private void step() throws IOException {
        String instance = "i" + random.nextInt(4);
        String key = slice + "/" + instance;
        String path = "/slices/" + slice;
        int dice = random.nextInt(20);
        if (dice == 0) {
            removeSlice(path);
        } else if (dice < 4) {
            create(slice, "POST", "/slices", "{\"name\":\"" + slice + "\",\"memory\":\"256M\"}");
            network(path);
        } else if (dice < 11) {
            network(path);
            launch(key, path, instance);
        } else if (dice < 13) {
            toggle(key, path + "/instances/" + instance + "/stop?grace=2", false);
        } else if (dice < 15) {
            toggle(key, path + "/instances/" + instance + "/start", true);
        } else if (dice < 16) {
            call("PATCH", path + "/instances/" + instance, "{\"memory\":\"" + (16 + random.nextInt(16)) + "M\"}");
        } else {
            removeInstance(key, path + "/instances/" + instance);
        }
    }

    private void network(String path) throws IOException {
        call("POST", path + "/networks", "{\"name\":\"lan\",\"subnets\":[\"10.0.0.0/24\"]}");
    }

    private void launch(String key, String path, String instance) throws IOException {
        boolean made = create(
                key,
                "POST",
                path + "/instances",
                "{\"name\":\"" + instance
                        + "\",\"image\":\"busybox\",\"memory\":\"16M\",\"nics\":[{\"network\":\"lan\"}]}");
        if (made) {
            expected.running(key, true);
        }
    }

    /** A creation: acknowledged by 2xx; 409 says that it is there already. */
    private boolean create(String key, String method, String path, String json) throws IOException {
        Fate before = expected.fate(key);
        if (before == Fate.ABSENT) {
            expected.set(key, Fate.UNKNOWN);
        }
        Http.Reply reply = call(method, path, json);
        if (reply.status() / 100 == 2) {
            if (before == Fate.PRESENT) {
                surprises.add(key + " was acknowledged and could be created again");
            }
            expected.set(key, Fate.PRESENT);
            expected.acknowledge();
            return true;
        }
        if (reply.status() == 409 && before == Fate.ABSENT) {
            surprises.add(key + " did not exist and cannot be created: " + reply.body());
        } else if (reply.status() != 409 && before == Fate.ABSENT) {
            expected.set(key, Fate.ABSENT); // refused, such as for want of its slice
        }
        return false;
    }

    private void toggle(String key, String path, boolean runs) throws IOException {
        expected.forgetRunning(key);
        Http.Reply reply = call("POST", path, "");
        if (reply.status() / 100 == 2) {
            expected.running(key, runs);
            expected.acknowledge();
        }
    }

    private void removeInstance(String key, String path) throws IOException {
        Fate before = expected.fate(key);
        if (before == Fate.PRESENT) {
            expected.doubt(key);
        }
        removed(key, before, call("DELETE", path + "?force=true", ""));
    }

    private void removeSlice(String path) throws IOException {
        Fate before = expected.fate(slice);
        expected.doubt(slice);
        removed(slice, before, call("DELETE", path + "?force=true", ""));
    }

    private void removed(String key, Fate before, Http.Reply reply) {
        if (reply.status() / 100 == 2) {
            expected.set(key, Fate.ABSENT);
            expected.acknowledge();
        } else if (reply.status() == 404) {
            if (before == Fate.PRESENT) {
                surprises.add(key + " was acknowledged and is lost: " + reply.body());
            }
            expected.set(key, Fate.ABSENT);
        } else {
            surprises.add("deleting " + key + ": " + reply.status() + " " + reply.body());
        }
    }

    void removeAll() throws IOException {
        for (String name : List.of("s0", "s1", "s2")) {
            Http.Reply reply = call("DELETE", "/slices/" + name + "?force=true", "");
            if (reply.status() / 100 == 2 || reply.status() == 404) {
                expected.set(name, Fate.ABSENT);
            } else {
                throw new AssertionError(reply.body());
            }
        }
    }

    private Http.Reply call(String method, String path, String json) throws IOException {
        Http.Reply reply = node.call(method, path, json);
        if (reply.status() >= 500 && reply.status() != 507) {
            surprises.add(method + " " + path + ": " + reply.status() + " " + reply.body());
        }
        return reply;
    }
}
