# The channels to the node. On virtio each has a port with its name, made for it. On Xen they are consoles after the
# first, hvc1 to hvc7: control has the first of them, and a command those in the first two digits of its ID, of which
# others have had the use before.
[ ! -r /sys/hypervisor/type ] || read -r hypervisor < /sys/hypervisor/type

# port NAME: the device of a channel to the node, once it is there
port() {
    attempts=0
    while [ $attempts -lt 500 ]; do
        if [ "$hypervisor" = xen ]; then
            console "$1" && return
        else
            virtio "$1" && return
        fi
        attempts=$((attempts + 1))
        usleep 10000
    done
}

virtio() {
    for found in /sys/class/virtio-ports/*; do
        [ -e "$found/name" ] && read -r called < "$found/name" || continue
        if [ "$called" = "$1" ] && [ -e "/dev/${found##*/}" ]; then
            echo "/dev/${found##*/}"
            return
        fi
    done
    false
}

console() {
    case $1 in
        lamella.control) number=1 ;;
        lamella.?*.err) number=${1#lamella.?} ;;
        *) number=${1#lamella.} ;;
    esac
    device=/dev/hvc${number%"${number#?}"}
    true 2> /dev/null <> "$device" && echo "$device" # a console that Xen has not made cannot be opened
}

# claim ID IN ERR: ends what the agent itself still has to do with a command's channels, and skips what is left in them
claim() {
    [ "$hypervisor" = xen ] || return 0
    for open in /proc/[0-9]*/fd/*; do
        process=${open#/proc/}
        process=${process%%/*}
        if { [ "$open" -ef "$2" ] || [ "$open" -ef "$3" ]; } && [ "/proc/$process/root" -ef / ]; then
            kill -9 "$process"
        fi
    done 2> /dev/null
    rm -f "/sessions/${1%"${1#?}"}"*
    # its settings last as long as somebody has it open
    exec 5<> "$2" 6<> "$3"
    for channel in 5 6; do
        eval "stty raw -echo <&$channel"
    done
    printf '\000%s\n' "$1" >&5
    [ "$2" = "$3" ] || printf '\000%s\n' "$1" >&6
    while read -r line <&5 && [ "$line" != "$1" ]; do :; done
}
