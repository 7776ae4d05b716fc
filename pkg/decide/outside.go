package decide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// outsideKey is a destination that is no Service of the cluster: a name with a port
// and what connections to it tell of the name. Port 0 is one at which nothing makes
// hosts known.
type outsideKey struct {
	host   string
	port   int
	family intent.Protocol
}

// String names the scope for tables of verdicts.
func (k outsideKey) String() string {
	s := k.family.String() + " out to " + k.host
	if k.port != 0 {
		s += ":" + itoa(k.port)
	}
	return s
}

// notOut is what becomes of connections that do not leave.
const notOut = "is not let out"

// knownPort is a port at which an External makes hosts known.
type knownPort struct {
	fact *intent.External
	port intent.ExternalPort
	// pattern is the host, with a wildcard or without.
	pattern string
	// at are the addresses of which connections are taken for the host; nil is all.
	at match.Expr
}

// outside finds what callers know of destinations outside of the cluster.
type outside struct {
	m     *intent.Model
	sight *intent.Sight
	exact map[string][]knownPort
	wild  []knownPort // longest first
	// nameless are those that take connections which name no host.
	nameless []knownPort
	// dialled are facts of what callers may dial, inside and outside; lets is what
	// they let out.
	dialled dialledFacts
	lets    match.Expr
	// unknown is what becomes of connections to what callers do not know.
	unknown []treatment
}

func outsideOf(m *intent.Model) outside {
	o := outside{m: m, sight: intent.NewSight(m), exact: map[string][]knownPort{}, dialled: dialledOf(m)}
	if o.holdsBack() {
		o.lets = o.dialled.passes()
	}
	for _, e := range m.Egress {
		t := treatment{client: match.Simplify(e.Scope.Client), from: e.From}
		if e.Effect == intent.Deny {
			t.text = notOut
		}
		o.unknown = append(o.unknown, t)
	}
	o.unknown = append(o.unknown, treatment{client: match.True})
	for _, e := range m.External {
		at := inBlocks(e.Addresses)
		for _, h := range e.Hosts {
			for _, p := range e.Ports {
				o.add(knownPort{e, p, m.Env.DNS(h), at})
			}
		}
	}
	slices.SortStableFunc(o.wild, func(a, b knownPort) int { return cmp.Compare(len(b.pattern), len(a.pattern)) })
	return o
}

func (o *outside) add(k knownPort) {
	if _, known := k.port.Family(); !known {
		return
	}
	if strings.HasPrefix(k.pattern, "*") {
		o.wild = append(o.wild, k)
	} else {
		o.exact[k.pattern] = append(o.exact[k.pattern], k)
	}
	if f, _ := k.port.Family(); f == intent.TCP {
		o.nameless = append(o.nameless, k)
	}
}

// holdsBack reports whether facts say what callers may dial.
func (o *outside) holdsBack() bool { return len(o.dialled.access)+len(o.dialled.def) > 0 }

// inBlocks holds for addresses in some blocks; nil are all.
func inBlocks(blocks []string) match.Expr {
	var or match.Or
	for _, b := range blocks {
		or = append(or, match.Atom{Field: match.DestIP, Op: match.CIDR, Value: b})
	}
	if len(or) == 0 {
		return nil
	}
	return match.Simplify(or)
}

// about are the ports that make a destination known, the most specific first.
func (o *outside) about(at outsideKey) []knownPort {
	var out []knownPort
	add := func(ks []knownPort, covers func(knownPort) bool) {
		for _, k := range ks {
			if f, _ := k.port.Family(); k.port.Port == at.port && f == at.family && covers(k) {
				if f != intent.TCP {
					k.at = nil
				}
				out = append(out, k)
			}
		}
	}
	add(o.exact[at.host], func(knownPort) bool { return true })
	add(o.wild, func(k knownPort) bool { return intent.CoversName(k.pattern, at.host) })
	for _, k := range o.nameless {
		if k.port.Port == at.port {
			out = append(out, k)
		}
	}
	return out
}

// treatments are what becomes of connections to a destination, by who calls: the
// place where they go, "" for the one that is called, or notOut.
func (o *outside) treatments(at outsideKey) []treatment {
	var out []treatment
	if o.holdsBack() {
		out = append(out, treatment{match.Negate(o.letsOut(at)), notOut, o.dialled.from()})
	}
	for _, k := range o.about(at) {
		client := o.sight.Told(k.fact, o.m.Env.Host(k.pattern))
		if some := match.Conj(match.Simplify(k.fact.Scope.Client), match.Simplify(k.at)); !match.IsTrue(some) {
			client = match.Conj(some, client)
		}
		out = append(out, treatment{client, k.fact.Place(k.port, o.m.Env.Host(at.host)), k.fact.From})
	}
	return append(out, o.unknown...)
}

// letsOut holds for the clients, addresses and requests that callers' own proxies let
// out to a destination. Where nothing is known at a port, any other may be meant.
func (o *outside) letsOut(at outsideKey) match.Expr {
	q := at.request(&match.Request{})
	return match.Map(o.lets, func(a match.Atom) match.Expr {
		v, there := q.Lookup(a.Field, a.Key)
		switch f := a.Field; {
		case f == match.Port && at.port == 0, f == match.DestIP && !there:
			return nil
		case f.HTTP() && f != match.Host && f != match.Authority && f != match.Scheme:
			if at.family == intent.HTTP {
				return nil
			}
			return match.False
		case f.Client():
			return nil
		}
		return constant(there && a.Holds(v))
	})
}

// leaves decides about a connection of a request to a host outside: whether it does,
// and where it goes instead of there; "" is there.
func (o *outside) leaves(q *match.Request, host intent.Host, port int) (place string, a Admission) {
	at := outsideKey{o.m.Env.DNS(host), port, intent.HTTP}
	if p, _ := q.Lookup(match.Protocol, ""); p == "tcp" {
		at.family = intent.TCP
		if _, named := q.Lookup(match.SNI, ""); named {
			at.family = intent.TLS
		}
	}
	q = at.request(q)
	t := treating(o.treatments(at), q)
	if t.text == notOut {
		return "", Admission{Because: t.from}
	}
	return t.text, Admission{Allowed: true, Because: t.from}
}

// is reports whether a host is outside: no Service of the cluster, or one of which
// only an External tells.
func (o *outside) is(host intent.Host) bool {
	if host.Service.IsZero() {
		return host.DNS != ""
	}
	return o.m.Service(host.Service) == nil && len(o.exact[o.m.Env.DNS(host)]) > 0
}
