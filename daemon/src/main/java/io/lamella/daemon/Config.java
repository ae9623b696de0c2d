package io.lamella.daemon;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Jsonb;
import io.lamella.backend.kvm.Acceleration;
import io.lamella.guest.GuestKernel;
import io.lamella.linux.Hardware;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The configuration file: YAML. Absent keys have their defaults; unknown ones are refused.
 *
 * @param group whose members may use the Unix socket; absent: {@code lamella}
 * @param acceleration what carries out virtual machines' instructions: {@code auto}, {@code kvm} or {@code tcg}
 * @param guestKernel the kernel file of virtual machines whose images have none; absent: the one that runs
 *     here where it is in /boot, otherwise the newest there
 * @param tls where to serve the API over TLS; absent: only the Unix socket serves it
 */
@Json
record Config(
        @Nullable String group,
        @Nullable String acceleration,
        @Nullable String guestKernel,
        @Nullable Tls tls) {
    /** The TLS listener; certificate and key are PEM files. */
    @Json
    record Tls(
            @Nullable String host,
            @Nullable Integer port,
            @Nullable String certificate,
            @Nullable String key) {
        String given(String field, @Nullable String value) {
            if (value == null || value.isBlank()) {
                throw Refusal.invalid("tls." + field, "tls." + field + " is missing in the configuration");
            }
            return value;
        }
    }

    static Config read(Path file) {
        if (!Files.exists(file)) {
            return new Config(null, null, null, null);
        }
        try {
            Object tree = new Load(
                            LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
            Jsonb jsonb = Jsonb.builder().failOnUnknown(true).build();
            String json = jsonb.toJson(tree == null ? Map.of() : tree);
            return jsonb.type(Config.class).fromJson(json);
        } catch (IOException e) {
            throw Refusal.unavailable("the configuration " + file + " cannot be read: " + e.getMessage());
        } catch (YamlEngineException | io.avaje.json.JsonException e) {
            throw Refusal.invalid("config", "the configuration " + file + " is not valid: " + firstLine(e));
        }
    }

    Acceleration accelerated() {
        return Acceleration.parse(acceleration == null ? "auto" : acceleration);
    }

    /** The kernel for images that have none; refuses a file that is not there. */
    Optional<GuestKernel> kernel() {
        if (guestKernel == null) {
            Path running = Path.of("/boot/vmlinuz-" + Hardware.kernelRelease());
            return Files.isRegularFile(running)
                    ? Optional.of(GuestKernel.at(running))
                    : GuestKernel.newest(Path.of("/"));
        }
        Path file = Path.of(guestKernel);
        if (!file.isAbsolute() || !Files.isRegularFile(file)) {
            throw Refusal.invalid("guestKernel", guestKernel, "the absolute path of a kernel's file");
        }
        return Optional.of(GuestKernel.at(file));
    }

    String adminGroup() {
        return Optional.ofNullable(group).orElse("lamella");
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
