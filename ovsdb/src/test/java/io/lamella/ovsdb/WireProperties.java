package io.lamella.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class WireProperties {
    @Property(tries = 1000)
    void everyValueSurvivesTheWire(@ForAll("values") Value value) {
        assertThat(Wire.value(
                        Json.parse(Json.bytes(List.of(Wire.tree(value)))) instanceof List<?> list
                                ? list.getFirst()
                                : ""))
                .isEqualTo(value);
    }

    @Provide
    Arbitrary<Value> values() {
        Arbitrary<Value.Atom> atoms = Arbitraries.oneOf(
                Arbitraries.strings().ascii().map(Value::of),
                Arbitraries.strings().withCharRange('\u00a0', '\ud7ff').map(Value::of),
                Arbitraries.longs().map(Value::of),
                Arbitraries.doubles()
                        .filter(d -> d != Math.rint(d))
                        .map(Value.Real::new)
                        .map(Value.Atom.class::cast),
                Arbitraries.of(true, false).map(Value::of),
                Arbitraries.create(java.util.UUID::randomUUID).map(Value::of),
                Arbitraries.strings().alpha().ofMinLength(1).map(Value::named));
        return Arbitraries.oneOf(
                atoms.map(Value.class::cast),
                atoms.set().ofMaxSize(5).map(Value.SetOf::new),
                Arbitraries.maps(atoms, atoms).ofMaxSize(5).map(Value.MapOf::new));
    }

    @Example
    void readsASetOfOneAsItsAtom() {
        Row row = Wire.row(Json.parse(
                "{\"a\":[\"set\",[\"x\"]],\"b\":\"x\",\"c\":[\"set\",[]]}".getBytes(StandardCharsets.UTF_8)));
        assertThat(row.text("a")).isEqualTo(row.text("b")).contains("x");
        assertThat(row.text("c")).isEmpty();
        assertThat(row.text("absent")).isEmpty();
    }

    @Example
    void boundsDepthAndSize() {
        byte[] deep = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> new JsonFraming(1 << 20).feed(deep, deep.length, value -> {}))
                .isInstanceOf(OvsdbException.class)
                .hasMessageContaining("nested deeper");
        byte[] endless = ("[\"" + "x".repeat(5000)).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> new JsonFraming(4096).feed(endless, endless.length, value -> {}))
                .isInstanceOf(OvsdbException.class)
                .hasMessageContaining("larger than 4096");
    }
}
