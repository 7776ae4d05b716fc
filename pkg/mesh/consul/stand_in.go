package consul

import (
	"cmp"
	"maps"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// A resolver says what stands in for the endpoints of its service, or of one subset of
// it, while none is healthy: the same for all that go there.

// unlikeStandIns is why a table cannot be said.
const unlikeStandIns = "what stands in for a service is the same for all that go there"

// noteStandIns gathers what stands in for the endpoints that legs lead to. A hop that
// legs treat in several ways is in clashes.
func (p *planner) noteStandIns() {
	for _, t := range p.m.Routing {
		s := p.service(t.Host.Service)
		if p.tables[s] != t {
			continue
		}
		rules, _ := live(t)
		for i := range rules {
			for j, b := range legs(rules[i].Then) {
				if b.Host.DNS == "" {
					p.noteStandIn(s, &legs(rules[i].Then)[j])
				}
			}
		}
	}
	for h, to := range p.standIns {
		all, starred := p.standIns[hop{service: h.service}]
		if h.subset != "" && starred && len(all) > 0 && len(to) == 0 {
			p.clashes[h] = true // of all that have none of their own is said what stands in
		}
	}
}

func (p *planner) noteStandIn(own service, b *intent.Backend) {
	h := p.hop(own, b)
	old, known := p.standIns[h]
	switch {
	case !known:
		p.standIns[h] = b.Fallback
	case !slices.EqualFunc(old, b.Fallback, p.sameEndpoints):
		p.clashes[h] = true
	}
}

func (p *planner) sameEndpoints(a, b intent.Backend) bool {
	return a.Host == b.Host && a.SubsetName == b.SubsetName && match.Equal(a.Subset, b.Subset)
}

// refusesStandIns says why what stands in for a leg cannot be said.
func (p *planner) refusesStandIns(own service, b *intent.Backend) string {
	if b.Host.DNS != "" {
		if len(b.Fallback) > 0 {
			return "what stands in for a service of another datacenter is said there"
		}
		return ""
	}
	h := p.hop(own, b)
	if p.clashes[h] || len(b.Fallback) > 0 && h.subset == "" && p.tables[h.service] == nil {
		return unlikeStandIns
	}
	for i := range b.Fallback {
		why := p.unnamed(b.Fallback[i].Host.DNS)
		if b.Fallback[i].Host.DNS == "" {
			why = p.refusesLeg(own, &b.Fallback[i])
		}
		if why != "" {
			return why
		}
	}
	return ""
}

// standsIn notes the services and subsets that stand in for where a leg leads.
func (w *writer) standsIn(h hop, b *intent.Backend) {
	x := w.words(h.service, w.homeOf(h, b))
	for i := range b.Fallback {
		f := &b.Fallback[i]
		to := w.standInHop(h, f)
		if l, abroad := foreign(f.Host.DNS); abroad {
			w.speaksAlike(x, l)
			continue
		}
		y := w.words(to.service, f.Host.Service.Namespace)
		y.http = y.http || x.http
		w.defines(to, f)
	}
	if len(b.Fallback) > 0 {
		x.standIns[h.subset] = b.Fallback
	}
}

// speaksAlike notes that a service has the protocol of another one, also where only
// its namesake of another datacenter is meant: Consul's servers ask the own datacenter.
// Of peers and other partitions they ask nothing.
func (w *writer) speaksAlike(x *serviceWords, l leg) {
	if l.peer == "" && l.partition == "" && l.service.name != x.service.name {
		s := service{x.service.ns, l.service.name}
		if w.names.enterprise {
			s.ns = cmp.Or(l.service.ns, s.ns)
		}
		y := w.words(s, cmp.Or(s.ns, x.namespace))
		y.http = y.http || x.http
	}
}

// standInHop is the service and subset that stand in, those abroad by their name
// there: what stands in is not routed again.
func (w *writer) standInHop(own hop, f *intent.Backend) hop {
	if l, abroad := foreign(f.Host.DNS); abroad {
		if l.service.ns == "" || !w.names.enterprise {
			l.service.ns = own.service.ns
		}
		return hop{service: l.service}
	}
	to := w.hop(own.service, f)
	switch whole := f.Subset == nil && f.SubsetName == ""; {
	case whole && to.service == own.service && own.subset != "":
		to.subset = allSubset
	case whole && !w.narrowed(to.service):
		to.subset = "" // past a splitter anyway
	}
	return to
}

// writeStandIns prints what stands in for a service and its subsets; nil for nothing.
func (w *writer) writeStandIns(x *serviceWords) *manifest.Node {
	if len(x.standIns) == 0 {
		return nil
	}
	out := manifest.Map()
	for _, subset := range slices.Sorted(maps.Keys(x.standIns)) {
		one, targets := manifest.Map(), manifest.List()
		for i := range x.standIns[subset] {
			f := &x.standIns[subset][i]
			one.Because(f.From...)
			targets.Append(w.writeStandIn(hop{x.service, subset}, f))
		}
		key := subset
		if key == "" {
			key = anyName
		}
		out.Set(key, one.Set("targets", targets))
	}
	return out
}

func (w *writer) writeStandIn(own hop, f *intent.Backend) *manifest.Node {
	n := manifest.Map().Because(f.From...)
	to := w.standInHop(own, f)
	w.writeHop(n, own.service, to, f)
	if l, abroad := foreign(f.Host.DNS); abroad {
		writeAbroad(n, l, f)
	}
	return n
}

// writeHop names a service and a subset: nothing where that is the service of the
// object.
func (w *writer) writeHop(n *manifest.Node, own service, h hop, b *intent.Backend) {
	if h.service != own {
		n.Set("service", manifest.Str(h.service.name).Because(b.From...))
		if h.service.ns != own.ns {
			n.Set("namespace", manifest.Str(h.service.ns))
		}
	}
	if h.subset != "" {
		n.Set("serviceSubset", manifest.Str(h.subset).Because(b.From...))
	}
}
