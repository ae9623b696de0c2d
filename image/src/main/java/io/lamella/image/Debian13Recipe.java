package io.lamella.image;

import io.lamella.compute.Progress;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A minimal Debian 13 from the mirror that this machine installs its own packages from. Its init is sysvinit, because
 * systemd 257 refuses machines with cgroup v1.
 */
final class Debian13Recipe implements Recipe {
    private static final String SUITE = "trixie";
    private static final String PACKAGES =
            "sysvinit-core,iproute2,iputils-ping,arping,procps,netcat-openbsd,ca-certificates";
    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final Duration TIMEOUT = Duration.ofMinutes(60);

    /** Times in the archive are this at most, so that the same packages give the same digest: Debian 13's release. */
    private static final String EPOCH = "1754697600";

    /** What mmdebstrap says when it begins a step; the rest is detail. */
    private static final List<String> STEPS = List.of(
            "running apt-get update",
            "downloading packages",
            "extracting archives",
            "installing essential packages",
            "installing remaining packages",
            "running --customize-hook",
            "cleaning package lists",
            "creating tarball");

    private static final List<String> OPTIONS = List.of(
            "--mode=root",
            "--variant=minbase",
            "--format=tar",
            "--include=" + PACKAGES,
            "--aptopt=Apt::Install-Recommends \"false\"",
            "--aptopt=Acquire::Languages \"none\"",
            "--dpkgopt=path-exclude=/usr/share/doc/*",
            "--dpkgopt=path-include=/usr/share/doc/*/copyright",
            "--dpkgopt=path-exclude=/usr/share/locale/*",
            "--dpkgopt=path-exclude=/usr/share/man/*",
            "--dpkgopt=path-exclude=/usr/share/info/*",
            "--dpkgopt=path-exclude=/usr/share/i18n/*");

    private final BuildCache cache;
    private final Path etcApt;

    Debian13Recipe(BuildCache cache) {
        this(cache, Path.of("/etc/apt"));
    }

    Debian13Recipe(BuildCache cache, Path etcApt) {
        this.cache = cache;
        this.etcApt = etcApt;
    }

    @Override
    public String name() {
        return "debian13";
    }

    @Override
    public Path tar(Path workspace, Progress progress) {
        String program = Programs.require("mmdebstrap", "mmdebstrap").toString();
        if (!Files.exists(KEYRING)) {
            throw Refusal.unavailable(
                    "the keyring " + KEYRING + " is missing: install the Debian package debian-archive-keyring");
        }
        String mirror = AptMirror.find(etcApt);
        String hook = hook();
        List<String> ingredients = new ArrayList<>(OPTIONS);
        ingredients.addAll(List.of(SUITE, EPOCH, hook, mirror, OciImage.architecture()));
        String key = BuildCache.key(ingredients);
        Optional<Path> cached = cache.find(key);
        if (cached.isPresent()) {
            progress.report("taking the build from the cache", 0, 0);
            return cached.get();
        }
        Path tar = workspace.resolve("debian13.tar");
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(OPTIONS);
        command.add("--customize-hook=" + write(hook, workspace));
        command.addAll(
                List.of(SUITE, tar.toString(), "deb [signed-by=" + KEYRING + "] " + mirror + " " + SUITE + " main"));
        run(command, workspace, progress);
        return cache.keep(key, tar);
    }

    private static void run(List<String> command, Path workspace, Progress progress) {
        List<String> errors = new ArrayList<>();
        int code = Children.lines(command, environment(workspace), TIMEOUT, line -> {
            if (line.startsWith("E: ") && errors.isEmpty()) { // what follows only tells who gave up in turn
                errors.add(line.substring(3));
            }
            for (int i = 0; i < STEPS.size(); i++) {
                if (line.startsWith("I: " + STEPS.get(i))) {
                    progress.report("building debian13: " + STEPS.get(i), i, STEPS.size());
                }
            }
        });
        if (code != 0) {
            throw Refusal.unavailable(
                    "debian13 cannot be built: mmdebstrap says: " + (errors.isEmpty() ? "nothing" : errors.getFirst()));
        }
    }

    private static Map<String, String> environment(Path workspace) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL",
                "C.UTF-8",
                "SOURCE_DATE_EPOCH",
                EPOCH,
                "TMPDIR",
                workspace.toString()));
        for (String proxy : List.of("http_proxy", "https_proxy", "no_proxy")) {
            Optional.ofNullable(System.getenv(proxy)).ifPresent(value -> environment.put(proxy, value));
        }
        return environment;
    }

    private static String hook() {
        try (InputStream in = Debian13Recipe.class.getResourceAsStream("debian13.sh")) {
            if (in == null) {
                throw new IllegalStateException("debian13.sh is not in the jar");
            }
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path write(String hook, Path workspace) {
        try {
            Path script = workspace.resolve("debian13.sh");
            Files.writeString(script, hook);
            Files.setPosixFilePermissions(script, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
            return script;
        } catch (IOException e) {
            throw Storage.refusal("write the recipe's script", e);
        }
    }
}
