package cilium

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// lastPort is the highest port number.
const lastPort = 65535

// span is a range of ports, both ends included.
type span struct {
	first, last int
	at          intent.Origin
}

// portsOf are the ports of one alternative; nil is all of them.
func portsOf(ls []match.Literal) (out []span, why string) {
	var one, within *span
	var not []int
	for _, l := range ls {
		n, err := strconv.Atoi(l.Atom.Value)
		first, last, isRange := rangeOf(l.Atom)
		switch {
		case isRange && !l.Not && within == nil:
			within = &span{first, last, intent.From(l.Atom.Place())}
		case err != nil || l.Atom.Op != match.Exact || n < 1 || n > lastPort:
			return nil, "a port is matched by its number"
		case l.Not:
			not = append(not, n)
		case one != nil && one.first != n:
			return nil, "a connection has one port"
		default:
			one = &span{n, n, intent.From(l.Atom.Place())}
		}
	}
	switch {
	case one != nil && !slices.Contains(not, one.first) && one.inside(within):
		return []span{*one}, ""
	case one != nil:
		return nil, "no port is left"
	case within == nil:
		return spansBut(not), ""
	}
	not = append(not, 0, lastPort+1) // so that all is cut into spans
	for _, s := range spansBut(not) {
		if s.first, s.last = max(s.first, within.first), min(s.last, within.last); s.first <= s.last {
			out = append(out, span{s.first, s.last, within.at})
		}
	}
	if len(out) == 0 {
		return nil, "no port is left"
	}
	return out, ""
}

// inside reports whether a span is within another; nil is all ports.
func (s span) inside(o *span) bool { return o == nil || o.first <= s.first && s.last <= o.last }

// spansBut are all ports but some; nil where there are none to leave out.
func spansBut(not []int) []span {
	if len(not) == 0 {
		return nil
	}
	slices.Sort(not)
	var out []span
	next := 1
	for _, n := range append(not, lastPort+1) {
		if n > next {
			out = append(out, span{first: next, last: n - 1})
		}
		next = max(next, n+1)
	}
	return out
}

// allPorts is what rules for requests name where they are for all ports: with
// port 0, which means the same, there are none.
// cilium pkg/policy/api/rule_validation.go PortRule.sanitize
var allPorts = []span{{first: 1, last: lastPort}}

// writePorts prints ports of TCP.
func writePorts(all []span) *manifest.Node {
	out := manifest.List()
	for _, s := range all {
		n := manifest.Map().Set("port", manifest.Str(strconv.Itoa(s.first)).Because(s.at...))
		if s.last > s.first {
			n.Set("endPort", manifest.Int(s.last))
		}
		out.Append(n.Set("protocol", manifest.Str("TCP")))
	}
	return out
}

// ranges joins sorted ports that one value of the source asks for and that follow each
// other. Ports that are listed one by one, and ranges, stay such: Cilium merges the rules
// of ports that are written alike, and names of servers then hold for all of them.
// cilium pkg/policy/rule.go mergePortProto
func ranges(all []span) []span {
	var out []span
	for _, s := range all {
		if n := len(out) - 1; n >= 0 && len(s.at) > 0 && slices.Equal(out[n].at, s.at) && out[n].last+1 == s.first {
			out[n].last = s.last
			continue
		}
		out = append(out, s)
	}
	return out
}

// compareSpans orders ports.
func compareSpans(a, b span) int { return a.first - b.first }
