package io.lamella.api;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.Instances;
import io.lamella.model.InstancePatch;
import io.lamella.model.InstanceSpec;
import io.lamella.model.InstanceView;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Instances, and what runs in them. */
final class InstanceCalls {
    private static final int DEFAULT_GRACE = 10;
    private static final int MAX_GRACE = 3600;
    /** POSIX.1-2024 section 8.1, small letters too. */
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Instances instances;

    InstanceCalls(Instances instances) {
        this.instances = instances;
    }

    Reply listSeen(Call call) {
        return Reply.ok(call.caller().slice().map(instances::list).orElseGet(instances::list));
    }

    Reply list(Call call) {
        return Reply.ok(instances.list(call.path("slice")));
    }

    Reply get(Call call) {
        return one(call, instances::get);
    }

    Reply launch(Call call) throws IOException {
        boolean start = call.query().flag("start", true);
        InstanceView made = instances.launch(call.path("slice"), call.body(InstanceSpec.class), start);
        return Reply.created(made, "/slices/" + made.slice() + "/instances/" + made.name());
    }

    Reply update(Call call) throws IOException {
        InstancePatch patch = call.body(InstancePatch.class);
        return Reply.ok(instances.update(call.path("slice"), call.path("instance"), patch));
    }

    Reply start(Call call) {
        return one(call, instances::start);
    }

    Reply stop(Call call) {
        return graceful(call, instances::stop);
    }

    Reply restart(Call call) {
        return graceful(call, instances::restart);
    }

    Reply freeze(Call call) {
        return one(call, instances::freeze);
    }

    Reply thaw(Call call) {
        return one(call, instances::thaw);
    }

    Reply reset(Call call) {
        return one(call, instances::reset);
    }

    Reply delete(Call call) {
        instances.delete(call.path("slice"), call.path("instance"), call.query().flag("force"));
        return new Reply.Done();
    }

    Reply log(Call call) {
        return new Reply.Text(
                "text/plain;charset=utf-8", instances.consoleLog(call.path("slice"), call.path("instance")));
    }

    Reply exec(Call call) {
        ExecRequest request = execRequest(call.query());
        return new Reply.Upgrade(() -> instances.exec(call.path("slice"), call.path("instance"), request));
    }

    Reply console(Call call) {
        return new Reply.Upgrade(() -> instances.console(call.path("slice"), call.path("instance")));
    }

    static ExecRequest execRequest(Query query) {
        List<String> command = query.all("command");
        if (command.isEmpty() || command.getFirst().isEmpty()) {
            throw Refusal.invalid("command", "command is missing: it names the program, then each argument");
        }
        Map<String, String> environment = new LinkedHashMap<>();
        for (String entry : query.all("env")) {
            int equals = entry.indexOf('=');
            if (equals < 0 || !VARIABLE.matcher(entry.substring(0, equals)).matches()) {
                throw Refusal.invalid("env", entry, "NAME=VALUE");
            }
            environment.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        return new ExecRequest(
                command,
                environment,
                query.flag("terminal"),
                query.number("columns", 80, 1, 10_000),
                query.number("rows", 24, 1, 10_000));
    }

    private static Reply one(Call call, Deed deed) {
        return Reply.ok(deed.carryOut(call.path("slice"), call.path("instance")));
    }

    private static Reply graceful(Call call, GracefulDeed deed) {
        int seconds = call.query().number("grace", DEFAULT_GRACE, 0, MAX_GRACE);
        return Reply.ok(deed.carryOut(call.path("slice"), call.path("instance"), Duration.ofSeconds(seconds)));
    }

    private interface Deed {
        InstanceView carryOut(String slice, String instance);
    }

    private interface GracefulDeed {
        InstanceView carryOut(String slice, String instance, Duration grace);
    }
}
