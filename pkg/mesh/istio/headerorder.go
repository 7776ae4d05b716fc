package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// ordered says a rule whose destinations stand at route in the order of the model, and
// takes out what destinations do in vain.
func (vs *virtualService) ordered(r intent.Rule, route *source.Node) intent.Rule {
	f, _ := r.Then.(intent.Forward)
	for i, d := range route.Items() {
		if i < len(f.To) && authorityOf(r.Steps) != nil {
			f.To[i].Steps = vs.withoutAuthority(f.To[i].Steps, d.Get("headers"))
		}
	}
	r = gatewayapi.SharesEnvoy.Read(r)
	f, _ = r.Then.(intent.Forward)
	for i, d := range route.Items() {
		if i < len(f.To) {
			f.To[i].Steps = vs.lasting(f.To[i].Steps, d.Get("headers"))
		}
	}
	return r
}

// authorityOf is the step of a route that says the authority; nil is none.
func authorityOf(steps []intent.Step) *intent.Rewrite {
	for _, s := range steps {
		if rw, is := s.(intent.Rewrite); is && rw.Host != "" {
			return &rw
		}
	}
	return nil
}

// hostsInShares says the authority in each destination that has none, where some
// destination has its own: a route's would hold for all.
func hostsInShares(r intent.Rule) intent.Rule {
	f, _ := r.Then.(intent.Forward)
	host := authorityOf(r.Steps)
	if host == nil || !slices.ContainsFunc(f.To, func(b intent.Backend) bool { return authorityOf(b.Steps) != nil }) {
		return r
	}
	var steps []intent.Step
	for _, s := range r.Steps {
		if rw, is := s.(intent.Rewrite); is {
			if rw.Host = ""; rw.Path == nil {
				continue
			}
			s = rw
		}
		steps = append(steps, s)
	}
	f.To = slices.Clone(f.To)
	for i, b := range f.To {
		if authorityOf(b.Steps) == nil {
			f.To[i].Steps = append([]intent.Step{intent.Rewrite{Host: host.Host, From: host.From}}, b.Steps...)
		}
	}
	r.Steps, r.Then = steps, f
	return r
}

// withoutAuthority are the steps of headers that say an authority beside another one,
// which holds: that of a rewrite, or of the route of a destination.
// pilot/pkg/networking/core/route/route.go applyHTTPRouteDestination, processDestination;
// Envoy's source/common/router/config_impl.cc WeightedClusterEntry::finalizeRequestHeaders
func (vs *virtualService) withoutAuthority(steps []intent.Step, headers *source.Node) []intent.Step {
	return slices.DeleteFunc(steps, func(s intent.Step) bool {
		rw, is := s.(intent.Rewrite)
		if is {
			saidAt(headers.Get("request"), rw.From).Inert("the route says another authority")
			vs.add(diag.Inert, "the authority that headers say has no effect: the route says another one", "say it once", rw.From...)
		}
		return is
	})
}

// lasting are the steps without those of a destination that later ones of the route undo.
func (vs *virtualService) lasting(steps []intent.Step, own *source.Node) []intent.Step {
	var out []intent.Step
	for i, s := range steps {
		h, is := s.(intent.Headers)
		at := headerNode(own, h)
		if !is || at == nil || !undone(h, steps[i+1:], own) {
			out = append(out, s)
			continue
		}
		at.Inert("the route changes the header after it")
		vs.add(diag.Inert, "what a destination does to the header "+h.Name+" has no effect: the route changes it after that", "say it of the other destinations instead of the route", at.Ref())
	}
	return out
}

// undone reports whether later steps, that are not the destination's own, leave nothing
// of a change of a header.
func undone(h intent.Headers, later []intent.Step, own *source.Node) bool {
	return slices.ContainsFunc(later, func(s intent.Step) bool {
		o, is := s.(intent.Headers)
		return is && o.On == h.On && o.Name == h.Name && o.Op != intent.AddHeader && headerNode(own, o) == nil
	})
}

// headerNode is where a destination says a change of a header; nil is not there.
func headerNode(own *source.Node, h intent.Headers) *source.Node {
	if h.On == intent.OnResponse {
		return saidAt(own.Get("response"), h.From)
	}
	return saidAt(own.Get("request"), h.From)
}

// saidAt is the value of a list of changes from which a step stems; nil is none.
func saidAt(side *source.Node, from intent.Origin) *source.Node {
	values := side.Get("remove").Items()
	for _, key := range []string{"set", "add"} {
		for _, e := range side.Get(key).Entries() {
			values = append(slices.Clip(values), e.Value)
		}
	}
	i := slices.IndexFunc(values, func(n *source.Node) bool { return slices.Contains(from, n.Ref()) })
	if i < 0 {
		return nil
	}
	return values[i]
}
