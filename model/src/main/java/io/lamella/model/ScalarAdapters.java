package io.lamella.model;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.Jsonb;
import java.math.BigDecimal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The one-line forms of the value types in JSON: strings, read from numbers too where YAML makes one of them. */
final class ScalarAdapters {
    private ScalarAdapters() {}

    static Jsonb.Builder register(Jsonb.Builder builder) {
        return builder.add(ByteSize.class, new Scalar<>(s -> ByteSize.parse("memory", s)))
                .add(CpuSet.class, new Scalar<>(s -> CpuSet.parse("cpus", s)))
                .add(CpuRequest.class, new Scalar<>(s -> CpuRequest.parse("cpus", s)))
                .add(Ipv4.class, new Scalar<>(s -> Ipv4.parse("address", s)))
                .add(Cidr.class, new Scalar<>(s -> Cidr.parse("subnets", s)))
                .add(MacAddress.class, new Scalar<>(s -> MacAddress.parse("mac", s)))
                .add(HugePages.class, new Scalar<>(s -> HugePages.parse("hugePages", s)))
                .add(Firmware.class, new Scalar<>(s -> Firmware.parse("firmware", s)))
                .add(BackendKind.class, new Scalar<>(s -> BackendKind.parse("backend", s)))
                .add(FlowSpaceAbsence.class, new Scalar<>(s -> FlowSpaceAbsence.parse("whenAway", s)))
                .add(FlowSpacePermission.class, new Scalar<>(s -> FlowSpacePermission.parse("permission", s)))
                .add(IsolationProfile.class, new Scalar<>(s -> IsolationProfile.parse("profile", s)))
                .add(NumaPolicy.class, new Scalar<>(s -> NumaPolicy.parse("numa", s)));
    }

    /** Reads with {@code parse}, writes with toString. */
    private static final class Scalar<T> implements JsonAdapter<T> {
        private final Function<String, T> parse;

        Scalar(Function<String, T> parse) {
            this.parse = parse;
        }

        @Override
        public void toJson(JsonWriter writer, @Nullable T value) {
            if (value == null) {
                writer.nullValue();
            } else {
                writer.value(value.toString());
            }
        }

        @Override
        public T fromJson(JsonReader reader) {
            return parse.apply(
                    reader.currentToken() == JsonReader.Token.NUMBER
                            ? digits(reader.readDecimal())
                            : reader.readString());
        }

        /** Ten bytes of JSON such as 1e999999999 are a gigabyte of digits; their exponent is left as it is. */
        private static String digits(BigDecimal number) {
            return Math.abs((long) number.scale()) > 20 ? number.toString() : number.toPlainString();
        }
    }
}
