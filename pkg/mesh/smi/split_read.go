package smi

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// split is a TrafficSplit as read.
type split struct {
	object *source.Object
	home   *intent.Home
	root   intent.Host
	// when holds for the requests that are split; the root service gets others.
	when match.Expr
	to   []intent.Backend
	// at are the values of to.
	at []*source.Node
	// groups say which requests are split; nil is all requests.
	groups []*spec
	// lacks says that a group is not in the input.
	lacks bool
	// lifted says that a table stems from it.
	lifted bool
}

// splits lifts a table for each root service.
func (r *reader) splits() {
	of := map[intent.Host][]*split{}
	var roots []intent.Host
	for _, o := range r.of("TrafficSplit") {
		s := r.split(o)
		if s == nil {
			continue
		}
		if of[s.root] == nil {
			roots = append(roots, s.root)
		}
		of[s.root] = append(of[s.root], s)
	}
	for _, root := range roots {
		if r.contested(root, of[root]) {
			continue
		}
		r.tables(root, of[root])
		for _, s := range of[root] {
			s.close(r)
		}
	}
}

// close says what becomes of a split, and of its groups, once the tables of its root are
// lifted.
func (s *split) close(r *reader) {
	if !s.lifted {
		r.inert(s.object.Root, s.object.Ref().Object+" has no backend with a port of "+s.root.String()+", and no effect", "give both Services the same ports")
		return
	}
	for _, g := range s.groups {
		g.used = true
	}
}

// split reads a TrafficSplit; nil is one without effect.
func (r *reader) split(o *source.Object) *split {
	at := body(o)
	home := r.home(o)
	s := &split{object: o, home: home, root: r.service(at.Get("service").Str(), o.Namespace)}
	r.matches(s, at)
	if at.Get("service").Str() == "" {
		at.Reject("has no service")
	}
	possible(at.Get("service"), s.root)
	for _, item := range at.Get("backends").Items() {
		service := item.Get("service").Str()
		if service == "" {
			item.Reject("has no service")
		}
		host := r.service(service, o.Namespace)
		possible(item.Get("service"), host)
		s.at = append(s.at, item)
		s.to = append(s.to, r.found(intent.Backend{Host: host, Weight: weight(item.Get("weight"), o.Version()), From: intent.From(item.Ref())}))
	}
	whole(s.to)
	switch {
	case !slices.ContainsFunc(s.to, func(b intent.Backend) bool { return b.Weight > 0 }):
		r.inert(o.Root, o.Ref().Object+" has no backend with a weight, and no effect", "give a backend a weight, or remove it")
		return nil
	case match.IsFalse(s.when) && s.lacks:
		r.keep(o, home, o.Root, "which requests it splits is not in the input")
		return nil
	case match.IsFalse(s.when):
		r.inert(o.Root, o.Ref().Object+" splits no requests: its groups have no matches", "add matches to the groups, or remove it")
		return nil
	}
	return s
}

// found tells of a backend that is no Service where the input holds all: nothing
// answers there.
func (r *reader) found(b intent.Backend) intent.Backend {
	name := b.Host.Service
	if !r.in.Env.Complete.Services || name.IsZero() || r.in.Inventory.Service(name) != nil {
		return b
	}
	b.Missing = true
	r.diags.Add(diag.UnknownService, "the Service "+name.String()+" is not in the input", "correct the reference, or add the Service to the input", b.From...)
	return b
}

// possible rejects a name that no Service has.
func possible(n *source.Node, h intent.Host) {
	if name := h.Service; n.Str() != "" && h.DNS == "" && !(intent.IsLabel(name.Name) && intent.IsLabel(name.Namespace)) {
		n.Reject("is no name that a Service can have")
	}
}

// service is a Service by its name, which is in the split's namespace unless it
// says another one, or by its full name.
func (r *reader) service(text, namespace string) intent.Host {
	if strings.Contains(text, ".svc.") {
		return r.in.Env.Host(text)
	}
	service, ns, ok := strings.Cut(strings.TrimSuffix(text, ".svc"), ".")
	if !ok {
		ns = namespace
	}
	return intent.Host{Service: intent.Name{Namespace: ns, Name: service}}
}

// weight reads a weight in thousandths: a number, or a quantity in v1alpha1 ("500m"),
// which the API server rejects in later versions.
// https://github.com/servicemeshinterface/smi-spec/blob/main/apis/traffic-split/v1alpha2/traffic-split.md
func weight(n *source.Node, version string) int {
	if n == nil {
		return 0
	}
	if version != "v1alpha1" && !n.IsNumber() {
		n.Reject("is no number, as weights are from v1alpha2 on")
		return 0
	}
	text, milli := strings.CutSuffix(n.Text(), "m")
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || f < 0 || f > 1e9:
		n.Reject("is not a weight")
		return 0
	case milli:
		return int(f)
	}
	return int(f * 1000)
}

// whole makes weights whole numbers again, if they all are.
func whole(to []intent.Backend) {
	if slices.ContainsFunc(to, func(b intent.Backend) bool { return b.Weight%1000 != 0 }) {
		return
	}
	for i := range to {
		to[i].Weight /= 1000
	}
}

// tables lifts the splits of one root: one table, or one for each port of the
// root where not all backends have the same of them.
func (r *reader) tables(root intent.Host, splits []*split) {
	ports := r.unevenPorts(root, splits)
	if ports == nil {
		r.table(root, 0, splits)
		return
	}
	for _, p := range ports {
		r.table(root, p, splits)
	}
	r.left(root, ports, splits)
}

// unevenPorts lists the ports of a root of which a backend lacks one; nil is that
// all have all, as far as the input tells.
func (r *reader) unevenPorts(root intent.Host, splits []*split) []int {
	svc := r.m.Inventory.Service(root.Service)
	if svc == nil {
		return nil
	}
	var ports []int
	uneven := false
	for _, p := range svc.Ports {
		ports = append(ports, p.Port)
		for _, s := range splits {
			uneven = uneven || slices.ContainsFunc(s.to, func(b intent.Backend) bool { return !r.has(b.Host, p.Port) })
		}
	}
	if !uneven {
		return nil
	}
	return ports
}

// has reports whether a Service has a port; one that is not in the input may.
func (r *reader) has(h intent.Host, port int) bool {
	svc := r.m.Inventory.Service(h.Service)
	return svc == nil || slices.ContainsFunc(svc.Ports, func(p intent.ServicePort) bool { return p.Port == port })
}

// table lifts the splits of a root at a port; 0 is every port.
func (r *reader) table(root intent.Host, port int, splits []*split) {
	t := &intent.Routing{Home: splits[0].home, Host: root, Port: port, Else: intent.Passthrough{}}
	for _, s := range splits {
		var to []intent.Backend
		for _, b := range s.to {
			if port == 0 || r.has(b.Host, port) {
				to = append(to, b)
			}
		}
		if !slices.ContainsFunc(to, func(b intent.Backend) bool { return b.Weight > 0 }) {
			continue
		}
		s.lifted = true
		t.From = append(t.From, s.object.Ref())
		from := intent.From(cmp.Or(body(s.object).Ref(), s.object.Ref()))
		t.Rules = append(t.Rules, intent.Rule{Home: s.home, When: s.when, Then: intent.Forward{To: to}, From: append(from, s.unconditional()...)})
	}
	if len(t.Rules) > 0 {
		r.m.Routing = append(r.m.Routing, t)
	}
}

// unconditional are the matches of a split's groups that say nothing of requests.
func (s *split) unconditional() (out intent.Origin) {
	for _, g := range s.groups {
		for _, x := range g.routes {
			if match.IsTrue(x.when) {
				out = append(out, g.object.Ref(), x.node.Ref())
			}
		}
	}
	return out
}

// left reports backends that lack a port of the root.
func (r *reader) left(root intent.Host, ports []int, splits []*split) {
	for _, s := range splits {
		for i, b := range s.to {
			without := slices.DeleteFunc(slices.Clone(ports), func(p int) bool { return r.has(b.Host, p) })
			if len(without) == 0 {
				continue
			}
			why := "backend " + b.Host.String() + " gets none of the requests to ports of " + root.String() + " that it does not have"
			if len(without) == len(ports) {
				s.at[i].Inert(why)
			}
			r.diags.Add(diag.Inert, why, "give both Services the same ports", s.at[i].Ref())
		}
	}
}
