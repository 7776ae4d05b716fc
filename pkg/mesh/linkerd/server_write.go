package linkerd

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// admissionWriter prints whom Servers let in.
type admissionWriter struct {
	m    *intent.Model
	ids  identities
	name namer
	out  []*manifest.Object
	// policies are those to be written, in order; homes counts them by the object
	// that they stem from, whose comment was written if commented.
	policies  []*writtenPolicy
	homes     map[*intent.Home]int
	commented map[*intent.Home]bool
	// authentications are those written, by kind, namespace and what they say.
	authentications map[[3]string]string
}

// writeAdmission prints Servers with their routes and policies, and default
// inbound policies. kept are objects whose names are taken.
func writeAdmission(m *intent.Model, t legal.Target, kept []*manifest.Object) []*manifest.Object {
	w := &admissionWriter{
		m: m, ids: identitiesOf(m.Env), name: taking(kept), homes: map[*intent.Home]int{}, commented: map[*intent.Home]bool{}, authentications: map[[3]string]string{},
	}
	parts := legal.Servers(m, t)
	servers := bySide(m, parts.Servers)
	names := w.serverNames(servers)
	for i, s := range servers {
		w.server(s, names[i])
	}
	for _, p := range w.policies {
		w.policy(p)
	}
	w.out = append(w.out, writeMachines(m, parts.Elsewhere, w.name)...)
	return append(w.out, writeElsewhere(m, parts.Elsewhere)...)
}

// server prints a Server, and plans what lets clients in.
func (w *admissionWriter) server(of sided, name string) {
	s, selector := of.Server, "podSelector"
	if of.machines {
		selector = "externalWorkloadSelector"
	}
	o := manifest.New(groupPolicy+"/v1beta3", "Server", s.Namespace, name)
	o.Root.Because(s.Default.From...)
	if fromServer(s) {
		gatewayapi.WriteHome(o, s.Default.Home, nil)
	}
	o.From = s.Default.From
	explained(o, s.Default)
	routed := len(s.Regions) > 0
	limits := w.limitsAt(s.Subject)
	o.Root.Set("spec", manifest.Map().
		Set(selector, gatewayapi.WriteSelector(s.Labels)).
		Set("port", manifest.Int(s.Port)).
		Set("proxyProtocol", manifest.Str(limitable(proxyProtocol(s.Default.Protocol, routed && len(s.Grants) == 0, w.protocols(s)), limits))).
		Set("accessPolicy", manifest.Str(policyDeny)))
	w.out = append(w.out, o)
	at := policyTarget{kind: "Server", namespace: s.Namespace, name: name}
	for _, g := range s.Grants {
		w.plan(at, g)
	}
	for _, r := range inboundRoutes(s) {
		w.inboundRoute(s, name, r)
	}
	if routed && !of.machines { // the kubelet asks pods only
		w.probeRoute(s, name)
	}
	w.rateLimit(limits, s.Namespace, name)
}

// fromServer reports whether a Server is one of the input.
func fromServer(s legal.Server) bool { return s.Default.Home != nil && s.Default.Home.Kind == "Server" }

// protocols lists what Services declare the port of a Server's pods to speak.
func (w *admissionWriter) protocols(s legal.Server) []string {
	var out []string
	for _, pod := range w.m.Inventory.WorkloadsIn(s.Namespace) {
		if holds(s.Labels, pod.Labels) {
			out = append(out, serviceProtocols(&w.m.Inventory, pod, s.Port)...)
		}
	}
	return out
}

// serverNames names Servers: as the input does, or by their pods, and by the port
// where pods have several.
func (w *admissionWriter) serverNames(all []sided) []string {
	perPods := map[string]int{}
	key := func(s sided) string { return fmt.Sprint(s.Namespace, "/", match.Key(s.Labels), s.machines) }
	for _, s := range all {
		perPods[key(s)]++
	}
	out := make([]string, len(all))
	for i, s := range all {
		if fromServer(s.Server) && !s.twin {
			out[i] = w.name.name("Server", s.Namespace, s.Default.Home.Name)
		}
	}
	for i, s := range all {
		if out[i] != "" {
			continue
		}
		pods, port := podsName(s.Labels), slug(portName(&w.m.Inventory, s.Server))
		if s.machines {
			pods = joined(pods, "machines")
		}
		candidates := []string{joined(pods, port), joined(pods, strconv.Itoa(s.Port))}
		if perPods[key(s)] == 1 {
			candidates = slices.Insert(candidates, 0, pods)
		}
		out[i] = w.name.name("Server", s.Namespace, candidates...)
	}
	return out
}
