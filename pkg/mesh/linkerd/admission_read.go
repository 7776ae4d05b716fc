package linkerd

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// admission lifts what Servers admit, in order of namespace, port and name.
func (r *reader) admission() {
	var claims []claim
	for _, s := range r.servers {
		if s.opaque == "" {
			claims = append(claims, s.claims...)
			s.let = r.allow(s)
		}
	}
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.server.object.Namespace, b.server.object.Namespace), cmp.Compare(a.port, b.port), cmp.Compare(a.server.object.Name, b.server.object.Name))
	})
	chosen := map[*server]bool{}
	for len(claims) > 0 {
		first := claims[0]
		n := slices.IndexFunc(claims, func(c claim) bool {
			return c.port != first.port || c.server.object.Namespace != first.server.object.Namespace
		})
		if n < 0 {
			n = len(claims)
		}
		for _, at := range sites(claims[:n]) {
			r.site(first.server.object.Namespace, at)
			for _, s := range at.servers {
				chosen[s] = true
			}
		}
		claims = claims[n:]
	}
	r.unchosen(chosen)
}

// site lifts what holds at one site: the Servers' port is closed but for what
// they let in. Of several Servers in the running, only what all let in is sure.
func (r *reader) site(ns string, at site) {
	first := at.servers[0]
	scope := intent.Scope{Subject: subject(ns, at.pods, at.port, first.object.Root.Get("spec").Get("port").Ref())}
	closed := &intent.Default{Home: first.home, Scope: scope, Effect: intent.Deny, Protocol: first.speaks()}
	for _, s := range at.servers {
		closed.From = append(closed.From, s.object.Ref())
		closed.From = append(closed.From, s.denied()...)
	}
	if len(at.servers) > 1 { // whom not all let in is kept out, and whom all do, one is as good as another
		closed.From = append(closed.From, grantedBy(at.servers...)...)
	}
	r.m.Default = append(r.m.Default, closed)
	r.rates(scope, at.servers)
	for _, a := range r.sure(at.servers) {
		r.m.Access = append(r.m.Access, &intent.Access{
			Home: a.home, Scope: scope, Effect: intent.Allow, When: match.Conj(a.requests, a.clients), From: a.from,
		})
	}
}

// grantedBy is what lets in at some Servers.
func grantedBy(servers ...*server) (out intent.Origin) {
	for _, s := range servers {
		for _, a := range s.let {
			out = append(out, a.from...)
		}
	}
	return out
}

// manySure bounds what rivals let in together; past it, they let nobody in.
const manySure = 256

// sure lists what all Servers let in.
func (r *reader) sure(servers []*server) []allowance {
	out := servers[0].let
	for _, s := range servers[1:] {
		if !sameAllowances(out, s.let) {
			r.orderUnknown(servers[0].object, s.object, "they select the same port of the same pods, and the older Server decides")
			out = both(out, s.let)
		}
		if len(out) > manySure {
			return nil
		}
	}
	return out
}

func sameAllowances(as, bs []allowance) bool {
	return match.Equal(letIn(as), letIn(bs))
}

func letIn(as []allowance) match.Expr {
	or := make(match.Or, len(as))
	for i, a := range as {
		or[i] = match.Conj(a.requests, a.clients)
	}
	return match.Simplify(or)
}

// both lists what two Servers each let in.
func both(as, bs []allowance) []allowance {
	var out []allowance
	for _, a := range as {
		for _, b := range bs {
			both := allowance{grant{home: a.home, clients: match.Conj(a.clients, b.clients), from: slices.Concat(a.from, b.from)}, match.Conj(a.requests, b.requests)}
			if _, answer := match.Overlap(both.clients, both.requests); answer != match.No {
				out = append(out, both)
			}
		}
	}
	return out
}

// unchosen reports Servers whose every port an older one has.
func (r *reader) unchosen(chosen map[*server]bool) {
	for _, s := range r.servers {
		switch {
		case s.opaque != "":
			op := r.verbatim(s.object, s.home, s.opaque)
			op.Security, op.Scope = true, s.around()
			r.notTranslated("Server "+s.name().String()+" is kept as it is: "+s.opaque, s.object.Ref())
		case !chosen[s] && len(s.claims) > 0:
			r.inert(s.object.Root, "Server "+s.name().String()+" has no effect: an older one selects the same port")
			s.inert = true
		}
	}
	r.forInert()
	r.redundant()
	r.leaveOutProbes()
	for _, t := range r.routes {
		if t.opaque != "" && t.inert == "" {
			r.keepRoute(t)
		}
	}
}

// forInert reports what is for Servers without effect only.
func (r *reader) forInert() {
	counts := func(s *server) bool { return !s.inert }
	for _, p := range r.policies {
		servers, routes := r.targets(p)
		if len(servers) > 0 && len(routes) == 0 && !slices.ContainsFunc(servers, counts) {
			p.inert = true
			r.inert(p.object.Root, "AuthorizationPolicy "+p.object.Namespace+"/"+p.object.Name+" is for a Server that has no effect")
		}
	}
	for _, a := range r.authorizations {
		if !slices.ContainsFunc(a.servers, counts) {
			r.inert(a.object.Root, "ServerAuthorization "+a.object.Namespace+"/"+a.object.Name+" is for a Server that has no effect")
		}
	}
	for _, t := range r.routes {
		near := r.nearby(t.object.Namespace).servers
		at := slices.DeleteFunc(slices.Clone(near), func(s *server) bool { return !slices.Contains(s.routes, t) })
		if len(at) > 0 && !slices.ContainsFunc(at, counts) {
			r.inert(t.object.Root, t.object.Kind+" "+t.object.Namespace+"/"+t.object.Name+" is for a Server that has no effect")
		}
	}
}

// keepRoute keeps a route verbatim. At Servers that are lifted it takes the
// requests that it matches, and nobody knows for whom.
func (r *reader) keepRoute(t *inboundRoute) {
	op := r.verbatim(t.object, t.home, t.opaque)
	r.notTranslated(t.object.Kind+" "+t.object.Namespace+"/"+t.object.Name+" is kept as it is: "+t.opaque, t.object.Ref())
	var around match.Or
	for _, s := range r.nearby(t.object.Namespace).servers {
		if slices.Contains(s.routes, t) {
			around = append(around, s.around().Subject)
		}
	}
	op.Security, op.Scope.Subject = len(around) > 0, match.Simplify(around)
}

// around is whom a Server that is kept verbatim may concern: its ports where
// they are known, otherwise all ports of the pods.
func (s *server) around() intent.Scope {
	var or match.Or
	ns := s.object.Namespace
	for _, c := range s.claims {
		or = append(or, subject(ns, c.pods, c.port, place.Ref{}))
	}
	if len(or) == 0 {
		return intent.Scope{Subject: match.Conj(match.Atom{Field: match.Namespace, Op: match.Exact, Value: ns}, s.pods)}
	}
	return intent.Scope{Subject: match.Simplify(or)}
}

// onPort holds at a port number.
func onPort(n int, at place.Ref) match.Atom {
	return match.Atom{Field: match.Port, Op: match.Exact, Value: strconv.Itoa(n), Ref: new(at)}
}

// orderUnknown reports two objects of which the older decides, once.
func (r *reader) orderUnknown(a, b *source.Object, why string) {
	if a.Name > b.Name {
		a, b = b, a
	}
	r.diags.Add(diag.OrderUnknown, a.Kind+" "+a.Namespace+"/"+a.Name+" and "+b.Name+": "+why+", and the input tells no creationTimestamp; only what both let in is lifted",
		"make the two disjoint, or merge them", a.Ref(), b.Ref())
}

// needsInventory reports a port name that no workload of the input has.
func (r *reader) needsInventory(s *server, name string, at place.Ref) {
	r.diags.Add(diag.NeedsInventory, "Server "+s.name().String()+" names a port by "+name+", which no workload of the input has",
		"add the workloads that it selects to the input, or give the port's number", at)
}
