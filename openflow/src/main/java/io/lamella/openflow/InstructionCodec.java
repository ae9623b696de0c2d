package io.lamella.openflow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Instructions and actions of version 1.3 (sections A.2.4 and A.2.5). */
final class InstructionCodec {
    private static final int GOTO_TABLE = 1;
    private static final int WRITE_METADATA = 2;
    private static final int WRITE_ACTIONS = 3;
    private static final int APPLY_ACTIONS = 4;
    private static final int CLEAR_ACTIONS = 5;
    private static final int METER = 6;

    private static final int OUTPUT = 0;
    private static final int PUSH_VLAN = 17;
    private static final int POP_VLAN = 18;
    private static final int GROUP = 22;
    private static final int SET_FIELD = 25;

    private InstructionCodec() {}

    static void writeInstructions(List<Instruction> instructions, ByteBuffer out) {
        for (Instruction instruction : instructions) {
            int start = out.position();
            out.putInt(0);
            int type = switch (instruction) {
                case Instruction.GotoTable i -> {
                    out.put((byte) i.table());
                    MatchCodec.pad(out, 3);
                    yield GOTO_TABLE;
                }
                case Instruction.WriteMetadata i -> {
                    out.putInt(0).putLong(i.value()).putLong(i.mask());
                    yield WRITE_METADATA;
                }
                case Instruction.WriteActions i -> {
                    writeActions(i.actions(), out.putInt(0));
                    yield WRITE_ACTIONS;
                }
                case Instruction.ApplyActions i -> {
                    writeActions(i.actions(), out.putInt(0));
                    yield APPLY_ACTIONS;
                }
                case Instruction.ClearActions i -> {
                    out.putInt(0);
                    yield CLEAR_ACTIONS;
                }
                case Instruction.Meter i -> {
                    out.putInt(i.meter());
                    yield METER;
                }
                case Instruction.Raw i -> {
                    i.body().put(out);
                    yield i.type();
                }
            };
            head(start, type, out);
        }
    }

    /** Reads instructions up to {@code end}. */
    static List<Instruction> readInstructions(ByteBuffer in, int end) {
        List<Instruction> instructions = new ArrayList<>(2);
        while (in.position() < end) {
            int next = element(in, end, 4);
            int length = next - in.position();
            int type = in.getInt() >>> 16;
            instructions.add(
                    switch (type) {
                        case GOTO_TABLE -> new Instruction.GotoTable(in.get(exactly(8, length, in)) & 0xff);
                        case WRITE_METADATA -> {
                            int body = exactly(24, length, in) + 4;
                            yield new Instruction.WriteMetadata(in.getLong(body), in.getLong(body + 8));
                        }
                        case WRITE_ACTIONS -> new Instruction.WriteActions(actionsAfterPadding(in, next));
                        case APPLY_ACTIONS -> new Instruction.ApplyActions(actionsAfterPadding(in, next));
                        case CLEAR_ACTIONS -> {
                            exactly(8, length, in);
                            yield new Instruction.ClearActions();
                        }
                        case METER -> new Instruction.Meter(in.getInt(exactly(8, length, in)));
                        default -> new Instruction.Raw(type, Bytes.take(in, length - 4));
                    });
            in.position(next);
        }
        return instructions;
    }

    private static List<Action> actionsAfterPadding(ByteBuffer in, int end) {
        if (end - in.position() < 4) {
            throw OpenFlowException.malformed("an instruction with actions of " + (end - in.position()) + " bytes");
        }
        in.getInt();
        return readActions(in, end);
    }

    static void writeActions(List<Action> actions, ByteBuffer out) {
        for (Action action : actions) {
            int start = out.position();
            out.putInt(0);
            int type = switch (action) {
                case Action.Output a -> {
                    out.putInt(a.port()).putShort((short) a.maxLength());
                    MatchCodec.pad(out, 6);
                    yield OUTPUT;
                }
                case Action.Group a -> {
                    out.putInt(a.group());
                    yield GROUP;
                }
                case Action.SetField a -> {
                    MatchCodec.write(a.field(), out);
                    MatchCodec.pad(out, start - out.position() & 7);
                    yield SET_FIELD;
                }
                case Action.PushVlan a -> {
                    out.putShort((short) a.etherType()).putShort((short) 0);
                    yield PUSH_VLAN;
                }
                case Action.PopVlan a -> {
                    out.putInt(0);
                    yield POP_VLAN;
                }
                case Action.SetTransport a -> throw OpenFlowException.because("version 1.3 has no " + a);
                case Action.Enqueue a -> throw OpenFlowException.because("version 1.3 has no " + a);
                case Action.Raw a -> {
                    a.body().put(out);
                    yield a.type();
                }
            };
            head(start, type, out);
        }
    }

    /** Reads actions up to {@code end}. */
    static List<Action> readActions(ByteBuffer in, int end) {
        List<Action> actions = new ArrayList<>(2);
        while (in.position() < end) {
            int next = element(in, end, 8);
            int length = next - in.position();
            int type = in.getInt() >>> 16;
            actions.add(
                    switch (type) {
                        case OUTPUT -> {
                            int body = exactly(16, length, in);
                            yield new Action.Output(in.getInt(body), in.getShort(body + 4) & 0xffff);
                        }
                        case GROUP -> new Action.Group(in.getInt(exactly(8, length, in)));
                        case SET_FIELD -> new Action.SetField(MatchCodec.read(in, next));
                        case PUSH_VLAN -> new Action.PushVlan(in.getShort(exactly(8, length, in)) & 0xffff);
                        case POP_VLAN -> {
                            exactly(8, length, in);
                            yield new Action.PopVlan();
                        }
                        default -> new Action.Raw(type, Bytes.take(in, length - 4));
                    });
            in.position(next);
        }
        return actions;
    }

    private static void head(int start, int type, ByteBuffer out) {
        out.putShort(start, (short) type).putShort(start + 2, (short) (out.position() - start));
    }

    /** Checks the element that starts at the buffer's position and returns where it ends. */
    private static int element(ByteBuffer in, int end, int least) {
        int left = end - in.position();
        int length = left < 4 ? 0 : in.getShort(in.position() + 2) & 0xffff;
        if (length < least || length > left || (length & 7) != 0 && least == 8) {
            throw OpenFlowException.malformed("an element of length " + length + " in " + left + " bytes");
        }
        return in.position() + length;
    }

    /** The position of an element's body, whose length including the header must be {@code wanted}. */
    private static int exactly(int wanted, int length, ByteBuffer in) {
        if (length != wanted) {
            throw OpenFlowException.malformed("an element of length " + length + " where " + wanted + " is needed");
        }
        return in.position();
    }
}
