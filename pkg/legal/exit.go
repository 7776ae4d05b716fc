package legal

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// exit is one alternative of what callers may dial outside of the cluster, as what is
// made known: a host or addresses, at a port.
type exit struct {
	fact      *intent.Access
	client    match.Expr
	host      intent.Host
	addresses []string
	port      intent.ExternalPort
	// guessed says that what is spoken at the port is taken from its number.
	guessed bool
}

// manyExits bounds the alternatives of one fact.
const manyExits = 256

// exitsOf says a fact for those callers to whom nothing else is let out, as far as it can;
// said is that part of its condition, and why tells of the rest.
func exitsOf(a *intent.Access, shut match.Expr) (known []exit, said match.Expr, why string) {
	all, ok := match.DNF(a.When, manyExits)
	if !ok {
		return nil, match.False, "it has too many alternatives"
	}
	var or []match.Expr
	for _, ls := range all {
		h, not := exitOf(ls)
		if not != "" {
			why = not
			continue
		}
		h.fact, h.client = a, a.Scope.Client
		if !implied(a.Scope.Client, shut) {
			h.client = match.Conj(match.Simplify(a.Scope.Client), shut)
		}
		known, or = append(known, h), append(or, literals(ls))
	}
	return known, match.Disj(or...), why
}

func literals(ls []match.Literal) match.Expr {
	and := make([]match.Expr, len(ls))
	for i, l := range ls {
		and[i] = match.Expr(l.Atom)
		if l.Not {
			and[i] = match.Negate(l.Atom)
		}
	}
	return match.Conj(and...)
}

// spokenAt is what is taken to be spoken at ports.
var spokenAt = map[int]intent.Protocol{80: intent.HTTP, 8080: intent.HTTP, 443: intent.TLS, 8443: intent.TLS}

// exitOf says one alternative, or why it cannot be said.
func exitOf(ls []match.Literal) (h exit, why string) {
	const one = "what is made known is a name or addresses, at ports that are listed"
	var name, sni, host *match.Atom
	var within, but []netip.Prefix
	http := false
	for i := range ls {
		l := &ls[i]
		a := &l.Atom
		block, err := netip.ParsePrefix(a.Value)
		switch n, _ := strconv.Atoi(a.Value); {
		case a.Field == match.DestIP && a.Op == match.CIDR && err == nil && l.Not:
			but = append(but, block)
		case a.Field == match.DestIP && a.Op == match.CIDR && err == nil && len(within) == 0:
			within = append(within, block)
		case l.Not:
			return h, one
		case a.Field == match.Port && a.Op == match.Exact && h.port.Port == 0:
			h.port.Port, h.port.From = n, intent.From(a.Place())
		case a.Field == match.DestHost && name == nil:
			name = a
		case a.Field == match.SNI && sni == nil:
			sni = a
		case a.Field == match.Host && host == nil:
			host = a
		case a.Field == match.Protocol && a.Value == "http":
			http = true
		default:
			return h, one
		}
	}
	switch {
	case h.port.Port == 0:
		return h, "what is made known is so at ports that are listed"
	case len(within)+len(but) > 0:
		return h.addressed(within, but, name == nil && sni == nil && host == nil && !http)
	}
	return h.named(name, sni, host, http)
}

// named says a host by what connections tell of it.
func (h exit) named(name, sni, host *match.Atom, http bool) (exit, string) {
	h.host = intent.Host{DNS: "*"}
	h.port.Protocol = "TCP"
	if name == nil && sni == nil && host == nil && !http {
		return h, ""
	}
	h.guessed = sni == nil && !http
	family, known := spokenAt[h.port.Port]
	switch {
	case sni != nil:
		family = intent.TLS
	case http:
		family = intent.HTTP
	case !known:
		return h, "what is sent to names outside is told by what is spoken, which is not known of port " + strconv.Itoa(h.port.Port)
	}
	h.port.Protocol = strings.ToUpper(family.String())
	for _, a := range []*match.Atom{name, sni, host} {
		if a == nil {
			continue
		}
		dns, ok := hostOf(*a)
		if !ok || h.host.DNS != "*" && h.host.DNS != dns {
			return h, "names are said by whole texts, or with a wildcard for all labels in front"
		}
		h.host.DNS = dns
	}
	if h.host.DNS == "*" {
		return h, "any host is let out for all that is spoken"
	}
	return h, ""
}

// hostOf is the name that a condition holds for, with a wildcard or without.
func hostOf(a match.Atom) (string, bool) {
	switch {
	case a.Op == match.Exact:
		return strings.ToLower(a.Value), true
	case a.Op == match.Suffix && strings.HasPrefix(a.Value, "."):
		return "*" + strings.ToLower(a.Value), true
	}
	return "", false
}

// addressed says addresses, of which only blocks are made known.
func (h exit) addressed(within, but []netip.Prefix, alone bool) (exit, string) {
	if !alone {
		return h, "addresses are made known for all that is spoken"
	}
	if len(within) == 0 {
		within = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	}
	for _, b := range but {
		within = withoutBlock(within, b)
	}
	if len(within) > manyBlocks {
		return h, "what is left of the addresses are too many blocks"
	}
	h.host, h.port.Protocol = intent.Host{DNS: "*"}, "TCP"
	for _, b := range within {
		h.addresses = append(h.addresses, b.String())
	}
	return h, ""
}

// manyBlocks bounds the blocks that stand for one with exceptions.
const manyBlocks = 64

// withoutBlock takes a block from others.
func withoutBlock(from []netip.Prefix, b netip.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range from {
		switch {
		case !p.Overlaps(b):
			out = append(out, p.Masked())
		case b.Bits() > p.Bits():
			for _, half := range halves(p) {
				out = append(out, withoutBlock([]netip.Prefix{half}, b)...)
			}
		}
	}
	return out
}

// halves are those of a block that is more than an address.
func halves(p netip.Prefix) [2]netip.Prefix {
	low := netip.PrefixFrom(p.Masked().Addr(), p.Bits()+1)
	bytes := low.Addr().AsSlice()
	bytes[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	high, _ := netip.AddrFromSlice(bytes)
	return [2]netip.Prefix{low, netip.PrefixFrom(high, p.Bits()+1)}
}

// externals group what is let out by one fact: first the ports of a host, or of
// addresses, then hosts and addresses at the same ports.
func externals(all []exit) []*intent.External {
	var out []*intent.External
	var clients []*intent.Access
	for _, h := range all {
		i := slices.IndexFunc(out, func(e *intent.External) bool {
			return clients[slices.Index(out, e)] == h.fact && e.Hosts[0] == h.host && slices.Equal(e.Addresses, h.addresses)
		})
		if i < 0 {
			i = len(out)
			clients = append(clients, h.fact)
			out = append(out, &intent.External{
				Home: h.fact.Home, Scope: intent.Scope{Client: h.client}, Hosts: []intent.Host{h.host}, Addresses: h.addresses,
				From: merge(h.fact.From, atomRefs(h.fact.When, h.fact.Scope.Client)),
			})
		}
		if !slices.ContainsFunc(out[i].Ports, func(p intent.ExternalPort) bool { return p.Port == h.port.Port && p.Protocol == h.port.Protocol }) {
			out[i].Ports = append(out[i].Ports, h.port)
		}
	}
	return joinExternals(out, clients)
}

// joinExternals joins hosts and addresses of one fact that are known at the same ports.
func joinExternals(all []*intent.External, facts []*intent.Access) []*intent.External {
	var out []*intent.External
	var of []*intent.Access
	for i, e := range all {
		at := slices.IndexFunc(out, func(o *intent.External) bool {
			return of[slices.Index(out, o)] == facts[i] && (len(o.Addresses) > 0) == (len(e.Addresses) > 0) && slices.EqualFunc(o.Ports, e.Ports, func(x, y intent.ExternalPort) bool {
				return x.Port == y.Port && x.Protocol == y.Protocol
			})
		})
		if at < 0 {
			out, of = append(out, e), append(of, facts[i])
			continue
		}
		if o := out[at]; len(e.Addresses) > 0 {
			o.Addresses = append(slices.Clone(o.Addresses), e.Addresses...)
		} else {
			o.Hosts = append(o.Hosts, e.Hosts...)
		}
	}
	return out
}
