package io.lamella.microbench;

import io.lamella.model.BackendKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What to measure with.
 *
 * @param command the CLI as installed
 * @param daemon the daemon as installed
 * @param hello words of a command that prints hello from the same runtime
 * @param repetitions of what is measured in turns, at least 1
 * @param instances how many run at once in the end
 * @param backend what is measured: with lxc the node too, otherwise that backend alone
 * @param json where the figures go as JSON too
 */
record Options(
        Path command,
        Path daemon,
        List<String> hello,
        int repetitions,
        int instances,
        BackendKind backend,
        Optional<Path> json) {
    static Options parse(String... words) {
        Path command = Path.of("/usr/bin/lamella");
        Path daemon = Path.of("/usr/sbin/lamellad");
        List<String> hello = List.of();
        int repetitions = 15;
        int instances = 200;
        BackendKind backend = BackendKind.LXC;
        Optional<Path> json = Optional.empty();
        for (int i = 0; i < words.length; i += 2) {
            if (i + 1 == words.length) {
                throw new BenchmarkException(words[i] + " needs a value");
            }
            String value = words[i + 1];
            switch (words[i]) {
                case "--command" -> command = Path.of(value);
                case "--daemon" -> daemon = Path.of(value);
                case "--hello" -> hello = List.of(value.split(" "));
                case "--repetitions" -> repetitions = atLeast(1, words[i], value);
                case "--instances" -> instances = atLeast(1, words[i], value);
                case "--backend" -> backend = BackendKind.parse("--backend", value);
                case "--json" -> json = Optional.of(Path.of(value));
                default ->
                    throw new BenchmarkException(
                            "option \"" + words[i]
                                    + "\" is unknown: --repetitions N, --instances N, --backend KIND or --json FILE are allowed");
            }
        }
        return new Options(command, daemon, hello, repetitions, instances, backend, json);
    }

    private static int atLeast(int least, String option, String value) {
        if (!value.matches("\\d{1,6}") || Integer.parseInt(value) < least) {
            throw new BenchmarkException(option + " " + value + " is not allowed: it must be a number from " + least);
        }
        return Integer.parseInt(value);
    }
}
