package io.lamella.store;

import io.lamella.model.GateRun;
import io.lamella.model.Image;
import io.lamella.model.Instance;
import io.lamella.model.Network;
import io.lamella.model.Port;
import io.lamella.model.Slice;
import java.util.List;
import java.util.function.Function;

/**
 * A kind of object in the store.
 *
 * @param name its name in the database; never changed once released
 * @param key the unique key of an object within its kind
 */
public record Kind<T>(String name, Class<T> type, Function<T, String> key) {
    public static final Kind<Slice> SLICE = new Kind<>("slice", Slice.class, Slice::name);
    public static final Kind<Network> NETWORK = new Kind<>("network", Network.class, Network::key);
    public static final Kind<Instance> INSTANCE = new Kind<>("instance", Instance.class, Instance::key);
    public static final Kind<Port> PORT =
            new Kind<>("port", Port.class, p -> p.slice() + "/" + p.instance() + "/" + p.index());
    public static final Kind<Image> IMAGE = new Kind<>("image", Image.class, Image::name);
    public static final Kind<Token> TOKEN = new Kind<>("token", Token.class, Token::name);
    /** What isolated CPUs' latency is compared with. */
    public static final Kind<GateRun> BASELINE = new Kind<>("baseline", GateRun.class, GateRun::key);

    public static final List<Kind<?>> ALL = List.of(SLICE, NETWORK, INSTANCE, PORT, IMAGE, TOKEN, BASELINE);
}
