package smi

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// target reads a TrafficTarget: who may do what at the pods of an account.
func (r *reader) target(o *source.Object) {
	home, at := r.home(o), body(o)
	subject := r.subject(o, at.Get("destination"))
	if p := at.Get("destination").Get("port"); p != nil {
		if n := p.Int(); n < 1 || n > 65535 {
			p.Reject("is not a port number")
		}
		subject = match.Conj(subject, match.Atom{Field: match.Port, Value: p.Text(), Ref: new(p.Ref())})
	}
	clients := r.sources(o, at)
	what, by := r.traffic(o, home, at)
	if by.lacks && match.IsFalse(what) && !match.IsFalse(clients) {
		r.keep(o, home, o.Root, "what it lets in is not in the input")
		return
	}
	if match.IsFalse(what) || match.IsFalse(clients) {
		r.inert(o.Root, o.Ref().Object+" lets nobody in", "name a source, and rules that are in the input")
		return
	}
	r.m.Access = append(r.m.Access, &intent.Access{
		Home: home, Name: o.Name, Scope: intent.Scope{Subject: subject}, Effect: intent.Allow,
		When: match.Conj(clients, what), From: append(intent.From(o.Ref()), by.from...),
	})
	for _, s := range by.specs {
		s.used = true
	}
	r.abroad(o, at)
}

// abroad tells of a target that lets in at the pods of another namespace. The
// specification says nothing of it, and Open Service Mesh refuses it.
// https://github.com/openservicemesh/osm/blob/v1.2.4/pkg/validator/validators.go trafficTargetValidator
func (r *reader) abroad(o *source.Object, at *source.Node) {
	ns := at.Get("destination").Get("namespace")
	if ns == nil || ns.Str() == o.Namespace {
		return
	}
	r.diags.Tell(diag.Assumption, o.Ref().Object+" lets in at pods of namespace "+ns.Str()+", which is not its own: it is taken to count there",
		"not all implementations do so", "move it to namespace "+ns.Str()+", with what it refers to", ns.Ref())
}

// sources are the accounts of a target's clients, of the mesh's own trust domain.
func (r *reader) sources(o *source.Object, at *source.Node) match.Expr {
	var any match.Or
	for _, n := range at.Get("sources").Items() {
		kind(n)
		ref := n.Get("name").Ref()
		any = append(any, match.Conj(
			match.Atom{Field: match.ClientTrust, Value: r.in.Env.TrustDomain, Ref: new(n.Ref())},
			match.Atom{Field: match.ClientNamespace, Value: cmp.Or(n.Get("namespace").Str(), o.Namespace), Ref: new(n.Ref())},
			match.Atom{Field: match.ClientAccount, Value: account(n), Ref: new(ref)},
		))
	}
	return match.Simplify(any)
}

// kind checks that an identity is a service account.
func kind(n *source.Node) {
	if k := n.Get("kind"); k == nil || k.Str() != "ServiceAccount" {
		n.Reject("is no ServiceAccount")
	}
	if ns := n.Get("namespace"); ns.Str() != "" && !intent.IsLabel(ns.Str()) {
		ns.Reject("is no name that a namespace can have")
	}
}

// account is the name of a service account.
func account(n *source.Node) string {
	text := name(n)
	if text != "" && !intent.IsName(text) {
		n.Get("name").Reject("is no name that a service account can have")
	}
	return text
}

func name(n *source.Node) string {
	text := n.Get("name").Str()
	if text == "" {
		n.Reject("has no name")
	}
	return text
}

// traffic is what the sources may do, with all that says it: requests of the
// groups, at the ports of the routes.
func (r *reader) traffic(o *source.Object, home *intent.Home, at *source.Node) (match.Expr, *traffic) {
	key := "rules"
	if at.Get(key) == nil && o.Version() == "v1alpha1" {
		key = "specs"
	}
	t := &traffic{r: r, object: o, home: home}
	for _, n := range at.Get(key).Items() {
		t.rule(n)
	}
	ports := match.True
	if len(t.ports) > 0 && !t.allPorts {
		ports = match.Simplify(t.ports)
	}
	switch {
	case t.grouped:
		http := match.Atom{Field: match.Protocol, Value: "http"}
		return match.Simplify(match.And{http, match.Simplify(t.requests), ports}), t
	case len(t.ports) > 0 || t.allPorts:
		return ports, t
	}
	return match.False, t
}

// traffic collects the rules of one target.
type traffic struct {
	r      *reader
	object *source.Object
	home   *intent.Home
	// grouped says that a rule names HTTP requests, which are requests.
	grouped  bool
	requests match.Or
	// ports are those of the TCPRoutes; allPorts says that one names none.
	ports    match.Or
	allPorts bool
	from     intent.Origin
	specs    []*spec
	// lacks says that a rule names what is not in the input, or not in the model.
	lacks bool
}

// rule reads a reference to a traffic spec, which is in the target's namespace.
func (t *traffic) rule(n *source.Node) {
	of := n.Get("kind").Str()
	key := specKey{of, intent.Name{Namespace: t.object.Namespace, Name: name(n)}}
	s := t.r.specs[key]
	names := n.Get("matches").Items()
	switch {
	case of == "UDPRoute":
		t.udp(n, s)
		return
	case of != "HTTPRouteGroup" && of != "TCPRoute":
		n.Reject("is no HTTPRouteGroup, TCPRoute or UDPRoute")
		return
	case s == nil:
		t.missing(n, of+" "+key.name.String()+" is not in the input: what it names is not let in")
		t.grouped = t.grouped || of == "HTTPRouteGroup"
		return
	}
	t.specs = append(t.specs, s)
	t.from = append(t.from, n.Ref(), s.object.Ref())
	if of == "TCPRoute" {
		t.tcp(s)
		return
	}
	t.grouped = true
	when, missing := s.named(names)
	t.requests = append(t.requests, when)
	for _, m := range missing {
		t.missing(m, of+" "+key.name.String()+" has no match "+m.Text()+", which then lets nobody in")
	}
}

func (t *traffic) missing(n *source.Node, why string) {
	t.lacks = true
	t.r.keep(t.object, t.home, n, why)
	t.r.diags.Add(diag.UnknownReference, why, "add it to the input, or remove the reference", n.Ref())
}

// udp keeps what lets UDP in: the model holds connections and HTTP requests.
func (t *traffic) udp(n *source.Node, s *spec) {
	t.lacks = true
	const why = "UDP that is let in is not translated"
	t.r.keep(t.object, t.home, n, why)
	if s != nil && !s.used {
		s.used = true
		t.r.keep(s.object, t.home, s.object.Root, why)
	}
	t.r.diags.Add(diag.NotTranslated, t.object.Ref().Object+" lets UDP in, which is not translated", "let it in by a NetworkPolicy", n.Ref())
}

func (t *traffic) tcp(s *spec) {
	t.allPorts = t.allPorts || len(s.ports) == 0
	for _, p := range s.ports {
		t.ports = append(t.ports, match.Atom{Field: match.Port, Value: p.number, Ref: new(p.node.Ref())})
	}
}
