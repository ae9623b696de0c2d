package io.lamella.api;

import io.lamella.compute.Networks;
import io.lamella.model.Network;
import io.lamella.model.NetworkSpec;
import java.io.IOException;

/** Networks and their ports. */
final class NetworkCalls {
    private final Networks networks;

    NetworkCalls(Networks networks) {
        this.networks = networks;
    }

    Reply listSeen(Call call) {
        return Reply.ok(call.caller().slice().map(networks::list).orElseGet(networks::list));
    }

    Reply list(Call call) {
        return Reply.ok(networks.list(call.path("slice")));
    }

    Reply get(Call call) {
        return Reply.ok(networks.get(call.path("slice"), call.path("network")));
    }

    Reply ports(Call call) {
        return Reply.ok(networks.ports(call.path("slice"), call.path("network")));
    }

    Reply create(Call call) throws IOException {
        Network made = networks.create(call.path("slice"), call.body(NetworkSpec.class));
        return Reply.created(made, "/slices/" + made.slice() + "/networks/" + made.name());
    }

    Reply delete(Call call) {
        networks.delete(call.path("slice"), call.path("network"));
        return new Reply.Done();
    }
}
