package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// shown is to whom a host is made known: by an annotation of the Service, or by the
// ServiceEntries that name it. nil is everyone.
func (r *reader) shown(h intent.Host) match.Expr {
	if s := r.in.Inventory.Service(h.Service); s != nil {
		for _, p := range s.Annotations {
			if p.Key == serviceExport && len(p.From) > 0 {
				return shownTo(p, s.Name.Namespace)
			}
		}
		return nil
	}
	var to []match.Expr
	for _, e := range r.entries() {
		if !slices.Contains(e.Hosts, h) {
			continue
		}
		if match.IsTrue(e.Scope.Client) {
			return nil
		}
		to = append(to, e.Scope.Client)
	}
	if to == nil {
		return nil
	}
	return match.Disj(to...)
}

// lacksPort reports whether a port, which is none where it is 0, is known not to be one of a
// host's.
func (r *reader) lacksPort(h intent.Host, port int) bool {
	if s := r.in.Inventory.Service(h.Service); s != nil || port == 0 {
		return s.Lacks(port)
	}
	tells := func(e *intent.External) bool { return slices.Contains(e.Hosts, h) }
	has := func(e *intent.External) bool {
		return tells(e) && (len(e.Ports) == 0 || slices.ContainsFunc(e.Ports, func(p intent.ExternalPort) bool { return p.Port == port }))
	}
	return slices.ContainsFunc(r.entries(), tells) && !slices.ContainsFunc(r.entries(), has)
}

// kindOf names what makes a host known.
func (r *reader) kindOf(h intent.Host) string {
	if r.in.Inventory.Service(h.Service) != nil {
		return "the Service"
	}
	return "the ServiceEntry of"
}

// sees reports whether a host is made known to a caller.
func (r *reader) sees(by caller, h intent.Host) bool {
	return match.Eval(orAnyone(r.shown(h)), new(match.Request).Set(match.ClientNamespace, "", by.namespace))
}

// reaches reports whether a caller finds a destination of routes: a host that is made known
// to it, or one of its own namespace.
// pilot/pkg/model/sidecar.go collectImportedServices
func (r *reader) reaches(by caller, h intent.Host) bool {
	return r.sees(by, h) || slices.Contains(r.owners(h), by.namespace)
}

// knowing are the namespaces of whose callers it is said that they find a destination; none
// where all do.
func (r *reader) knowing(h intent.Host) []string {
	shown := r.shown(h)
	if shown == nil {
		return nil
	}
	out := r.owners(h)
	match.Atoms(shown, func(a match.Atom, _ bool) { out = append(out, a.Value) })
	return out
}

// eachSent visits what a table sends to.
func eachSent(t *intent.Routing, visit func(*intent.Backend)) {
	for i := range t.Rules {
		rule := &t.Rules[i]
		if f, is := rule.Then.(intent.Forward); is {
			for k := range f.To {
				visit(&f.To[k])
			}
		}
		for k := range rule.Steps {
			if m, is := rule.Steps[k].(intent.Mirror); is {
				visit(&m.To)
				rule.Steps[k] = m
			}
		}
	}
}

// others are the callers that see a table's host as all do who are not told apart: those
// of no namespace in particular, or where these do not know the host, the first who do, of
// the Service's own namespace before others. What is sent to a host that is not known is
// told of besides.
func (r *reader) others(t *intent.Routing, apart []caller) caller {
	if r.sees(caller{}, t.Host) {
		return caller{}
	}
	if own := (caller{namespace: t.Host.Service.Namespace}); own.namespace != "" && r.sees(own, t.Host) {
		return own
	}
	if i := slices.IndexFunc(apart, func(c caller) bool { return r.sees(c, t.Host) }); i >= 0 {
		return apart[i]
	}
	return caller{}
}

// keepShown keeps a VirtualService as it is whose destinations are made known to some of the
// callers of its tables only, and tells so: the tables say all that it does.
func (vs *virtualService) keepShown(ts []*intent.Routing) {
	hidden := vs.hidden(ts)
	if hidden == nil || !vs.keepHeld(vs.object, vs.home, "its destinations are known to some callers only") {
		return
	}
	vs.diags.Tell(diag.UnknownService, "some callers to whom "+vs.object.Ref().Object+" sends requests for "+hidden.Host.String()+" do not know that host",
		"it is exported to other namespaces than theirs, and Istio answers their requests with an error", "export it to the namespaces of all callers", hidden.From...)
}

// hidden is a destination that is there for callers of some tables only; nil is none.
func (vs *virtualService) hidden(ts []*intent.Routing) (out *intent.Backend) {
	missing := map[intent.Host]bool{}
	for _, t := range ts {
		eachSent(t, func(b *intent.Backend) {
			if was, seen := missing[b.Host]; seen && was != b.Missing && vs.shown(b.Host) != nil {
				out = b
			}
			missing[b.Host] = b.Missing
		})
	}
	return out
}
