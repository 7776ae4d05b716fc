package istio

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// callPolicy is what one DestinationRule says: of one host, for some callers.
type callPolicy struct {
	home   *intent.Home
	host   intent.Host
	client match.Expr
	points []*callPoint // in the order of the model
	// labels are those of subsets.
	labels map[string]match.Expr
	from   intent.Origin
}

// callPoint is a host, one of its subsets, or a port of one of them.
type callPoint struct {
	subset string
	port   int
	up     *intent.Upstream
	tls    *intent.Transport
}

// destinationRules prints how callers treat hosts, and the subsets that routes
// name.
func (w *writer) destinationRules() {
	var all []*callPolicy
	byKey := map[string]*callPolicy{}
	find := func(home *intent.Home, host intent.Host, client match.Expr) *callPolicy {
		key := host.String() + " " + match.Key(client)
		p := byKey[key]
		if p == nil {
			p = &callPolicy{home: policyHome(&w.m.Env, home, host, client), host: host, client: client, labels: map[string]match.Expr{}}
			byKey[key] = p
			all = append(all, p)
		}
		return p
	}
	for _, u := range w.m.Upstream {
		if u.From.Defaulted() || w.isVerbatim("DestinationRule", u.Home) {
			continue
		}
		p := find(u.Home, u.Host, u.Scope.Client)
		if at := p.point(u.SubsetName, u.Subset, u.Port); at.up == nil { // or else the first decides
			at.up = u
			p.from = append(p.from, u.From...)
		}
	}
	for _, t := range w.m.Transport {
		if t.Side != intent.Dialled || t.From.Defaulted() || w.isVerbatim("DestinationRule", t.Home) {
			continue
		}
		p := find(t.Home, t.Host, t.Scope.Client)
		if at := p.point(t.SubsetName, t.Subset, t.Port); at.tls == nil {
			at.tls = t
			p.from = append(p.from, t.From...)
		}
	}
	w.routedSubsets(func(h intent.Host) *callPolicy { return find(nil, h, nil) })
	for _, p := range all {
		w.add(w.destinationRule(p))
	}
}

// point finds or makes a point.
func (p *callPolicy) point(subset string, labels match.Expr, port int) *callPoint {
	if subset != "" {
		p.labels[subset] = labels
	}
	for _, at := range p.points {
		if at.subset == subset && at.port == port {
			return at
		}
	}
	at := &callPoint{subset: subset, port: port}
	p.points = append(p.points, at)
	return at
}

// routedSubsets adds the subsets that routes name and no policy defines.
func (w *writer) routedSubsets(find func(intent.Host) *callPolicy) {
	for _, t := range w.m.Routing {
		eachBackend(t, func(b *intent.Backend) {
			if b.SubsetName != "" && !b.Missing && !w.defined(b.Host, b.SubsetName) {
				find(b.Host).point(b.SubsetName, b.Subset, 0)
			}
		})
	}
}

// defined reports whether a policy defines a subset.
func (w *writer) defined(h intent.Host, subset string) bool {
	return slices.ContainsFunc(w.m.Upstream, func(u *intent.Upstream) bool { return u.Host == h && u.SubsetName == subset })
}

// eachBackend visits the backends of a table, those of mirrors too.
func eachBackend(t *intent.Routing, visit func(*intent.Backend)) {
	for _, r := range t.Rules {
		if f, ok := r.Then.(intent.Forward); ok {
			for i := range f.To {
				visit(&f.To[i])
			}
		}
		for _, s := range r.Steps {
			if m, ok := s.(intent.Mirror); ok {
				visit(&m.To)
			}
		}
	}
}

// policyHome is the object that holds a host's policy. It stands where the
// lookup finds it: in the namespace of the callers, or in that of the Service.
func policyHome(env *intent.Environment, home *intent.Home, host intent.Host, client match.Expr) *intent.Home {
	h := intent.Home{Name: hostName(host), Namespace: host.Service.Namespace}
	if home != nil {
		h = *home
	}
	root := env.Istio.RootNamespace
	names, labels := callers(client)
	switch {
	case len(labels) > 0 || len(names) == 1 && h.Namespace != host.Service.Namespace:
		h.Namespace = names[0]
	case !host.Service.IsZero() && h.Namespace != root:
		h.Namespace = host.Service.Namespace
	}
	h.Namespace = cmp.Or(h.Namespace, root)
	return &h
}

// callers takes a condition on callers apart into the namespaces and, for one
// namespace, the labels that it names.
func callers(client match.Expr) (namespaces []string, labels []match.Atom) {
	if names, ok := callerNamespaces(client); ok {
		return names, nil
	}
	and, _ := client.(match.And)
	for _, e := range and {
		if a, ok := e.(match.Atom); ok && a.Field == match.ClientNamespace {
			namespaces = append(namespaces, a.Value)
		} else if ok && a.Field == match.ClientLabel {
			labels = append(labels, a)
		}
	}
	return namespaces, labels
}

// destinationRule prints one object: the host's policy, that of its ports, and
// its subsets with theirs.
func (w *writer) destinationRule(p *callPolicy) *manifest.Object {
	m := w.object(groupNetworking, "DestinationRule", p.home, hostName(p.host))
	m.From = append(m.From, p.from...)
	spec := manifest.Map().Set("host", manifest.Str(w.hostText(p.host, p.home.Namespace)))
	names, labels := callers(p.client)
	if len(labels) > 0 {
		match := manifest.Map()
		for _, l := range labels {
			match.Set(l.Key, manifest.Str(l.Value))
		}
		spec.Set("workloadSelector", manifest.Map().Set("matchLabels", match))
	} else if !(len(names) == 1 && names[0] == p.home.Namespace && names[0] != p.host.Service.Namespace && names[0] != w.m.Env.Istio.RootNamespace) {
		spec.Set("exportTo", manifest.Strs(exportTo(p.client, p.home.Namespace)...))
	}
	base := p.policy("", nil)
	spec.Set("trafficPolicy", base)
	spec.Set("subsets", p.subsets(base))
	m.Root.Set("spec", spec)
	return m
}

// subsets prints the subsets in the order of their names, nil for none.
func (p *callPolicy) subsets(base *manifest.Node) *manifest.Node {
	out := manifest.List()
	var names []string
	for _, at := range p.points {
		if at.subset != "" && !slices.Contains(names, at.subset) {
			names = append(names, at.subset)
		}
	}
	slices.SortFunc(names, strings.Compare)
	for _, name := range names {
		n := manifest.Map().Set("name", manifest.Str(name))
		if labels := writeLabels(p.labels[name]); len(labels.Kids) > 0 {
			n.Set("labels", labels)
		}
		n.Set("trafficPolicy", p.policy(name, base))
		for _, at := range p.points {
			if at.subset == name && at.up != nil {
				n.Because(at.up.From...)
			}
		}
		out.Append(n)
	}
	if len(names) == 0 {
		return nil
	}
	return out
}

// writeLabels prints a conjunction of labels.
func writeLabels(e match.Expr) *manifest.Node {
	n := manifest.Map()
	match.Atoms(e, func(a match.Atom, _ bool) {
		if a.Field == match.Label {
			n.Set(a.Key, manifest.Str(a.Value).Because(intent.From(a.Place())...))
		}
	})
	return n
}
