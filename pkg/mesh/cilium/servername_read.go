package cilium

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// dialling is an entry about what may be dialled: its peers one by one, and toPorts.
type dialling struct {
	access *intent.Access
	by     *policyReader
	who    []match.Expr
	ports  *source.Node
	// at is what holds of the entry besides its peers, and not what does not, of each.
	at  match.Expr
	not [][]match.Expr
	// lookup is the entry, where it is a rule for lookups of names.
	lookup *source.Node
}

// members are the alternatives of a predicate.
func members(e match.Expr) []match.Expr {
	if or, ok := e.(match.Or); ok {
		return or
	}
	return []match.Expr{e}
}

// numbers are the ports that an entry lists with names of servers, or without. Ports are
// the same by their numbers, and ranges where both ends are; a range that ends at its
// first port counts as that port, which keeps out more than Cilium does.
func (d *dialling) numbers(named bool) map[string]*source.Node {
	out := map[string]*source.Node{}
	for _, n := range d.ports.Items() {
		if (len(n.Get("serverNames").Items()) > 0) != named {
			continue
		}
		for _, p := range n.Get("ports").Items() {
			out[portKey(p)] = p
		}
	}
	return out
}

// portKey is equal for the ports that Cilium merges the rules of.
// cilium pkg/policy/l4.go ExactLookupPortNum
func portKey(n *source.Node) string {
	text := n.Get("port").Text()
	first, err := strconv.ParseUint(text, 0, 16)
	if err != nil || portName(text) {
		return strings.ToLower(text)
	}
	if last := n.Get("endPort"); last != nil && last.Int() > int(first) {
		return strconv.Itoa(int(first)) + "-" + strconv.Itoa(last.Int())
	}
	return strconv.Itoa(int(first))
}

// onlyTLS takes from entries what others let out by the names of servers: to the same
// peers at the same port, none but TLS for these is let out, whatever else lets it out.
// cilium pkg/policy/rule.go mergePortProto
func (r *reader) onlyTLS() {
	plain, known := map[string][]*dialling{}, 0 // by the ports that they list without names
	for _, d := range r.dials {
		for ; known < len(r.dials); known++ {
			for port := range r.dials[known].numbers(false) {
				plain[port] = append(plain[port], r.dials[known])
			}
		}
		for _, port := range slices.Sorted(maps.Keys(d.numbers(true))) {
			for _, other := range plain[port] {
				if !match.Apart(d.access.Scope.Client, other.access.Scope.Client) {
					other.without(d, other.numbers(false)[port])
				}
			}
		}
	}
}

// without takes the peers of another entry from an entry, at a port. Policies of which
// it is not written again are kept as they are.
func (d *dialling) without(named *dialling, port *source.Node) {
	for i, peer := range d.who {
		if !slices.ContainsFunc(named.who, func(x match.Expr) bool { return match.Equal(x, peer) }) {
			continue
		}
		at := d.by.port(nil, port, intent.Allow)
		d.others(named.access.Scope.Client)
		d.not[i] = append(slices.Clip(d.not[i]), match.Negate(at))
		d.access.When = d.when()
		for _, p := range []*policyReader{d.by, named.by} {
			p.keep(unmodelled{"names of servers hold for what other policies let out to the same peers, too", port.Ref()})
		}
	}
}

// when holds for what each peer is let out to.
func (d *dialling) when() match.Expr {
	var or []match.Expr
	for i, peer := range d.who {
		or = append(or, match.Conj(append([]match.Expr{peer, d.at}, d.not[i]...)...))
	}
	return match.Disj(or...)
}

// others says of the callers that are not among some what an entry says, apart.
func (d *dialling) others(some match.Expr) {
	if _, all := match.Implies(d.access.Scope.Client, some); all == match.Yes {
		return
	}
	rest := *d.access
	rest.Scope.Client = match.Conj(d.access.Scope.Client, match.Negate(some))
	d.access.Scope.Client = match.Conj(d.access.Scope.Client, some)
	d.by.m.Access = append(d.by.m.Access, &rest)
	d.by.reader.dials = append(d.by.reader.dials, &dialling{access: &rest, by: d.by, who: d.who, ports: d.ports, at: d.at, not: slices.Clone(d.not)})
}
