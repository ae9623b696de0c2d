package io.lamella.daemon;

import io.lamella.model.Refusal;
import java.nio.file.Path;

/**
 * The daemon's command line.
 *
 * @param remove take everything of the node away and end
 * @param keepState with {@code remove}: only what runs, so that a later start continues
 */
record Arguments(Settings settings, boolean remove, boolean keepState, boolean help) {
    static final String USAGE = """
            Usage: lamellad [--state DIR] [--run DIR] [--cache DIR] [--config FILE] [--name NAME]
                            [--remove [--keep-state]]

              --state DIR    what survives a reboot (default /var/lib/lamella)
              --run DIR      sockets and process ids (default /run/lamella)
              --cache DIR    may be deleted at any time (default /var/cache/lamella)
              --config FILE  configuration (default /etc/lamella/lamella.yaml, which need not exist)
              --name NAME    names the cgroup and the bridge (default lamella)
              --remove       end all instances, remove every trace of the node, and exit
              --keep-state   with --remove: keep records, images and disks; a later start continues from them
            """;

    static Arguments parse(String... args) {
        Settings s = Settings.DEFAULT;
        boolean remove = false;
        boolean keepState = false;
        boolean help = false;
        for (int i = 0; i < args.length; i++) {
            String option = args[i];
            switch (option) {
                case "--remove" -> remove = true;
                case "--keep-state" -> keepState = true;
                case "--help", "-h" -> help = true;
                case "--state", "--run", "--cache", "--config", "--name" -> {
                    if (++i == args.length || args[i].isBlank()) {
                        throw Refusal.invalid(option, option + " needs a value");
                    }
                    s = with(s, option, args[i]);
                }
                default -> throw Refusal.invalid(option, "option \"" + option + "\" is unknown: see lamellad --help");
            }
        }
        if (keepState && !remove) {
            throw Refusal.invalid("--keep-state", "--keep-state is allowed only with --remove");
        }
        return new Arguments(s, remove, keepState, help);
    }

    private static Settings with(Settings s, String option, String value) {
        Path path = Path.of(value).toAbsolutePath().normalize();
        return switch (option) {
            case "--state" -> new Settings(path, s.run(), s.cache(), s.config(), s.name());
            case "--run" -> new Settings(s.state(), path, s.cache(), s.config(), s.name());
            case "--cache" -> new Settings(s.state(), s.run(), path, s.config(), s.name());
            case "--config" -> new Settings(s.state(), s.run(), s.cache(), path, s.name());
            default -> new Settings(s.state(), s.run(), s.cache(), s.config(), value);
        };
    }
}
