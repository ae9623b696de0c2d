#
# SPDX-License-Identifier: Apache-2.0
#

import json

from oeqa.core.decorator.depends import OETestDepends
from oeqa.runtime.case import OERuntimeTestCase
from oeqa.runtime.decorator.package import OEHasPackage


class LamellaTest(OERuntimeTestCase):
    """A node that was just booted: its parts are there, and a slice starts on it."""

    def run_on_target(self, command, timeout=300):
        status, output = self.target.run(command, timeout=timeout)
        self.assertEqual(status, 0, msg=f"{command}: {output}")
        return output

    @OETestDepends(["ssh.SSHTest.test_ssh"])
    @OEHasPackage(["lamella"])
    def test_the_image_has_what_its_capabilities_need(self):
        status, output = self.target.run("lamella node check -c lxc -c network --format json", timeout=120)
        report = json.loads(output)
        missing = [i for i in report["items"] if i["required"] and i["state"] != "there"]
        self.assertEqual(missing, [])
        self.assertEqual(status, 0)

    @OETestDepends(["ssh.SSHTest.test_ssh"])
    @OEHasPackage(["lamella"])
    def test_the_daemon_runs(self):
        self.run_on_target("systemctl is-active lamella.service ovs-vswitchd.service")
        node = json.loads(self.run_on_target("lamella node show --format json", timeout=120))
        self.assertIn("lxc", [b["backend"] for b in node["backends"] if b["available"]])

    @OETestDepends(["lamella.LamellaTest.test_the_daemon_runs"])
    def test_a_slice_starts(self):
        try:
            self.run_on_target("lamella image build busybox probe")
            self.run_on_target("lamella slice create probe --cpus 1 --memory 64M")
            self.run_on_target("lamella network create lan --slice probe --subnet 10.0.0.0/24")
            for name in ("one", "two"):
                self.run_on_target(f"lamella launch probe {name} --slice probe --memory 16M --network lan")
            self.run_on_target("lamella exec probe/one -- ping -c 1 10.0.0.3")
            uids = self.run_on_target("lamella exec probe/one -- cat /proc/self/uid_map").split()
            self.assertNotEqual(uids[1], "0", msg="root in the instance is root of the node")
        finally:
            self.target.run("lamella slice delete probe --force; lamella image delete probe", timeout=300)
        self.assertNotIn("probe", self.run_on_target("lamella slice list --format json", timeout=120))
