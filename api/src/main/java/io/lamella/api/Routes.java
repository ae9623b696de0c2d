package io.lamella.api;

import static io.lamella.api.Access.ADMINISTRATOR;
import static io.lamella.api.Access.EVERYONE;
import static io.lamella.api.Access.SLICE;

import io.lamella.compute.Compute;
import java.time.Duration;
import java.util.List;

/**
 * Every route of the API with who may call it. openapi.yaml describes them; a test holds the two against each other. A
 * slice's own token may look at its slice, but not change its share: that is the node's to give.
 */
final class Routes {
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private Routes() {}

    static List<Route> of(Compute compute, Tokens tokens) {
        var node = new NodeCalls(compute.node(), compute.declaration(), tokens);
        var slices = new SliceCalls(compute.slices(), tokens);
        var networks = new NetworkCalls(compute.networks());
        var instances = new InstanceCalls(compute.instances());
        var images = new ImageCalls(compute.images());
        var operations = new OperationCalls(compute.operations());
        var events = new EventCalls(compute.events(), HEARTBEAT);
        var secrets = new TokenCalls(tokens);
        var isolation = new IsolationCalls(compute.isolation());
        String network = "/slices/{slice}/networks/{network}";
        String instance = "/slices/{slice}/instances/{instance}";
        return List.of(
                new Route("GET", "/node", EVERYONE, node::info),
                new Route("GET", "/openapi.yaml", EVERYONE, node::openApi),
                new Route("POST", "/apply", ADMINISTRATOR, node::apply, "dryRun", "prune"),
                new Route("GET", "/export", ADMINISTRATOR, node::export),
                new Route("GET", "/isolation", ADMINISTRATOR, isolation::verify),
                new Route("PUT", "/isolation", ADMINISTRATOR, isolation::apply),
                new Route("POST", "/isolation/plan", ADMINISTRATOR, isolation::plan),
                new Route("POST", "/isolation/undo", ADMINISTRATOR, isolation::undo),
                new Route("POST", "/isolation/gate", ADMINISTRATOR, isolation::gate),
                new Route("POST", "/isolation/boot-parameters", ADMINISTRATOR, isolation::bootParameters),
                new Route("GET", "/slices", EVERYONE, slices::list),
                new Route("POST", "/slices", ADMINISTRATOR, slices::create),
                new Route("GET", "/slices/{slice}", SLICE, slices::get),
                new Route("PUT", "/slices/{slice}", ADMINISTRATOR, slices::update),
                new Route("DELETE", "/slices/{slice}", ADMINISTRATOR, slices::delete, "force"),
                new Route("GET", "/networks", EVERYONE, networks::listSeen),
                new Route("GET", "/slices/{slice}/networks", SLICE, networks::list),
                new Route("POST", "/slices/{slice}/networks", SLICE, networks::create),
                new Route("GET", network, SLICE, networks::get),
                new Route("DELETE", network, SLICE, networks::delete),
                new Route("GET", network + "/ports", SLICE, networks::ports),
                new Route("GET", "/instances", EVERYONE, instances::listSeen),
                new Route("GET", "/slices/{slice}/instances", SLICE, instances::list),
                new Route("POST", "/slices/{slice}/instances", SLICE, instances::launch, "start"),
                new Route("GET", instance, SLICE, instances::get),
                new Route("PATCH", instance, SLICE, instances::update),
                new Route("DELETE", instance, SLICE, instances::delete, "force"),
                new Route("POST", instance + "/start", SLICE, instances::start),
                new Route("POST", instance + "/stop", SLICE, instances::stop, "grace"),
                new Route("POST", instance + "/restart", SLICE, instances::restart, "grace"),
                new Route("POST", instance + "/freeze", SLICE, instances::freeze),
                new Route("POST", instance + "/thaw", SLICE, instances::thaw),
                new Route("POST", instance + "/reset", SLICE, instances::reset),
                new Route("GET", instance + "/log", SLICE, instances::log),
                new Route(
                        "GET",
                        instance + "/exec",
                        SLICE,
                        instances::exec,
                        "command",
                        "env",
                        "terminal",
                        "columns",
                        "rows"),
                new Route("GET", instance + "/console", SLICE, instances::console),
                new Route("GET", "/images", EVERYONE, images::list),
                new Route("POST", "/images", ADMINISTRATOR, images::importArchive, "name", "sha256", "firmware"),
                new Route("POST", "/images/build", ADMINISTRATOR, images::build),
                new Route("GET", "/images/{image}", EVERYONE, images::get),
                new Route("DELETE", "/images/{image}", ADMINISTRATOR, images::delete),
                new Route("GET", "/operations", ADMINISTRATOR, operations::list),
                new Route("GET", "/operations/{operation}", ADMINISTRATOR, operations::get, "wait", "seenStep"),
                new Route("GET", "/events", EVERYONE, events::stream, "slice"),
                new Route("GET", "/tokens", ADMINISTRATOR, secrets::list),
                new Route("POST", "/tokens", ADMINISTRATOR, secrets::create),
                new Route("DELETE", "/tokens/{token}", ADMINISTRATOR, secrets::delete));
    }
}
