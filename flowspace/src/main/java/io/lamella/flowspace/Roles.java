package io.lamella.flowspace;

import io.lamella.openflow.Bytes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/** Which of a slice's controllers is master, if any (section 6.3.5). For one thread. */
final class Roles {
    private static final int SIZE = 16;

    private final List<Controller> controllers;
    private OptionalLong generation = OptionalLong.empty();

    /** @param controllers the live list of those that are connected */
    Roles(List<Controller> controllers) {
        this.controllers = controllers;
    }

    /**
     * Carries out a role request.
     *
     * @param body after the header
     * @return the body of the answer
     */
    Bytes request(Controller from, Bytes body) {
        if (body.length() != SIZE) {
            throw new Refused(Fault.BAD_LENGTH);
        }
        ByteBuffer in = body.buffer();
        int role = in.getInt();
        long id = in.getLong(8);
        switch (role) {
            case Controller.NO_CHANGE -> {}
            case Controller.EQUAL -> from.role(role);
            case Controller.MASTER, Controller.SLAVE -> {
                if (generation.isPresent() && id - generation.getAsLong() < 0) {
                    throw new Refused(Fault.STALE_ROLE);
                }
                generation = OptionalLong.of(id);
                if (role == Controller.MASTER) {
                    controllers.stream()
                            .filter(c -> c.role() == Controller.MASTER)
                            .forEach(c -> c.role(Controller.SLAVE));
                }
                from.role(role);
            }
            default -> throw new Refused(Fault.BAD_ROLE);
        }
        ByteBuffer out = ByteBuffer.allocate(SIZE);
        out.putInt(from.role()).putInt(0).putLong(generation.orElse(-1));
        return Bytes.of(out.array());
    }
}
