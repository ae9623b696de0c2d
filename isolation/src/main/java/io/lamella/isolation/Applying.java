package io.lamella.isolation;

import io.lamella.linux.LinuxException;
import io.lamella.linux.Tasks;
import io.lamella.model.CpuSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One action brought into force: values are in the journal before they are changed. */
final class Applying {
    /** What appears while it works, such as tasks that fork, is caught by looking again. */
    private static final int ROUNDS = 4;

    private final Action action;
    private final Scene scene;
    private final Journal journal;
    private final Map<String, String> refused = new HashMap<>();

    Applying(Action action, Scene scene, Journal journal) {
        this.action = action;
        this.scene = scene;
        this.journal = journal;
    }

    /** What the kernel refused, by the knob's key, with its reason. */
    Map<String, String> refused() {
        return refused;
    }

    /** True where something was changed. */
    boolean run() {
        boolean changed = false;
        for (int round = 0; round < ROUNDS; round++) {
            List<Want> open = open();
            if (open.isEmpty()) {
                break;
            }
            changed |= write(open);
        }
        for (Want want : open()) {
            refused.put(
                    want.knob().key(),
                    want.knob()
                            .read()
                            .map(found -> "it stays at \"" + found + "\"")
                            .orElse("it is not there"));
        }
        if (!refused.isEmpty()) {
            journal.refused(refused);
        }
        return changed;
    }

    private List<Want> open() {
        if (!(action.look().apply(scene) instanceof Finding.Wants wants)) {
            return List.of();
        }
        return wants.wants().stream()
                .filter(want -> !refused.containsKey(want.knob().key()) && wanted(want))
                .toList();
    }

    /** Also what is not there yet, such as the files of a group that is about to be made. */
    private static boolean wanted(Want want) {
        return want.open() || want.knob().read().isEmpty() && !(want.knob() instanceof Knob.Placement);
    }

    /** Those that can be read together are recorded together: one wait for the disk. */
    private boolean write(List<Want> open) {
        boolean changed = false;
        int done = 0;
        while (done < open.size()) {
            List<Want> batch = new ArrayList<>();
            List<Journal.Before> before = new ArrayList<>();
            for (Want want : open.subList(done, open.size())) {
                Optional<String> now = want.knob().read();
                if (now.isEmpty()) {
                    break;
                }
                batch.add(want);
                before.add(new Journal.Before(want.knob().key(), now.get()));
            }
            if (batch.isEmpty()) {
                done++; // gone, or never to appear
                continue;
            }
            offspring(batch).ifPresent(before::addFirst);
            journal.before(before);
            for (Want want : batch) {
                changed |= write(want);
            }
            done += batch.size();
        }
        return changed;
    }

    private boolean write(Want want) {
        try {
            want.knob().write(want.value());
            return true;
        } catch (LinuxException e) {
            if (want.knob().read().isPresent()) {
                refused.put(want.knob().key(), String.valueOf(e.getMessage()));
            }
            return false;
        }
    }

    /** Children of moved tasks inherit where those may run, and have to be let go with them. */
    private Optional<Journal.Before> offspring(List<Want> batch) {
        CpuSet all = scene.topology().online();
        return batch.stream()
                .filter(want -> want.knob() instanceof Knob.Placement)
                .findFirst()
                .map(want -> new Journal.Before(
                        new Knob.Offspring(scene.housekeeping(), Tasks.now()).key(), all.toString()));
    }
}
