package io.lamella.image;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Debian mirror that this machine installs its own packages from (sources.list(5)). */
final class AptMirror {
    private static final Set<String> SUITES = Set.of(
            "oldoldstable",
            "oldstable",
            "stable",
            "testing",
            "unstable",
            "sid",
            "bullseye",
            "bookworm",
            "trixie",
            "forky",
            "duke");
    private static final Pattern URI = Pattern.compile("https?://[\\x21-\\x7e]+");
    private static final Pattern OPTIONS = Pattern.compile("\\[[^\\]]*\\]");

    private AptMirror() {}

    /** The first one in {@code etcApt}, normally /etc/apt. */
    static String find(Path etcApt) {
        List<Path> files = new ArrayList<>(List.of(etcApt.resolve("sources.list")));
        try (Stream<Path> more = Files.list(etcApt.resolve("sources.list.d"))) {
            more.sorted().forEach(files::add);
        } catch (IOException e) {
            // without the directory there is just the one file
        }
        for (Path file : files) {
            String name = file.toString();
            try {
                Optional<String> mirror = !Files.isRegularFile(file)
                        ? Optional.empty()
                        : name.endsWith(".sources")
                                ? inStanzas(Files.readString(file))
                                : name.endsWith(".list") ? inLines(Files.readString(file)) : Optional.empty();
                if (mirror.isPresent()) {
                    return mirror.get();
                }
            } catch (IOException e) {
                throw Refusal.unavailable("the Debian mirror is unknown: " + file + " cannot be read");
            }
        }
        throw Refusal.unavailable("the Debian mirror is unknown: neither " + etcApt + "/sources.list nor " + etcApt
                + "/sources.list.d names one by http or https");
    }

    /** Of the one-line form: {@code deb [options] uri suite component...}. */
    static Optional<String> inLines(String text) {
        return text.lines()
                .map(line -> OPTIONS.matcher(line.strip()).replaceFirst("").split("\\s+"))
                .filter(words -> words.length >= 4 && words[0].equals("deb"))
                .filter(words ->
                        fits(words[1], List.of(words[2]), List.of(words).subList(3, words.length)))
                .map(words -> words[1])
                .findFirst();
    }

    /** Of the deb822 form: stanzas of {@code Field: value}, separated by empty lines. */
    static Optional<String> inStanzas(String text) {
        for (String stanza : text.split("\\n[ \\t]*\\n")) {
            Map<String, String> fields = new HashMap<>();
            String field = "";
            for (String line : stanza.lines().filter(l -> !l.startsWith("#")).toList()) {
                int colon = line.indexOf(':');
                if (!line.startsWith(" ") && !line.startsWith("\t") && colon > 0) {
                    field = line.substring(0, colon).toLowerCase(Locale.ROOT);
                    line = line.substring(colon + 1);
                }
                fields.merge(field, line.strip(), (a, b) -> a + " " + b);
            }
            if (!words(fields, "types").contains("deb")
                    || Set.of("no", "false").contains(fields.getOrDefault("enabled", ""))) {
                continue;
            }
            for (String uri : words(fields, "uris")) {
                if (fits(uri, words(fields, "suites"), words(fields, "components"))) {
                    return Optional.of(uri);
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> words(Map<String, String> fields, String field) {
        return List.of(fields.getOrDefault(field, "").strip().split("\\s+"));
    }

    private static boolean fits(String uri, List<String> suites, List<String> components) {
        return URI.matcher(uri).matches()
                && components.contains("main")
                && suites.stream().anyMatch(SUITES::contains);
    }
}
