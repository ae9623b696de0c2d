package io.lamella.cli;

import io.lamella.cli.Demo.Member;
import io.lamella.cli.Demo.Side;
import io.lamella.cli.InstanceShell.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * Proves with real packets what crosses between two slices and what does not. Whatever must not arrive is counted
 * beside something that must, sent the same way, so that no proof can pass because nothing was sent.
 */
final class Isolation {
    private static final int FRAMES = 20;
    private static final int ARP_REQUESTS = 2;
    private static final int PORT = 7100;
    private static final String EVERYONE = "10.0.0.255";
    private static final String FOREIGN_ADDRESS = "10.0.0.77";
    private static final String FOREIGN_MAC = "02:de:ad:be:ef:01";

    private final Api api;
    private final int tries;

    /**
     * @param tries how often a count is taken again until it shows no frame too many, as a slice's own frames, such as
     *     its ARP, move the counters too
     */
    Isolation(Api api, int tries) {
        this.api = api;
        this.tries = tries;
    }

    /** What is to be proved about {@code mine}; {@code theirs} is the slice that must notice nothing. */
    List<Proof> proofs(Side mine, Side theirs) {
        InstanceShell small = shell(mine.small());
        InstanceShell large = shell(mine.large());
        List<InstanceShell> strangers = List.of(shell(theirs.small()), shell(theirs.large()));
        List<Proof> proofs = new ArrayList<>();
        proofs.add(reach(mine, small, large));
        proofs.add(broadcast(mine, small, large, strangers));
        proofs.add(unanswered(mine, theirs, small));
        proofs.add(spoofed(
                "a forged source MAC address is stopped at the port of " + small.place(),
                small,
                large,
                strangers,
                n -> withForeignMac(small, n)));
        proofs.add(spoofed(
                "a forged source IP address is stopped at the port of " + small.place(),
                small,
                large,
                strangers,
                n -> withForeignAddress(small, n)));
        return proofs;
    }

    private InstanceShell shell(Member member) {
        return new InstanceShell(api, member.place());
    }

    /** Ping one way, TCP the other; the answer names who gave it, as both slices have that address. */
    private Proof reach(Side mine, InstanceShell small, InstanceShell large) {
        Proof.Builder proof =
                new Proof.Builder(small.place() + " and " + large.place() + " reach each other by ping and TCP");
        Outcome ping = small.run(
                "ping", "-c", "3", "-i", "0.2", "-w", "10", mine.large().address());
        proof.finding("ping from " + small.place() + " to " + mine.large().address(), answered(ping.text()), ping.ok());
        String greeting = "$(hostname) of " + mine.slice();
        CompletableFuture<Outcome> server =
                small.start("sh", "-c", "echo \"" + greeting + "\" | timeout 30 nc -l -p " + PORT);
        String connect = "for i in 1 2 3 4 5 6 7 8 9 10; do"
                + " { timeout 5 cat <&3 && exit 0; } 3<>/dev/tcp/"
                + mine.small().address() + "/" + PORT
                + "; sleep 0.5; done 2>/dev/null; exit 1";
        Outcome client = large.run("bash", "-c", connect);
        server.exceptionally(e -> new Outcome(1, "", "")).join();
        String expected = small.place().name() + " of " + mine.slice();
        proof.finding(
                "who answers " + large.place() + " by TCP at " + mine.small().address(),
                client.text(),
                client.text().equals(expected));
        return proof.done();
    }

    private static String answered(String text) {
        return text.lines()
                .filter(line -> line.contains("packets transmitted"))
                .findFirst()
                .orElse("no answer");
    }

    private Proof broadcast(Side mine, InstanceShell small, InstanceShell large, List<InstanceShell> strangers) {
        Proof.Builder proof = new Proof.Builder(
                "broadcasts and ARP requests of " + small.place() + " reach its own slice and nothing else");
        Count count = count(small, large, strangers, c -> c.foreign() == 0 && c.own() >= FRAMES + ARP_REQUESTS, () -> {
            shout(small, FRAMES);
            small.run(
                    "arping",
                    "-b",
                    "-c",
                    "" + ARP_REQUESTS,
                    "-w",
                    "" + (ARP_REQUESTS + 1),
                    "-I",
                    "eth0",
                    mine.large().address());
        });
        proof.finding("frames sent by " + small.place(), count.sent(), count.sent() >= FRAMES + ARP_REQUESTS);
        proof.finding("frames received by " + large.place(), count.own(), count.own() >= FRAMES + ARP_REQUESTS);
        strangers(proof, count, strangers);
        return proof.done();
    }

    private static void shout(InstanceShell from, int frames) {
        from.run("ping", "-q", "-c", "" + frames, "-i", "0.02", "-W", "1", EVERYONE); // nobody has to answer
    }

    private Proof unanswered(Side mine, Side theirs, InstanceShell small) {
        Proof.Builder proof = new Proof.Builder("ARP of " + small.place() + " finds no address of " + theirs.slice());
        Outcome own = arping(small, mine.large().address());
        proof.finding("ARP for " + mine.large().address() + " (own slice)", replies(own), own.ok());
        Outcome foreign = arping(small, theirs.large().address());
        proof.finding(
                "ARP for " + theirs.large().address() + " (" + theirs.slice() + " only)",
                replies(foreign),
                !foreign.ok());
        return proof.done();
    }

    private static Outcome arping(InstanceShell from, String address) {
        return from.run("arping", "-f", "-c", "" + ARP_REQUESTS, "-w", "" + (ARP_REQUESTS + 1), "-I", "eth0", address);
    }

    private static String replies(Outcome outcome) {
        return outcome.text()
                .lines()
                .filter(line -> line.startsWith("Received"))
                .findFirst()
                .orElse(outcome.ok() ? "answered" : "no answer");
    }

    /** What is sent with a false source must be gone at the sender's own port: even the own slice does not see it. */
    private Proof spoofed(
            String claim, InstanceShell small, InstanceShell large, List<InstanceShell> strangers, IntConsumer forge) {
        Proof.Builder proof = new Proof.Builder(claim);
        Count forged = count(small, large, strangers, c -> c.foreign() + c.own() == 0, () -> forge.accept(FRAMES));
        proof.finding("forged frames sent by " + small.place(), forged.sent(), forged.sent() >= FRAMES);
        proof.finding("forged frames received by " + large.place(), forged.own(), forged.own() == 0);
        strangers(proof, forged, strangers);
        Count honest = once(small, large, strangers, () -> shout(small, FRAMES));
        proof.finding(
                "honest frames received by " + large.place() + " afterwards", honest.own(), honest.own() >= FRAMES);
        return proof.done();
    }

    private static void withForeignMac(InstanceShell from, int frames) {
        String own = from.require("cat", "/sys/class/net/eth0/address");
        from.require("ip", "link", "set", "eth0", "address", FOREIGN_MAC);
        try {
            shout(from, frames);
        } finally {
            from.require("ip", "link", "set", "eth0", "address", own);
        }
    }

    private static void withForeignAddress(InstanceShell from, int frames) {
        from.require("ip", "addr", "add", FOREIGN_ADDRESS + "/32", "dev", "eth0");
        try {
            from.run("ping", "-q", "-c", "" + frames, "-i", "0.02", "-W", "1", "-I", FOREIGN_ADDRESS, EVERYONE);
        } finally {
            from.require("ip", "addr", "del", FOREIGN_ADDRESS + "/32", "dev", "eth0");
        }
    }

    /**
     * By how much counters moved.
     *
     * @param sent frames sent by the sender
     * @param own frames received by its own slice
     * @param others frames received by each stranger
     */
    private record Count(long sent, long own, List<Long> others) {
        long foreign() {
            return others.stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Counts what {@code deed} moves; again where that is not as it must be, which a real leak shows every time. */
    private Count count(
            InstanceShell from,
            InstanceShell own,
            List<InstanceShell> others,
            Predicate<Count> asItMustBe,
            Runnable deed) {
        Count count = once(from, own, others, deed);
        for (int i = 1; i < tries && !asItMustBe.test(count); i++) {
            count = once(from, own, others, deed);
        }
        return count;
    }

    private static Count once(InstanceShell from, InstanceShell own, List<InstanceShell> others, Runnable deed) {
        long sent = from.counter("tx_packets");
        long received = own.counter("rx_packets");
        List<Long> before = others.stream().map(s -> s.counter("rx_packets")).toList();
        deed.run();
        List<Long> moved = new ArrayList<>();
        for (int i = 0; i < others.size(); i++) {
            moved.add(others.get(i).counter("rx_packets") - before.get(i));
        }
        return new Count(from.counter("tx_packets") - sent, own.counter("rx_packets") - received, moved);
    }

    private static void strangers(Proof.Builder proof, Count count, List<InstanceShell> strangers) {
        for (int i = 0; i < strangers.size(); i++) {
            long moved = count.others().get(i);
            proof.finding("frames received by " + strangers.get(i).place(), moved, moved == 0);
        }
    }
}
