package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// defaults lifts what holds on ports without a Server: for single workloads,
// then for namespaces, then for all.
func (r *reader) defaults() {
	var layers []layer
	layers = r.machineDefaults(layers)
	for _, w := range r.in.Inventory.Workloads {
		if w.Kind == intent.MachineKind {
			continue
		}
		layers = r.identified(layers, w)
	}
	r.pastProxy()
	layers = r.podDefaults(layers)
	for _, n := range r.in.Inventory.Namespaces {
		layers = r.annotated(layers, n.Annotations, inNamespace(n.Name))
	}
	layers = append(layers, layer{match.True, r.in.Env.Linkerd.DefaultInbound, intent.From(place.Default(Name, "defaultInboundPolicy"))})
	var decided []match.Expr
	for _, d := range r.m.Default {
		decided = append(decided, d.Scope.Subject)
	}
	for _, l := range layers {
		r.layer(l, decided)
		decided = append(decided, l.subject)
	}
}

// annotated adds the layer that an annotation asks for.
func (r *reader) annotated(to []layer, annotations []intent.Pair, subject match.Expr) []layer {
	i := slices.IndexFunc(annotations, func(p intent.Pair) bool { return p.Key == annotationInbound })
	if i < 0 {
		return to
	}
	p := annotations[i]
	switch {
	case !slices.Contains(policies, p.Value):
		r.diags.Add(diag.InvalidValue, annotationInbound+" "+p.Value+" is none of Linkerd's policies, so that the installation's default holds",
			"correct it", p.From...)
		return to
	case p.Value == policyAudit:
		r.notTranslated("audit lets everyone in, as "+policyAll+" does, and what it logs of that is not said", p.From...)
	}
	return append(to, layer{subject, p.Value, p.From})
}

// layer lifts one policy. What was decided before it is left out of the scope of
// an Allow, which would add to it; where that is all, nobody is let in by it.
func (r *reader) layer(l layer, decided []match.Expr) {
	clients := clientsOf(l.policy, r.in.Env, place.Ref{})
	d := &intent.Default{Scope: intent.Scope{Subject: l.subject}, Effect: intent.Deny, From: l.from}
	if match.IsTrue(l.subject) {
		d.Scope.Subject = nil
	}
	r.m.Default = append(r.m.Default, d)
	switch {
	case match.IsTrue(clients):
		d.Effect = intent.Allow
	case !match.IsFalse(clients):
		rest := match.And{l.subject}
		for _, e := range decided {
			if _, answer := match.Overlap(l.subject, e); answer == match.No {
				continue
			}
			if _, answer := match.Implies(l.subject, e); answer == match.Yes {
				return // as a Server does of a port at which pods demand an identity
			}
			rest = append(rest, match.Negate(within(e, l.subject)))
		}
		r.m.Access = append(r.m.Access, &intent.Access{Scope: intent.Scope{Subject: match.Simplify(rest)}, When: clients, From: l.from})
	}
}

// within leaves out of e the conditions that another predicate states already.
func within(e, outer match.Expr) match.Expr {
	return match.Map(e, func(a match.Atom) match.Expr {
		if match.Equal(a, outer) {
			return match.True
		}
		return nil
	})
}

func inNamespace(ns string) match.Atom {
	return match.Atom{Field: match.Namespace, Op: match.Exact, Value: ns}
}
