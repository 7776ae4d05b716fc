package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// probes lists the paths that the kubelet asks on a port of pods, without their
// queries, sorted.
func probes(inv *intent.Inventory, ns string, pods match.Expr, port int) []string {
	var out []string
	for _, w := range inv.WorkloadsIn(ns) {
		if !holds(pods, w.Labels) {
			continue
		}
		for _, p := range w.Probes {
			path, _, _ := strings.Cut(p.Path, "?")
			if probePort(w, p) == port && !slices.Contains(out, path) {
				out = append(out, path)
			}
		}
	}
	slices.Sort(out)
	return out
}

// probePort is the number of a probe's port; 0 where its name is unknown.
func probePort(w *intent.Workload, p intent.Probe) int {
	for _, c := range w.Ports {
		if p.Port == 0 && c.Name == p.PortName {
			return c.Port
		}
	}
	return p.Port
}

// onlyProbes reports whether a route lets in the kubelet's probes and nothing
// else: what Linkerd does by itself for a Server without routes. The model
// leaves such requests out.
func (r *reader) onlyProbes(s *server, t *inboundRoute) bool {
	if len(t.lines) == 0 || len(t.grants) == 0 || len(s.claims) == 0 {
		return false
	}
	for _, g := range t.grants {
		if !address(g.clients) {
			return false
		}
	}
	for _, c := range s.claims {
		paths := probes(r.in.Inventory, s.object.Namespace, c.pods, c.port)
		if slices.ContainsFunc(t.lines, func(l line) bool { return !probing(l.when, paths) }) {
			return false
		}
	}
	return true
}

// forProbes is why what only lets the kubelet's probes in is no part of the model.
const forProbes = "it only lets the kubelet's probes in, which the model leaves out"

// leaveOutProbes marks what only lets the kubelet's probes in as no part of the model:
// routes that do so at each Server that heeds them, and the policies for them that let
// nobody else in.
func (r *reader) leaveOutProbes() {
	if !slices.ContainsFunc(r.routes, func(t *inboundRoute) bool { return t.probes }) {
		return
	}
	for _, t := range r.routes {
		if t.probes && !t.more && t.opaque == "" {
			t.object.Root.Get("spec").Skip(forProbes)
		}
	}
	for _, p := range r.policies {
		if p.probes = r.grantsProbes(p); p.probes {
			p.object.Root.Skip(forProbes)
		}
	}
}

// grantsProbes reports whether a policy that is lifted lets in the kubelet's probes, and
// nothing else, at some Server.
func (r *reader) grantsProbes(p *policy) bool {
	_, routes := r.targets(p)
	return p.opaque == "" && !p.inert && !r.counts[p.object] &&
		slices.ContainsFunc(routes, func(t *inboundRoute) bool { return t.probes }) &&
		!slices.ContainsFunc(routes, func(t *inboundRoute) bool { return t.opaque != "" })
}

// address reports whether clients are told by their address alone.
func address(clients match.Expr) bool {
	only := true
	match.Atoms(clients, func(a match.Atom, _ bool) { only = only && a.Field == match.ClientIP })
	return only
}

// probing reports whether a line is a GET request for one of the paths.
func probing(when match.Expr, paths []string) bool {
	and, ok := when.(match.And)
	if !ok || len(and) != 2 {
		return false
	}
	path, method := false, false
	for _, e := range and {
		a, _ := e.(match.Atom)
		path = path || a.Field == match.Path && a.Op == match.Exact && slices.Contains(paths, a.Value)
		method = method || a.Field == match.Method && a.Value == "GET"
	}
	return path && method
}
