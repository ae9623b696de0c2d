"""A learning switch for os-ken, for OpenFlow 1.0 and 1.3. Prints a line for its ports and for each packet that it gets."""
import os

from os_ken.base import app_manager
from os_ken.controller import ofp_event
from os_ken.controller.handler import CONFIG_DISPATCHER, MAIN_DISPATCHER, set_ev_cls
from os_ken.lib.packet import ethernet, packet
from os_ken.ofproto import ofproto_v1_0, ofproto_v1_3

OLD = os.environ.get('OPENFLOW') == '1.0'


def say(*words):
    print(*words, flush=True)


class LearningSwitch(app_manager.OSKenApp):
    OFP_VERSIONS = [ofproto_v1_0.OFP_VERSION if OLD else ofproto_v1_3.OFP_VERSION]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ports = {}

    @set_ev_cls(ofp_event.EventOFPSwitchFeatures, CONFIG_DISPATCHER)
    def features(self, ev):
        dp = ev.msg.datapath
        if OLD:
            say('ports', *sorted(p for p in ev.msg.ports if p < 0xff00))
            return
        parser, ofp = dp.ofproto_parser, dp.ofproto
        self.add(dp, 0, parser.OFPMatch(), [parser.OFPActionOutput(ofp.OFPP_CONTROLLER, ofp.OFPCML_NO_BUFFER)])
        dp.send_msg(parser.OFPPortDescStatsRequest(dp, 0))

    @set_ev_cls(ofp_event.EventOFPPortDescStatsReply, [CONFIG_DISPATCHER, MAIN_DISPATCHER])
    def described(self, ev):
        say('ports', *sorted(p.port_no for p in ev.msg.body if p.port_no < 0xffffff00))

    @set_ev_cls(ofp_event.EventOFPErrorMsg, [CONFIG_DISPATCHER, MAIN_DISPATCHER])
    def error(self, ev):
        say('error', ev.msg.type, ev.msg.code)

    def add(self, dp, priority, match, actions):
        parser, ofp = dp.ofproto_parser, dp.ofproto
        if OLD:
            dp.send_msg(parser.OFPFlowMod(datapath=dp, match=match, cookie=0, command=ofp.OFPFC_ADD, priority=priority,
                                          actions=actions))
        else:
            apply = [parser.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, actions)]
            dp.send_msg(parser.OFPFlowMod(datapath=dp, priority=priority, match=match, instructions=apply))

    @set_ev_cls(ofp_event.EventOFPPacketIn, MAIN_DISPATCHER)
    def packet_in(self, ev):
        msg = ev.msg
        dp = msg.datapath
        parser, ofp = dp.ofproto_parser, dp.ofproto
        in_port = msg.in_port if OLD else msg.match['in_port']
        eth = packet.Packet(msg.data).get_protocol(ethernet.ethernet)
        say('packet', in_port, eth.src, eth.dst)
        self.ports[eth.src] = in_port
        out = self.ports.get(eth.dst, ofp.OFPP_FLOOD)
        actions = [parser.OFPActionOutput(out)]
        if out != ofp.OFPP_FLOOD:
            if OLD:
                from os_ken.lib.mac import haddr_to_bin
                match = parser.OFPMatch(in_port=in_port, dl_dst=haddr_to_bin(eth.dst), dl_src=haddr_to_bin(eth.src))
            else:
                match = parser.OFPMatch(in_port=in_port, eth_dst=eth.dst, eth_src=eth.src)
            self.add(dp, 1, match, actions)
        dp.send_msg(parser.OFPPacketOut(datapath=dp, buffer_id=0xffffffff, in_port=in_port, actions=actions,
                                        data=msg.data))
