package cilium

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// Policies hold for all that endpoints exchange, and facts for what TCP carries: what a
// policy says of the rest is kept as it is, beside its facts.
// cilium pkg/policy/l4.go createL4Filter

// carriage is what an entry says of more than TCP.
type carriage struct {
	what string // such as "UDP and SCTP at port 53"
	// only says that an entry is for no more than this, where its facts say all.
	only bool
	at   place.Ref
}

// portless are the protocols that have no ports.
var portless = []string{"VRRP", "IGMP", "GRE", "IPIP", "IPV6", "ESP", "AH"}

// carried reads which protocols a port is of: tcp is that TCP is one of them, rest
// are the others by their names. None is all that have ports.
func carried(n *source.Node) (tcp bool, rest string) {
	switch protocol := n.Get("protocol").Str(); protocol {
	case "", "ANY":
		return true, "UDP and SCTP"
	case "TCP":
		return true, ""
	case "UDP", "SCTP", "ICMP", "ICMPV6":
		return false, protocol
	default:
		if !slices.Contains(portless, protocol) {
			n.Get("protocol").Reject("is no protocol that Cilium knows")
			return true, ""
		}
		if port := n.Get("port").Text(); port != "" && port != "0" && !portName(port) {
			n.Get("port").Reject("is a port of " + protocol + ", which has none")
		}
		return false, protocol
	}
}

// carry notes what a port says of more than TCP. all is that it is about all ports: those
// of all protocols that have any, where none is said, so that ICMP is left out.
// cilium pkg/policy/rule.go mergeIngress
func (p *policyReader) carry(n *source.Node, tcp bool, rest string, all bool) {
	c := carriage{at: n.Ref()}
	switch {
	case all && tcp && rest == "":
		c.what, c.only = "TCP", true
	case all && tcp:
		c.what, c.only = "TCP, UDP and SCTP", true
	case rest == "":
		return
	case all:
		c.what = rest
	default:
		c.what = rest + " at " + portText(n)
	}
	p.carries = append(p.carries, c)
}

func portText(n *source.Node) string {
	text := "port " + strings.ToLower(n.Get("port").Text())
	if end := n.Get("endPort"); end != nil && end.Int() != 0 {
		text += "-" + end.Text()
	}
	return text
}

// icmp notes which messages an entry is about.
func (p *policyReader) icmp(n *source.Node) {
	n.MarkRead()
	for _, rule := range itemsOf(n) {
		for _, f := range itemsOf(rule.Get("fields")) {
			what := "ICMP"
			if f.Get("family").Written() == "IPv6" {
				what = "ICMPv6"
			}
			p.carries = append(p.carries, carriage{what: what + " of type " + f.Get("type").Written(), at: f.Ref()})
		}
	}
}

// words for what an entry does with what is not TCP, by its side.
var (
	letsPass = [...]string{intent.Served: "lets in ", intent.Dialled: "lets out "}
	keeps    = [...]string{intent.Served: "keeps out ", intent.Dialled: "keeps in "}
)

// carriage adds what an entry says of more than TCP. who are its peers, s whom the policy
// selects; rules for requests leave out the rest by themselves.
func (p *policyReader) carriage(who match.Expr, a *intent.Access) {
	whom := a.Scope.Subject
	if a.Side == intent.Dialled {
		whom = a.Scope.Client
	}
	between := match.Conj(match.Simplify(whom), match.Simplify(who))
	for _, c := range p.carries {
		if match.IsFalse(between) || c.only && restricted(a.When) {
			continue
		}
		verb := keeps[a.Side]
		if a.Effect == intent.Allow {
			verb = letsPass[a.Side]
		}
		if c.only {
			verb += "nothing but "
		}
		p.network = append(p.network, &intent.Opaque{
			Home: p.home, Mesh: Name, Kind: p.object.Kind, At: c.at, Whole: p.object, Network: true, Held: c.only,
			Opens: a.Effect == intent.Allow && !c.only, Between: match.Simplify(who), Scope: a.Scope, Why: verb + c.what + " where " + match.String(between), From: intent.From(c.at),
		})
	}
	p.carries = nil
}

// restricted reports whether a fact is about requests or servers that are asked for, which
// TCP alone carries.
func restricted(when match.Expr) bool {
	out := false
	match.Atoms(when, func(a match.Atom, _ bool) {
		out = out || a.Field.HTTP() || a.Field == match.Protocol || a.Field == match.SNI
	})
	return out
}
