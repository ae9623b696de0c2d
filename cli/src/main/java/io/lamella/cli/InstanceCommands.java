package io.lamella.cli;

import io.lamella.model.Autostart;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.CpuRequest;
import io.lamella.model.HugePages;
import io.lamella.model.InstancePatch;
import io.lamella.model.InstanceSpec;
import io.lamella.model.InstanceView;
import io.lamella.model.Ipv4;
import io.lamella.model.IsolationProfile;
import io.lamella.model.KernelView;
import io.lamella.model.NicSpec;
import io.lamella.model.Port;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The commands over instances. */
final class InstanceCommands {
    private InstanceCommands() {}

    static int launch(Invocation in) {
        Place place = Place.fresh(in, in.operand(1));
        List<NicSpec> nics = new ArrayList<>();
        for (String nic : in.options("network")) {
            int colon = nic.indexOf(':');
            nics.add(
                    colon < 0
                            ? new NicSpec(nic, Optional.empty())
                            : new NicSpec(
                                    nic.substring(0, colon),
                                    Optional.of(Ipv4.parse("address", nic.substring(colon + 1)))));
        }
        InstanceSpec spec = new InstanceSpec(
                place.name(),
                in.operand(0),
                BackendKind.parse("backend", in.option("backend").orElse("lxc")),
                in.option("cpus").map(s -> CpuRequest.parse("cpus", s)),
                in.option("profile").map(s -> IsolationProfile.parse("profile", s)),
                in.number("cpu-weight"),
                in.option("memory").map(s -> ByteSize.parse("memory", s)),
                in.number("pids"),
                userData(in),
                in.option("hugepages").filter(s -> !s.equals("no")).map(s -> HugePages.parse("hugepages", s)),
                nics,
                new Autostart(
                        !in.flag("no-autostart"),
                        in.number("autostart-priority").orElse(0),
                        in.number("autostart-delay").orElse(0)));
        String start = in.flag("no-start") ? "?start=false" : "";
        String answer = in.api().post(Api.path("slices", place.slice(), "instances") + start, spec);
        return in.print(answer, InstanceCommands::made);
    }

    private static Optional<String> userData(Invocation in) {
        return in.option("user-data").map(file -> {
            try (InputStream text = Files.newInputStream(Path.of(file))) {
                byte[] bytes = text.readNBytes(InstanceSpec.MAX_USER_DATA + 1);
                if (bytes.length > InstanceSpec.MAX_USER_DATA) {
                    throw Failure.wrongUse("the file \"" + file + "\" is larger than the " + InstanceSpec.MAX_USER_DATA
                            + " bytes that user data may have");
                }
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                throw Failure.wrongUse("the file \"" + file + "\" is no text in UTF-8");
            } catch (IOException e) {
                throw Failure.wrongUse("the file \"" + file + "\" cannot be read: " + Endpoint.reason(e));
            }
        });
    }

    /** The table of one instance, and why it has its backend where the node was to pick one. */
    private static String made(String answer) {
        Object instance = Format.parse(answer);
        String choice = Json.text(instance, "status", "choice");
        return table(answer)
                + (choice.isEmpty()
                        ? ""
                        : Table.printable("backend " + Json.text(instance, "status", "backend") + ": " + choice)
                                + "\n");
    }

    static int list(Invocation in) {
        Optional<String> slice = in.flag("all-slices") ? Optional.empty() : in.slice();
        String path = slice.map(s -> Api.path("slices", s, "instances")).orElse("/instances");
        return in.print(in.api().get(path), InstanceCommands::table);
    }

    /**
     * The table of one instance or several. Made from the untyped answer: to set up the typed reader takes longer than
     * all else that {@code list} does.
     */
    static String table(String answer) {
        Object parsed = Format.parse(answer);
        Set<String> warnings = new LinkedHashSet<>();
        Table table = Table.of("SLICE", "NAME", "STATE", "BACKEND", "IMAGE", "CPUS", "MEMORY", "ADDRESS");
        for (Object i : parsed instanceof List<?> list ? list : Collections.singletonList(parsed)) {
            String memory = Json.text(i, "spec", "memory");
            table.row(
                    Json.text(i, "slice"),
                    Json.text(i, "name"),
                    Json.text(i, "status", "state"),
                    Json.text(i, "status", "backend"),
                    Json.text(i, "spec", "image"),
                    Json.text(i, "status", "cpus"),
                    memory.isEmpty() ? "-" : memory,
                    addresses(i));
            String warning = Json.text(i, "status", "warning");
            if (!warning.isEmpty()) {
                warnings.add("warning: backend " + Json.text(i, "status", "backend") + ": " + warning);
            }
        }
        StringBuilder text = new StringBuilder(table.text());
        warnings.forEach(w -> text.append(Table.printable(w)).append('\n'));
        return text.toString();
    }

    private static String addresses(@Nullable Object instance) {
        StringBuilder s = new StringBuilder();
        for (Object port : Json.items(instance, "ports")) {
            s.append(s.isEmpty() ? "" : ", ").append(Json.text(port, "address"));
        }
        return s.isEmpty() ? "-" : s.toString();
    }

    static int show(Invocation in) {
        return in.print(in.api().get(Place.instance(in, in.operand(0)).instancePath()), InstanceCommands::details);
    }

    private static String details(String answer) {
        InstanceView i = Api.read(InstanceView.class, answer);
        InstanceSpec spec = i.spec();
        Table t = Table.plain();
        t.row("Name:", i.name());
        t.row("Slice:", i.slice());
        t.row("State:", i.status().state().word());
        i.status().reason().ifPresent(r -> t.row("Reason:", r));
        t.row("Image:", spec.image());
        t.row(
                "Backend:",
                i.status().backend().word()
                        + i.status().choice().map(c -> " (" + c + ")").orElse(""));
        i.status().warning().ifPresent(w -> t.row("Warning:", w));
        t.row(
                "CPUs:",
                i.status().cpus() + spec.cpus().map(c -> " (asked: " + c + ")").orElse(" (all of the slice's)"));
        spec.profile().ifPresent(p -> t.row("Profile:", "at least " + p));
        t.row("CPU weight:", spec.cpuWeight().map(String::valueOf).orElse("100 (default)"));
        t.row("Memory:", spec.memory().map(ByteSize::toString).orElse("the slice's limit"));
        t.row("Processes:", spec.pids().map(p -> "at most " + p).orElse("at most " + InstanceSpec.DEFAULT_PIDS));
        spec.hugePages().ifPresent(h -> t.row("Huge pages:", h.toString()));
        spec.userData().ifPresent(d -> t.row("User data:", d.length() + " characters"));
        t.row("Autostart:", autostart(spec.autostart()));
        i.status().pid().ifPresent(p -> t.row("Process:", p.toString()));
        t.row("Created:", i.createdAt().toString());
        t.row("ID:", i.id().toString());
        for (Port p : i.ports()) {
            t.row(p.deviceName() + ":", p.address() + "/" + p.prefix() + " on " + p.network() + ", " + p.mac());
        }
        i.kernel().ifPresent(k -> kernel(t, k));
        return t.text();
    }

    private static void kernel(Table t, KernelView k) {
        t.row("Kernel reports");
        t.row("  CPUs:", k.cpus().toString());
        t.row("  Memory limit:", k.memoryLimit().map(ByteSize::toString).orElse("none"));
        t.row("  Memory used:", (k.memoryUsed().bytes() + 1023) / 1024 + "K");
        t.row("  CPU time:", k.cpuNanos() / 1_000_000 + " ms");
        t.row("  Processes:", Integer.toString(k.processes()));
        t.row("  Addresses:", k.addresses().isEmpty() ? "-" : String.join(", ", k.addresses()));
    }

    private static String autostart(Autostart a) {
        return !a.enabled() ? "off" : "on, priority " + a.priority() + ", delay " + a.delaySeconds() + " s";
    }

    static int start(Invocation in) {
        return each(in, "start", "started", "");
    }

    static int stop(Invocation in) {
        return each(in, "stop", "stopped", grace(in));
    }

    static int restart(Invocation in) {
        return each(in, "restart", "restarted", grace(in));
    }

    static int freeze(Invocation in) {
        return each(in, "freeze", "frozen", "");
    }

    static int thaw(Invocation in) {
        return each(in, "thaw", "thawed", "");
    }

    static int reset(Invocation in) {
        return each(in, "reset", "reset", "");
    }

    private static String grace(Invocation in) {
        if (in.flag("force")) {
            return "?grace=0";
        }
        return in.number("grace").map(s -> "?grace=" + s).orElse("");
    }

    private static int each(Invocation in, String verb, String done, String query) {
        return forEach(in, place -> {
            String answer = in.api().post(place.instancePath(verb) + query);
            if (in.format() == Format.TABLE) {
                in.out().println(place + " " + done);
            } else {
                in.out().print(in.format().text(answer));
            }
        });
    }

    static int delete(Invocation in) {
        return forEach(in, place -> {
            in.api().delete(place.instancePath() + (in.flag("force") ? "?force=true" : ""));
            in.done(place + " deleted");
        });
    }

    /** Does it to every instance named, also after one has failed; the worst outcome is the exit code. */
    private static int forEach(Invocation in, Consumer<Place> deed) {
        int code = 0;
        for (String word : in.operands()) {
            try {
                deed.accept(Place.instance(in, word));
            } catch (Failure e) {
                if (in.operands().size() == 1) {
                    throw e;
                }
                in.err().println("lamella: " + word + ": " + e.getMessage());
                code = Math.max(code, e.exitCode());
            }
        }
        return code;
    }

    static int logs(Invocation in) {
        in.api().stream(Place.instance(in, in.operand(0)).instancePath("log"), (InputStream body) -> {
            body.transferTo(in.out());
            in.out().flush();
        });
        return 0;
    }

    static int set(Invocation in) {
        Place place = Place.instance(in, in.operand(0));
        String cpus = null;
        String profile = null;
        String memory = null;
        String weight = null;
        String pids = null;
        String hugePages = null;
        Autostart autostart = null;
        BackendKind backend = null;
        for (Setting s : Setting.of(in.operands())) {
            switch (s.key()) {
                case "cpus" -> cpus = s.value();
                case "profile" -> profile = s.value();
                case "memory" -> memory = s.value();
                case "cpuWeight", "cpu-weight" -> weight = s.value();
                case "pids" -> pids = s.value();
                case "hugePages", "hugepages" -> hugePages = s.value();
                case "backend" -> backend = BackendKind.parse("backend", s.value());
                case "autostart", "autostart.priority", "autostart.delaySeconds" -> {
                    Autostart now = autostart != null
                            ? autostart
                            : in.api()
                                    .get(InstanceView.class, place.instancePath())
                                    .spec()
                                    .autostart();
                    autostart = autostart(now, s);
                }
                default ->
                    throw s.unknown(List.of(
                            "cpus",
                            "profile",
                            "cpuWeight",
                            "memory",
                            "pids",
                            "hugePages",
                            "backend",
                            "autostart",
                            "autostart.priority",
                            "autostart.delaySeconds"));
            }
        }
        InstancePatch patch = new InstancePatch(
                Optional.ofNullable(cpus),
                Optional.ofNullable(profile),
                Optional.ofNullable(weight),
                Optional.ofNullable(memory),
                Optional.ofNullable(pids),
                Optional.ofNullable(hugePages),
                autostart,
                backend);
        return in.print(in.api().patch(place.instancePath(), patch), InstanceCommands::made);
    }

    private static @Nullable Autostart autostart(Autostart now, Setting s) {
        return switch (s.key()) {
            case "autostart.priority" -> new Autostart(now.enabled(), s.number(), now.delaySeconds());
            case "autostart.delaySeconds" -> new Autostart(now.enabled(), now.priority(), s.number());
            default -> new Autostart(s.truth(), now.priority(), now.delaySeconds());
        };
    }
}
