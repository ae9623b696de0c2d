# port NAME: the device of a channel to the node, once it is there
port() {
    attempts=0
    while [ $attempts -lt 500 ]; do
        for found in /sys/class/virtio-ports/*; do
            [ -e "$found/name" ] && read -r called < "$found/name" || continue
            if [ "$called" = "$1" ] && [ -e "/dev/${found##*/}" ]; then
                echo "/dev/${found##*/}"
                return
            fi
        done
        attempts=$((attempts + 1))
        usleep 10000
    done
}
