package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/place"
)

// standing lays the default inbound policies that objects of the input have by annotations,
// and what pods demand at single ports, under what a model of another mesh says, where they
// let in no more than the installation's own: pods may be in Linkerd's mesh already, or are
// meant to be closed there. at are the annotations that let in less. Without any, and where
// the mesh is closed by default, the model is as it was.
func standing(m *intent.Model) (under *intent.Model, at []intent.Pair) {
	s := stand{env: m.Env, own: clientsOf(m.Env.Linkerd.DefaultInbound, m.Env, place.Ref{})}
	r := &reader{in: mesh.Input{Env: m.Env, Inventory: &m.Inventory}}
	var pods []*intent.Workload
	for _, w := range m.Inventory.Workloads {
		if w.Kind != intent.MachineKind {
			pods = append(pods, w)
			p, _ := r.podSetting(w, annotationIdentity)
			for _, l := range r.identified(nil, w) {
				s.lay(l, p)
			}
		}
	}
	for _, l := range r.podDefaults(nil) {
		s.lay(l, intent.Pair{})
	}
	for _, w := range pods {
		s.note(w.Annotations)
	}
	for _, n := range m.Inventory.Namespaces {
		s.annotated(n.Annotations, inNamespace(n.Name))
	}
	wide := slices.IndexFunc(m.Default, func(d *intent.Default) bool {
		return d.Side == intent.Served && match.IsTrue(d.Scope.Subject) && !d.Withheld
	})
	switch {
	case len(s.at) == 0 || wide >= 0 && m.Default[wide].Effect == intent.Deny:
		return m, nil // where the mesh is closed, an annotation would open
	case wide < 0:
		wide = len(m.Default)
	}
	return laidUnder(m, s.layers, wide), s.at
}

// stand gathers what stands.
type stand struct {
	env    intent.Environment
	own    match.Expr // whom the installation lets in
	layers []layer
	at     []intent.Pair
}

// annotated lays the default inbound policy that annotations say.
func (s *stand) annotated(annotations []intent.Pair, subject match.Expr) {
	i := slices.IndexFunc(annotations, func(p intent.Pair) bool { return p.Key == annotationInbound && slices.Contains(policies, p.Value) })
	if i >= 0 {
		s.lay(layer{subject, annotations[i].Value, annotations[i].From}, annotations[i])
	}
}

// note notes the annotation of pods that lets in less; layers of pods that labels tell apart
// are laid for all of them.
func (s *stand) note(annotations []intent.Pair) {
	t := stand{env: s.env, own: s.own}
	t.annotated(annotations, match.True)
	s.at = append(s.at, t.at...)
}

// lay adds a layer that an annotation asks for, if it lets in no more than all have.
func (s *stand) lay(l layer, p intent.Pair) {
	clients := clientsOf(l.policy, s.env, place.Ref{})
	if _, answer := match.Implies(clients, s.own); answer != match.Yes {
		return
	}
	if s.layers = append(s.layers, l); p.Key != "" && !match.Equal(clients, s.own) {
		s.at = append(s.at, p)
	}
}

// laidUnder adds policies to a model, behind its first defaults: those that are not of the
// whole mesh.
func laidUnder(m *intent.Model, layers []layer, wide int) *intent.Model {
	var decided []match.Expr
	for _, d := range m.Default[:wide] {
		if d.Side == intent.Served {
			decided = append(decided, match.Simplify(d.Scope.Subject))
		}
	}
	r := &reader{in: mesh.Input{Env: m.Env, Inventory: &m.Inventory}, m: &intent.Model{}}
	for _, l := range layers {
		r.layer(l, decided)
		decided = append(decided, l.subject)
	}
	out := *m
	out.Default = slices.Concat(m.Default[:wide], r.m.Default, m.Default[wide:])
	out.Access = slices.Concat(m.Access, r.m.Access)
	return &out
}
