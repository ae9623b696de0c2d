#!/bin/sh
# What xl calls for an interface of a domain: gives the device its name and tells the driver that it may begin. Lamella
# connects the device to its switch itself.
[ "$1" = online ] || exit 0
set -e
name=$(xenstore-read "$XENBUS_PATH/vifname")
ip link set dev "$vif" down
ip link set dev "$vif" name "$name"
[ ! -e "/proc/sys/net/ipv6/conf/$name" ] || echo 1 > "/proc/sys/net/ipv6/conf/$name/disable_ipv6"
ip link set dev "$name" up promisc on
xenstore-write "$XENBUS_PATH/hotplug-status" connected
