# SPDX-License-Identifier: Apache-2.0
SUMMARY = "A node of Lamella with containers and networks"
DESCRIPTION = "The smallest image that Lamella runs on: the daemon, LXC and Open vSwitch."

require lamella-image.inc
