package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// authorization policies are grouped by what one object can hold: rules of one
// action for one set of workloads.
type policyGroup struct {
	home     *intent.Home
	subject  match.Expr
	effect   intent.Effect
	mode     intent.Mode
	provider string
	facts    []*intent.Access
	from     intent.Origin
	comment  string
}

// authorizationPolicies prints who may do what. A scope that denies by default
// has a policy that allows, if only nothing.
func (w *writer) authorizationPolicies() {
	var groups []*policyGroup
	byKey := map[string]*policyGroup{}
	for _, a := range w.m.Access {
		key := strings.Join([]string{homeKey(a.Home), match.Key(a.Scope.Subject), a.Effect.String(), a.Mode.String(), a.Provider}, "|")
		g := byKey[key]
		if g == nil {
			g = &policyGroup{home: a.Home, subject: a.Scope.Subject, effect: a.Effect, mode: a.Mode, provider: a.Provider}
			byKey[key] = g
			groups = append(groups, g)
		}
		g.facts = append(g.facts, a)
		g.from = append(g.from, a.From...)
	}
	for _, d := range w.m.Default {
		if !d.From.Defaulted() && d.Effect == intent.Deny {
			groups = denyByDefault(groups, d)
		}
	}
	for _, g := range groups {
		w.add(w.authorizationPolicy(g))
	}
}

func homeKey(h *intent.Home) string {
	if h == nil {
		return ""
	}
	return h.Namespace + "/" + h.Name
}

// denyByDefault adds a policy that allows nothing, unless one that allows is
// there for the same workloads.
func denyByDefault(groups []*policyGroup, d *intent.Default) []*policyGroup {
	for _, g := range groups {
		if g.effect == intent.Allow && g.mode == intent.Enforced && match.Equal(g.subject, d.Scope.Subject) {
			g.from = append(g.from, d.From...)
			if d.Withheld && !strings.Contains(g.comment, d.Why) {
				g.comment = strings.TrimPrefix(g.comment+"\n"+d.Why, "\n")
			}
			return groups
		}
	}
	g := &policyGroup{home: d.Home, subject: d.Scope.Subject, from: d.From}
	if d.Withheld {
		g.comment = d.Why
	}
	return append(groups, g)
}

func (w *writer) authorizationPolicy(g *policyGroup) *manifest.Object {
	m := w.policyObject("AuthorizationPolicy", g.home, g.subject, g.effect.String()+modeSuffix(g.mode))
	m.From = append(m.From, g.from...)
	if g.comment != "" {
		m.Root.Above(strings.TrimPrefix(m.Root.Comment()+"\n"+g.comment, "\n"))
	}
	if g.mode == intent.DryRun {
		annotate(m, dryRun, "true")
	}
	spec := writeSelector(g.subject)
	switch {
	case g.mode == intent.Audit:
		spec.Set("action", manifest.Str("AUDIT"))
	case g.effect != intent.Allow:
		spec.Set("action", manifest.Str(word(actions, g.effect)))
	}
	if g.provider != "" {
		spec.Set("provider", manifest.Map().Set("name", manifest.Str(g.provider)))
	}
	rules := manifest.List()
	for _, a := range g.facts {
		rules.Append(writeRule(a))
	}
	if len(rules.Kids) > 0 {
		spec.Set("rules", rules)
	}
	m.Root.Set("spec", spec)
	return m
}

func modeSuffix(m intent.Mode) string {
	if m == intent.Enforced {
		return ""
	}
	return "-" + m.String()
}

// annotate sets an annotation.
func annotate(m *manifest.Object, key, value string) {
	meta := m.Root.Get("metadata")
	if meta.Get("annotations") == nil {
		meta.Set("annotations", manifest.Map())
	}
	meta.Get("annotations").Set(key, manifest.Str(value))
}

// policyObject begins an object that selects workloads: it stands in their
// namespace, or in the root namespace for those of all.
func (w *writer) policyObject(kind string, home *intent.Home, subject match.Expr, distinguish string) *manifest.Object {
	namespace, labels, ok := selected(subject)
	if !ok {
		panic("istio: a scope that no policy selects: " + match.String(subject))
	}
	if namespace == "" {
		namespace = w.m.Env.Istio.RootNamespace
	}
	h := intent.Home{Name: policyName(labels)}
	if home != nil {
		h = *home
	}
	h.Namespace = namespace
	return w.object(groupSecurity, kind, &h, distinguish)
}

// policyName is the name of a policy that no object of the source stands for.
func policyName(labels []match.Atom) string {
	if len(labels) == 0 {
		return "default"
	}
	return strings.ToLower(strings.Trim(labels[0].Value, "-_."))
}

// writeSelector begins a spec with the workloads that it is for.
func writeSelector(subject match.Expr) *manifest.Node {
	spec := manifest.Map()
	_, atoms, _ := selected(subject)
	if len(atoms) == 0 {
		return spec
	}
	labels := manifest.Map()
	slices.SortFunc(atoms, func(a, b match.Atom) int { return strings.Compare(a.Key, b.Key) })
	for _, a := range atoms {
		labels.Set(a.Key, manifest.Str(a.Value).Because(intent.From(a.Place())...))
	}
	return spec.Set("selector", manifest.Map().Set("matchLabels", labels))
}
