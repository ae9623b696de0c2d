package io.lamella.cli;

import io.lamella.cli.HttpConnection.Content;
import io.lamella.model.ByteSize;
import io.lamella.model.Image;
import io.lamella.model.ImageBuild;
import io.lamella.model.Names;
import io.lamella.model.Operation;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The commands over images. */
final class ImageCommands {
    private static final String ARCHIVE = "application/octet-stream";

    private ImageCommands() {}

    static int list(Invocation in) {
        return in.print(in.api().get("/images"), answer -> table(Api.readList(Image.class, answer)));
    }

    static int show(Invocation in) {
        return in.print(in.api().get(Api.path("images", in.operand(0))), ImageCommands::details);
    }

    static int delete(Invocation in) {
        for (String name : in.operands()) {
            in.api().delete(Api.path("images", name));
            in.done("image " + name + " deleted");
        }
        return 0;
    }

    static int load(Invocation in) throws IOException {
        String name = Names.checkImage("name", in.operand(1));
        String query = "?" + Api.query("name", name)
                + in.option("sha256").map(s -> "&" + Api.query("sha256", s)).orElse("")
                + in.option("firmware").map(f -> "&" + Api.query("firmware", f)).orElse("");
        String answer;
        try (ProgressBar bar = new ProgressBar(in.environment())) {
            answer = send(in, in.operand(0), "/images" + query, bar);
        }
        return in.print(answer, a -> table(List.of(Api.read(Image.class, a))));
    }

    private static String send(Invocation in, String source, String path, ProgressBar bar) throws IOException {
        if (source.equals("-")) {
            if (in.environment().inIsTerminal()) {
                throw Failure.wrongUse("\"-\" reads the archive from standard input, which is a terminal");
            }
            InputStream counted = counted(in.environment().in(), "sending standard input", 0, bar);
            return in.api().call("POST", path, new Content(ARCHIVE, counted, -1));
        }
        Path file = Path.of(source);
        if (Files.isDirectory(file)) {
            OciTar tar = OciTar.of(file);
            try (InputStream archive = tar.open()) {
                InputStream counted = counted(archive, "sending " + file.getFileName(), tar.length(), bar);
                return in.api().call("POST", path, new Content(ARCHIVE, counted, tar.length()));
            }
        }
        if (!Files.exists(file)) {
            throw Failure.wrongUse("there is no file \"" + source + "\"");
        }
        if (!Files.isRegularFile(file)) {
            throw Failure.wrongUse("\"" + source + "\" is neither a file nor a directory");
        }
        try (InputStream archive = Files.newInputStream(file)) {
            long length = Files.size(file);
            if (length == 0) {
                throw Failure.wrongUse("the file \"" + source + "\" is empty");
            }
            InputStream counted = counted(archive, "sending " + file.getFileName(), length, bar);
            return in.api().call("POST", path, new Content(ARCHIVE, counted, length));
        } catch (IOException e) {
            throw Failure.failed("the file \"" + source + "\" cannot be read: " + Endpoint.reason(e));
        }
    }

    private static InputStream counted(InputStream source, String step, long total, ProgressBar bar) {
        return new FilterInputStream(source) {
            private long done;

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = super.read(bytes, offset, length);
                done += Math.max(n, 0);
                bar.show(n < 0 || done == total ? "unpacking" : step, n < 0 ? 0 : done, total);
                return n;
            }
        };
    }

    static int build(Invocation in) {
        String recipe = in.operand(0);
        String name = in.operands().size() > 1 ? in.operand(1) : recipe;
        build(in.api(), in.environment(), recipe, name);
        return in.print(
                in.api().get(Api.path("images", name)), answer -> table(List.of(Api.read(Image.class, answer))));
    }

    /** Builds an image and waits for it. */
    static void build(Api api, Environment environment, String recipe, String name) {
        Operation operation = Api.read(Operation.class, api.post("/images/build", new ImageBuild(name, recipe)));
        try (ProgressBar bar = new ProgressBar(environment)) {
            while (operation.state() == Operation.State.RUNNING) {
                bar.show(operation.step(), operation.done(), operation.total());
                String wait = "?wait=20&" + Api.query("seenStep", operation.step());
                operation = api.get(Operation.class, Api.path("operations", operation.id()) + wait);
            }
        }
        if (operation.state() == Operation.State.FAILED) {
            throw Failure.failed(operation.error().orElse("the image was not built"));
        }
    }

    private static String table(List<Image> images) {
        Table table = Table.of("NAME", "FORMAT", "SIZE", "FILES", "DIGEST", "CREATED");
        for (Image i : images) {
            table.row(
                    i.name(),
                    i.format(),
                    megabytes(i.size()),
                    Long.toString(i.files()),
                    i.digest().length() > 19 ? i.digest().substring(0, 19) : i.digest(),
                    i.createdAt().toString().substring(0, 10));
        }
        return table.text();
    }

    private static String megabytes(long bytes) {
        return ByteSize.mebibytes((bytes + (1 << 20) - 1) >> 20).toString();
    }

    private static String details(String answer) {
        Image i = Api.read(Image.class, answer);
        Table t = Table.plain();
        t.row("Name:", i.name());
        t.row("Digest:", i.digest());
        t.row("Format:", i.format());
        t.row("Size:", megabytes(i.size()) + " unpacked");
        i.firmware().ifPresent(f -> t.row("Firmware:", f.word()));
        t.row("Files:", Long.toString(i.files()));
        t.row("Device nodes left out:", Long.toString(i.devicesLeftOut()));
        t.row("Created:", i.createdAt().toString());
        return t.text();
    }
}
