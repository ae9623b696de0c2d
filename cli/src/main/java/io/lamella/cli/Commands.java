package io.lamella.cli;

import io.lamella.model.Capability;
import java.util.List;

/** Every command of {@code lamella}. */
final class Commands {
    private static final String FORMATS = "table json yaml";

    /** The options of every command. */
    static final List<Option> GLOBAL = List.of(
            Option.flag("help", 'h', "show this help"),
            Option.value("socket", "PATH", "the daemon's socket; else LAMELLA_SOCKET, else " + Endpoint.DEFAULT_SOCKET),
            Option.value("host", "URL", "a remote daemon, https://HOST:PORT; else LAMELLA_HOST"),
            Option.value("token-file", "FILE", "the file with the token for --host; else LAMELLA_TOKEN_FILE"),
            Option.value("ca", "FILE", "the authority that signed the remote certificate, as PEM; else LAMELLA_CA"));

    private static final Option FORMAT =
            Option.value("format", 'f', "FORMAT", "how to print").oneOf(FORMATS);
    private static final Option LONG_FORMAT =
            Option.value("format", "FORMAT", "how to print").oneOf(FORMATS);
    private static final Option SLICE =
            Option.value("slice", 's', "SLICE", "the slice; else LAMELLA_SLICE, else the only one that fits");
    private static final Option ALL_SLICES = Option.flag("all-slices", 'A', "all slices, whatever LAMELLA_SLICE says");
    private static final Option GRACE =
            Option.value("grace", "SECONDS", "how long to wait before it is killed; else 10");

    private Commands() {}

    static Command tree() {
        Command root = Command.root("lamella", "Partitions a Linux node into isolated slices of instances and networks")
                .example("lamella launch busybox web --slice operator-a --cpus 1 --memory 64M --network lan");
        instances(root);
        sessions(root);
        slices(root.command("slice", "Slices: tenants' isolated shares of the node"));
        networks(root.command("network", "Networks: isolated Ethernet segments within a slice"));
        images(root.command("image", "Images: root file systems and disks that instances start from"));
        flowSpace(root.command("flowspace", "Flow space: which packets each slice's OpenFlow controller gets"));
        node(root);
        isolation(root.command("isolate", "CPUs that are kept free of everything else"));
        tools(root);
        return root;
    }

    private static void instances(Command root) {
        root.command("launch", "Make an instance from an image and start it")
                .operand(Operand.one("IMAGE", "image"))
                .operand(Operand.one("NAME", ""))
                .option(SLICE)
                .option(Option.value("backend", 'b', "BACKEND", "what runs it; else lxc")
                        .oneOf("lxc kvm xen auto"))
                .option(Option.value("cpus", 'c', "CPUS", "how many of the slice's CPUs, or which: 2 or 0-1"))
                .option(Option.value("profile", 'p', "PROFILE", "start it only where its CPUs are kept free so far")
                        .oneOf("shared dedicated isolated realtime"))
                .option(Option.value("cpu-weight", "N", "its share where CPUs are contended, 1 to 10000; else 100"))
                .option(Option.value("memory", 'm', "SIZE", "the most memory it may use, such as 256M"))
                .option(Option.value("pids", "N", "the most processes and threads it may have; else 4096"))
                .option(Option.value("user-data", "FILE", "what cloud-init in a disk image is given, at most 16 KiB"))
                .option(Option.value("hugepages", "yes|SIZE", "its memory lies in huge pages, such as 2M (kvm)"))
                .option(Option.value("network", 'n', "NETWORK[:ADDRESS]", "a network interface; may be repeated")
                        .repeatable())
                .option(Option.flag("no-start", "make it, but do not start it"))
                .option(Option.flag("no-autostart", "leave it stopped when the node comes up"))
                .option(Option.value("autostart-priority", "N", "higher is started earlier, -1000 to 1000"))
                .option(Option.value("autostart-delay", "SECONDS", "how long to wait after its start, 0 to 3600"))
                .option(FORMAT)
                .example("lamella launch busybox web --slice operator-a --memory 64M --network lan:10.0.0.2")
                .does(InstanceCommands::launch);
        root.command("list", "List instances")
                .option(SLICE)
                .option(ALL_SLICES)
                .option(FORMAT)
                .example("lamella list --slice operator-a")
                .does(InstanceCommands::list);
        instance(root, "show", "Show an instance, as asked for and as the kernel reports it", "lamella show web")
                .option(FORMAT)
                .does(InstanceCommands::show);
        several(root, "start", "Start instances", "lamella start web db").does(InstanceCommands::start);
        several(root, "stop", "Stop instances", "lamella stop web --grace 30")
                .option(GRACE)
                .option(Option.flag("force", "kill it at once"))
                .does(InstanceCommands::stop);
        several(root, "restart", "Restart instances", "lamella restart web")
                .option(GRACE)
                .option(Option.flag("force", "kill it at once"))
                .does(InstanceCommands::restart);
        several(root, "freeze", "Freeze instances: their processes stand still", "lamella freeze web")
                .does(InstanceCommands::freeze);
        several(root, "thaw", "Let frozen instances run on", "lamella thaw web").does(InstanceCommands::thaw);
        several(root, "reset", "Reset virtual machines, as their reset button would", "lamella reset vm")
                .does(InstanceCommands::reset);
        instance(
                        root,
                        "set",
                        "Change an instance's limits, while it runs, or its backend, while it does not",
                        "lamella set web cpus=1 memory=128M")
                .operand(Operand.several(
                        "KEY=VALUE", "cpus= profile= cpuWeight= memory= pids= hugePages= backend= autostart="))
                .option(FORMAT)
                .does(InstanceCommands::set);
        several(root, "delete", "Delete instances", "lamella delete web --force")
                .option(Option.flag("force", "also where it runs"))
                .does(InstanceCommands::delete);
    }

    private static Command instance(Command root, String name, String summary, String example) {
        return root.command(name, summary)
                .operand(Operand.one("NAME", "instance"))
                .option(SLICE)
                .example(example);
    }

    private static Command several(Command root, String name, String summary, String example) {
        return root.command(name, summary)
                .operand(Operand.several("NAME", "instance"))
                .option(SLICE)
                .option(FORMAT)
                .example(example);
    }

    private static void sessions(Command root) {
        instance(root, "exec", "Run a command in an instance", "lamella exec web -- ip address")
                .operand(Operand.several("COMMAND", ""))
                .verbatimAfterFirst()
                .option(Option.value("env", 'e', "NAME=VALUE", "an environment variable; may be repeated")
                        .repeatable())
                .option(Option.flag("terminal", 't', "with a terminal, also where this is none"))
                .option(Option.flag("no-terminal", 'T', "without a terminal: output and errors stay apart"))
                .does(SessionCommands::exec);
        instance(root, "console", "Connect to an instance's console; Ctrl-A q leaves it", "lamella console web")
                .does(SessionCommands::console);
        instance(root, "logs", "Print what an instance has written to its console", "lamella logs web")
                .does(InstanceCommands::logs);
    }

    private static void slices(Command slice) {
        slice.command("create", "Make a slice")
                .operand(Operand.one("NAME", ""))
                .option(Option.value("cpus", 'c', "CPUS", "CPUs that are its alone: a number or a list such as 2-3"))
                .option(Option.value("memory", 'm', "SIZE", "the most memory its instances may use together"))
                .option(Option.value("max-instances", "N", "the most instances it may hold"))
                .option(FORMAT)
                .example("lamella slice create operator-a --cpus 2 --memory 1G")
                .does(SliceCommands::create);
        slice.command("list", "List slices")
                .option(FORMAT)
                .example("lamella slice list --format json")
                .does(SliceCommands::list);
        slice.command("show", "Show a slice")
                .operand(Operand.one("NAME", "slice"))
                .option(FORMAT)
                .example("lamella slice show operator-a")
                .does(SliceCommands::show);
        slice.command("set", "Change a slice's share; \"none\" takes a limit away")
                .operand(Operand.one("NAME", "slice"))
                .operand(Operand.several("KEY=VALUE", "cpus= memory= maxInstances="))
                .option(FORMAT)
                .example("lamella slice set operator-a memory=2G maxInstances=none")
                .does(SliceCommands::set);
        slice.command("delete", "Delete slices")
                .operand(Operand.several("NAME", "slice"))
                .option(Option.flag("force", "with all that is in it"))
                .example("lamella slice delete operator-a")
                .does(SliceCommands::delete);
    }

    private static void networks(Command network) {
        network.command("create", "Make a network")
                .operand(Operand.one("NAME", ""))
                .option(Option.value("subnet", "CIDR", "a prefix that its ports get addresses from; may be repeated")
                        .repeatable())
                .option(SLICE)
                .option(FORMAT)
                .example("lamella network create lan --slice operator-a --subnet 10.0.0.0/24")
                .does(NetworkCommands::create);
        network.command("list", "List networks")
                .option(SLICE)
                .option(ALL_SLICES)
                .option(FORMAT)
                .example("lamella network list")
                .does(NetworkCommands::list);
        network.command("show", "Show a network and its ports")
                .operand(Operand.one("NAME", "network"))
                .option(SLICE)
                .option(FORMAT)
                .example("lamella network show operator-a/lan")
                .does(NetworkCommands::show);
        network.command("delete", "Delete networks that no instance uses")
                .operand(Operand.several("NAME", "network"))
                .option(SLICE)
                .example("lamella network delete operator-a/lan")
                .does(NetworkCommands::delete);
    }

    private static void images(Command image) {
        image.command(
                        "import",
                        "Import an image: a tar archive, an OCI image layout as archive or directory, or a qcow2 or raw disk")
                .operand(Operand.one("FILE", "file"))
                .operand(Operand.one("NAME", ""))
                .option(Option.value("sha256", "DIGEST", "what the archive's bytes must hash to"))
                .option(Option.value("firmware", "FIRMWARE", "what boots the disk; else what the disk looks like")
                        .oneOf("bios uefi"))
                .option(FORMAT)
                .example("lamella image import core-image-minimal.tar.zst yocto")
                .does(ImageCommands::load);
        image.command("build", "Build an image on the node")
                .operand(Operand.one("RECIPE", "busybox debian13"))
                .operand(Operand.optional("NAME", ""))
                .option(FORMAT)
                .example("lamella image build busybox")
                .does(ImageCommands::build);
        image.command("list", "List images")
                .option(FORMAT)
                .example("lamella image list")
                .does(ImageCommands::list);
        image.command("show", "Show an image")
                .operand(Operand.one("IMAGE", "image"))
                .option(FORMAT)
                .example("lamella image show busybox")
                .does(ImageCommands::show);
        image.command("delete", "Delete images that no instance uses")
                .operand(Operand.several("IMAGE", "image"))
                .example("lamella image delete busybox")
                .does(ImageCommands::delete);
    }

    private static void flowSpace(Command flowSpace) {
        flowSpace
                .command("check", "Find packets that two slices can affect or observe; needs no daemon")
                .option(Option.value("file", 'f', "FILE", "the flow space as YAML or JSON; - for standard input"))
                .option(Option.value("limit", "N", "the most conflicts to print of a kind between two slices; else 10"))
                .option(LONG_FORMAT)
                .example("lamella flowspace check -f flowspace.yaml")
                .does(FlowSpaceCommands::check);
        flowSpace
                .command(
                        "serve",
                        "Stand between switches and the slices' controllers, until interrupted; needs no daemon")
                .option(Option.value("config", 'c', "FILE", "the flow space as YAML or JSON; - for standard input"))
                .option(Option.flag("shared", "let slices decide about the same packets, where their rules say so"))
                .example("lamella flowspace serve --config flowspace.yaml")
                .does(FlowSpaceCommands::serve);
    }

    private static void node(Command root) {
        Command node = root.command("node", "The node itself");
        node.command("show", "Show the node: CPUs, memory, switch and backends")
                .option(FORMAT)
                .example("lamella node show")
                .does(NodeCommands::show);
        checking(node.command("check", "Show what this machine lacks of what each capability needs; needs no daemon"))
                .option(Option.value("config", "FILE", "another kernel's configuration, such as a build's .config"))
                .option(Option.flag("all", "also what is there"))
                .option(FORMAT)
                .example("lamella node check --capability lxc --capability kvm")
                .does(NodeCheckCommands::check);
        checking(node.command("fragment", "Print what to merge into a kernel's configuration; needs no daemon"))
                .example("lamella node fragment --capability lxc --machine aarch64 > lamella.cfg")
                .does(NodeCheckCommands::fragment);
        root.command("events", "Print what happens on the node, until interrupted")
                .option(Option.value("slice", 's', "SLICE", "this slice's only; else LAMELLA_SLICE, else all"))
                .option(FORMAT)
                .example("lamella events --format json")
                .does(NodeCommands::events);
        root.command("apply", "Bring the node to what a file declares")
                .option(Option.value("file", 'f', "FILE", "the declaration as YAML or JSON; - for standard input"))
                .option(Option.flag("dry-run", "show what would be done, and do nothing"))
                .option(Option.flag("prune", "also delete what the file does not declare"))
                .option(LONG_FORMAT)
                .example("lamella apply -f node.yaml --dry-run")
                .does(NodeCommands::apply);
        root.command("export", "Print the node as a declaration that \"apply\" reads")
                .option(Option.value("format", 'f', "FORMAT", "how to print; else yaml")
                        .oneOf("yaml json"))
                .example("lamella export > node.yaml")
                .does(NodeCommands::export);
        Command token = root.command("token", "Tokens for clients that come over TLS");
        token.command("create", "Make a token and print it, this once")
                .operand(Operand.one("NAME", ""))
                .option(Option.value("slice", 's', "SLICE", "the one slice that it may manage; else the whole node"))
                .option(FORMAT)
                .example("lamella token create ci --slice operator-a > token")
                .does(NodeCommands::createToken);
        token.command("list", "List tokens, without their secrets")
                .option(FORMAT)
                .example("lamella token list")
                .does(NodeCommands::listTokens);
        token.command("delete", "Delete tokens; they are refused from then on")
                .operand(Operand.several("NAME", ""))
                .example("lamella token delete ci")
                .does(NodeCommands::deleteToken);
    }

    private static Command checking(Command command) {
        return command.option(Option.value("capability", 'c', "NAME", "this one; may be repeated; else all")
                        .oneOf(Capability.words())
                        .repeatable())
                .option(Option.value("machine", "ARCH", "what the kernel is for; else this machine's")
                        .oneOf("x86_64 aarch64"));
    }

    private static void isolation(Command isolate) {
        isolating(isolate.command("plan", "Show what isolating CPUs would change and cost; changes nothing"))
                .option(FORMAT)
                .example("lamella isolate plan --profile realtime --cpus 2-3")
                .does(IsolationCommands::plan);
        isolating(isolate.command("apply", "Keep CPUs free of everything else; again repairs what drifted"))
                .option(FORMAT)
                .example("lamella isolate apply --slice operator-a")
                .does(IsolationCommands::apply);
        isolate.command("verify", "Compare the isolation with the kernel; exit code 1 where it drifted")
                .option(FORMAT)
                .example("lamella isolate verify")
                .does(IsolationCommands::verify);
        isolate.command("undo", "Give everything the value that it had before")
                .option(FORMAT)
                .example("lamella isolate undo")
                .does(IsolationCommands::undo);
        isolate.command("watch", "Print what has drifted, then drift and repair as they happen, until interrupted")
                .option(FORMAT)
                .example("lamella isolate watch")
                .does(IsolationCommands::watch);
        isolate.command("gate", "Measure the isolated CPUs' latency; exit code 1 where it is worse than their baseline")
                .option(Option.flag("record", "make this measurement the baseline"))
                .option(Option.value("seconds", "N", "how long to measure, 1 to 300; else 10"))
                .option(Option.value("factor", "N", "how many times the baseline a figure may be; else 2"))
                .option(FORMAT)
                .example("lamella isolate gate --seconds 60 --factor 1.5")
                .does(IsolationCommands::gate);
        isolating(isolate.command("boot-params", "Print what the kernel's command line has to say for the rest"))
                .option(Option.flag("grub", "as a file for /etc/default/grub.d"))
                .option(Option.flag("yocto", "as lines for a machine's or image's configuration"))
                .option(FORMAT)
                .example("lamella isolate boot-params --cpus 2-3 --grub > /etc/default/grub.d/isolation.cfg")
                .does(IsolationCommands::bootParameters);
    }

    private static Command isolating(Command command) {
        return command.option(Option.value("profile", 'p', "PROFILE", "how far; else isolated")
                        .oneOf("isolated realtime"))
                .option(Option.value("cpus", 'c', "CPUS", "how many CPUs, or which: 2 or 2-3"))
                .option(Option.value("slice", 's', "SLICE", "the CPUs of this slice, for its instances"))
                .option(Option.flag("single-threads", "use one thread of each core, and leave the others idle"))
                .option(Option.flag("part-cores", "leave the other threads of the cores to others"))
                .option(Option.value("numa", "POLICY", "whether the CPUs are of one NUMA node; else any")
                        .oneOf("any preferred strict"));
    }

    private static void tools(Command root) {
        root.command("demo", "Set up two slices and prove with real packets that nothing crosses between them")
                .option(Option.flag("down", "remove what the demo made"))
                .option(Option.value("backend", 'b', "BACKEND", "what runs its instances; else lxc")
                        .oneOf("lxc kvm xen auto"))
                .option(Option.value("report", "FILE", "where to write the report; else report.json"))
                .example("lamella demo --report report.json")
                .does(Demo::run);
        root.command("completion", "Print the completion script of a shell")
                .operand(Operand.one("SHELL", "bash zsh fish"))
                .example("lamella completion bash > /etc/bash_completion.d/lamella")
                .does(Completion::run);
        root.command("version", "Print the version").example("lamella version").does(Version::print);
        root.command("man", "Print the manual page").hide().does(ManPage::run);
        root.command("names", "Print names for completion")
                .operand(Operand.one("KIND", "instance slice network image"))
                .hide()
                .does(Completion::names);
        root.command("rehearse", "Run what is run most, for the ahead-of-time cache")
                .hide()
                .does(Rehearsal::run);
    }
}
