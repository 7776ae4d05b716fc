package linkerd

import (
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
)

// Bounds of an inbound route.
// linkerd2 charts/linkerd-crds/templates/policy/httproute.yaml
const (
	rulesPerRoute  = 16
	matchesPerRule = 8
)

// writtenRoute is an inbound route: regions that let the same clients in, for the
// same hostnames.
type writtenRoute struct {
	hostnames []string
	regions   []match.Expr // without their hostnames
	refs      []place.Ref
	grants    []legal.Grant
	// general is that the Server itself lets clients in, in all routes.
	general bool
}

// inboundRoutes groups the regions of a Server into routes. Matches rank each by
// itself, so that it means nothing which of them share a route.
func inboundRoutes(s legal.Server) []*writtenRoute {
	var out []*writtenRoute
	by := map[string]*writtenRoute{}
	for _, region := range s.Regions {
		host, rest := cutHost(region.When)
		key := host + " " + grantsKey(region.Grants)
		r := by[key]
		if r == nil || len(r.regions) == rulesPerRoute*matchesPerRule {
			r = &writtenRoute{grants: region.Grants, general: len(s.Grants) > 0}
			if host != "" {
				r.hostnames = []string{host}
			}
			by[key] = r
			out = append(out, r)
		}
		r.regions = append(r.regions, rest)
		r.refs = append(r.refs, refsOf(region.When)...)
	}
	return out
}

// grantsKey is equal for grants to the same clients.
func grantsKey(grants []legal.Grant) string {
	var keys []string
	for _, g := range grants {
		keys = append(keys, match.Key(g.Clients))
	}
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), " ")
}

// cutHost takes the condition on the host out of a region, as a hostname.
func cutHost(when match.Expr) (hostname string, rest match.Expr) {
	var others []match.Expr
	for _, e := range conditions(when) {
		a, ok := e.(match.Atom)
		switch {
		case !ok || a.Field != match.Host:
			others = append(others, e)
		case a.Op == match.Suffix:
			hostname = "*" + a.Value
		default:
			hostname = a.Value
		}
	}
	return hostname, match.Conj(others...)
}

// inboundRoute prints a route, and plans its policies.
func (w *admissionWriter) inboundRoute(s legal.Server, server string, r *writtenRoute) {
	name := w.name.name("HTTPRoute", s.Namespace, append([]string{sourceName(r.refs, s.Namespace, "HTTPRoute", "GRPCRoute")}, routeNames(server, r)...)...)
	o := newInboundRoute(s.Namespace, name, server)
	if r.asksProbes(probes(&w.m.Inventory, s.Namespace, s.Labels, s.Port)) {
		r.spellOut()
		o.Root.Above("# For all who ask this, and not only for the kubelet.")
	}
	spec := o.Root.Get("spec")
	spec.Set("hostnames", manifest.Strs(r.hostnames...))
	spec.Set("rules", inboundRules(r.regions))
	for _, g := range r.grants {
		o.From = append(o.From, g.Fact.From...)
	}
	w.out = append(w.out, o)
	at := policyTarget{kind: "HTTPRoute", namespace: s.Namespace, name: name}
	for _, g := range r.grants {
		w.plan(at, g)
	}
}

// asksProbes reports whether a route looks like one that only lets the kubelet's
// probes in, which is no part of the model.
func (r *writtenRoute) asksProbes(paths []string) bool {
	return len(r.hostnames) == 0 && len(r.grants) > 0 &&
		!slices.ContainsFunc(r.grants, func(g legal.Grant) bool { return !address(g.Clients) }) &&
		!slices.ContainsFunc(r.regions, func(e match.Expr) bool { return !probing(e, paths) })
}

// spellOut writes exact paths as regular expressions: these rank alike, and probe
// routes do not have them.
func (r *writtenRoute) spellOut() {
	for i, when := range r.regions {
		r.regions[i] = match.Map(when, func(a match.Atom) match.Expr {
			if a.Field == match.Path {
				a.Op, a.Value = match.Regex, regexp.QuoteMeta(a.Value)
			}
			return a
		})
	}
}

// newInboundRoute begins a route on a Server.
func newInboundRoute(namespace, name, server string) *manifest.Object {
	o := manifest.New(groupPolicy+"/v1beta3", "HTTPRoute", namespace, name)
	parent := manifest.Map().Set("group", manifest.Str(groupPolicy)).Set("kind", manifest.Str("Server")).Set("name", manifest.Str(server))
	o.Root.Set("spec", manifest.Map().Set("parentRefs", manifest.List(parent)))
	return o
}

// inboundRules prints matches as rules of as many as fit.
func inboundRules(regions []match.Expr) *manifest.Node {
	rules := manifest.List()
	for part := range slices.Chunk(regions, matchesPerRule) {
		matches := manifest.List()
		for _, when := range part {
			matches.Append(inboundMatch(when))
		}
		rules.Append(manifest.Map().Set("matches", matches))
	}
	return rules
}

// inboundMatch prints one region; that of all requests is the prefix of all
// paths.
func inboundMatch(when match.Expr) *manifest.Node {
	if list := gatewayapi.WriteMatches(when, intent.HTTP); list != nil && len(list.Kids) == 1 {
		return list.Kids[0].Node
	}
	return manifest.Map().Set("path", manifest.Map().Set("type", manifest.Str("PathPrefix")).Set("value", manifest.Str("/")))
}

// wordsOfPattern leaves the words of a pattern.
var wordsOfPattern = strings.NewReplacer(".*", " ", `\`, "")

// routeNames are names for a route of a Server: by the paths that it matches,
// unless the Server's name tells them, then also by the methods.
func routeNames(server string, r *writtenRoute) []string {
	var paths, methods []string
	for _, when := range r.regions {
		match.Atoms(when, func(a match.Atom, _ bool) {
			switch a.Field {
			case match.Path:
				paths = append(paths, slug(wordsOfPattern.Replace(a.Value)))
			case match.Method:
				methods = append(methods, strings.ToLower(a.Value))
			}
		})
	}
	path, method := brief(paths), brief(methods)
	if strings.HasSuffix("-"+server, "-"+path) {
		path = ""
	}
	switch {
	case len(r.grants) == 0 && !r.general:
		return []string{server + "-denied"}
	case path == "" && method == "":
		return []string{server + "-rest"}
	case path == "":
		return []string{joined(server, method)}
	}
	return []string{joined(server, path), joined(server, path, method)}
}

// brief joins words, each once, unless there are many.
func brief(words []string) string {
	var out []string
	for _, w := range words {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	if len(out) > 3 {
		out = out[:1]
	}
	return slug(joined(out...))
}
