package legal

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// leftDatagrams tells of what the source keeps out of workloads that its policies close,
// whatever carries it, where the target's proxies take TCP alone: UDP and the like to
// Services of the input is let in; of other workloads it is taken that they are asked
// nothing by it.
func leftDatagrams(r *run) {
	if !r.source.Network || r.m.Baseline.Network {
		return
	}
	for i := range r.m.Inventory.Services {
		s := r.m.Inventory.Services[i]
		d, ports := r.shutOff(s)
		if d == nil {
			continue
		}
		r.record(Change{
			Pass: "left-datagrams", Feature: AccessDefaultDeny, Code: diag.Widened, Drift: intent.Wider, Aspect: intent.Admission, Fate: FateCarried, From: d.From,
			Summary: ports + " of Service " + s.Name.String() + " is let in from everyone",
			Detail:  objectOf(d.From) + " closes it for all that the network carries, and the target's proxies keep no more than TCP out",
			Fix:     "keep a policy of the network for it, such as a NetworkPolicy that lets in TCP alone",
		})
	}
	if from := closing(r.m); len(from) > 0 {
		r.record(Change{
			Pass: "left-datagrams", Feature: AccessDefaultDeny, Code: diag.Assumption, Drift: intent.Same, Aspect: intent.Admission, Fate: FateCarried, From: from,
			Summary: "workloads that policies close are taken to be asked nothing, and to ask nothing, by UDP, SCTP or ICMP besides what the input shows",
			Detail:  "the target's proxies keep none of it out, and the source's policies did",
			Fix:     "keep a policy of the network that lets TCP pass alone, such as a NetworkPolicy, where workloads take anything else",
		})
	}
}

// broughtDatagrams tells of what policies of the target keep out of workloads that they
// close although the source let it in.
func broughtDatagrams(r *run) {
	if r.source.Network || !r.m.Baseline.Network {
		return
	}
	for i := range r.m.Inventory.Services {
		s := r.m.Inventory.Services[i]
		d, ports := r.shutOff(s)
		if d == nil {
			continue
		}
		r.record(Change{
			Pass: "brought-datagrams", Feature: AccessDefaultDeny, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateCarried, From: d.From,
			Summary: ports + " of Service " + s.Name.String() + " is kept out",
			Detail:  "the source's proxies kept no more than TCP out, and the target's policies close workloads for all that the network carries",
			Fix:     "let it in by a policy of its own for these ports",
		})
	}
	if from := closing(r.m); len(from) > 0 {
		r.record(Change{
			Pass: "brought-datagrams", Feature: AccessDefaultDeny, Code: diag.DefaultDiffers, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateCarried, From: from,
			Summary: "what comes by UDP, SCTP or ICMP is kept out of workloads that policies close, and kept in where they close what is dialled",
			Detail:  "the source's proxies kept no more than TCP out",
			Fix:     "let it pass by a policy of its own where workloads need it",
		})
	}
}

// shutOff is what closes the workloads of a Service that is asked by UDP and the like,
// with the ports; nil is nothing.
func (r *run) shutOff(s *intent.Service) (*intent.Default, string) {
	ports := s.Datagrams()
	if len(ports) == 0 {
		return nil, ""
	}
	return r.m.Shut(s), strings.Join(ports, " and ")
}

// closing is where what closes workloads, and callers, is said.
func closing(m *intent.Model) intent.Origin {
	var out intent.Origin
	for _, d := range m.Default {
		if d.Effect == intent.Deny {
			out = append(out, d.From...)
		}
	}
	return onceEach(out)
}
