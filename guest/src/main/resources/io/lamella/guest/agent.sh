# Runs commands for the node. It reads lines from its control channel:
#   run ID SCRIPT       a command on three channels, lamella.ID.in, .out and .err
#   terminal ID SCRIPT  a command on a terminal behind one channel, lamella.ID.in, by the telnet protocol (RFC 854)
#   kill ID             ends a command
#   halt                asks the image's init to power the machine off
# SCRIPT is base64 of words for the shell that become the command. Standard input comes in pieces, each after a line with
# its length; a length of 0 is the end. An output ends with a mark, "ID:CODE;" after a zero byte, which nobody else knows.
export PATH=/bin
. /port.sh

# feed: pieces to plain bytes
feed() {
    while read -r length && [ "$length" -gt 0 ]; do
        dd bs="$length" count=1 iflag=fullblock 2> /dev/null
    done
}

# begin ID SCRIPT EXEC: the file that becomes the command
begin() {
    {
        printf 'echo $$ > /sessions/%s.pid\n%s ' "$1" "$3"
        echo "$2" | base64 -d
    } > "/sessions/$1"
}

mark() {
    printf '\000%s:%d;' "$1" "$2"
}

run() {
    in=$(port "lamella.$1.in")
    out=$(port "lamella.$1.out")
    err=$(port "lamella.$1.err")
    claim "$1" "$in" "$err"
    begin "$1" "$2" 'exec setsid'
    {
        feed < "$in" 3>&- | {
            sh "/sessions/$1" 2>&4 3>&- 4>&- 5>&- 6>&-
            code=$?
            mark "$1" $code >&4
            mark "$1" $code
        }
    } > "$out" 4> "$err"
    rm -f "/sessions/$1" "/sessions/$1.pid"
}

terminal() {
    in=$(port "lamella.$1.in")
    claim "$1" "$in" "$in"
    begin "$1" "$2" exec # telnetd has made a session for it
    {
        printf '#!/bin/sh\nsh /sessions/%s\necho $? > /sessions/%s.code\n' "$1" "$1" > "/sessions/$1.login"
        chmod 700 "/sessions/$1.login"
        telnetd -i -l "/sessions/$1.login"
        mark "$1" "$(cat "/sessions/$1.code")"
    } <> "$in" >&0 2> /dev/null 3>&- 5>&- 6>&-
    rm -f "/sessions/$1" "/sessions/$1".*
}

halt() {
    case $(readlink /proc/1/exe) in
        */busybox) kill -USR2 1 ;;
        */systemd) kill -38 1 ;; # SIGRTMIN+4, systemd(1)
        *) chroot /proc/1/root /sbin/telinit 0 ;;
    esac
}

exec 3<> "$(port lamella.control)"
[ "$hypervisor" != xen ] || stty raw -echo <&3
while [ -e /proc/1/root/agent/agent.sh ]; do
    usleep 10000 # the image's init has not begun
done
echo ready >&3
while :; do
    while read -r verb id script <&3; do
        case $verb in
            run) run "$id" "$script" & ;;
            terminal) terminal "$id" "$script" & ;;
            halt) halt ;;
            kill) kill -9 "-$(cat "/sessions/$id.pid")" || kill -9 "$(cat "/sessions/$id.pid")" ;;
        esac
    done
    sleep 1 # the node does not listen
done
