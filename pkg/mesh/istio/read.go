package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/parallel"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// reader lifts one set of objects.
type reader struct {
	in    mesh.Input
	m     *intent.Model
	diags diag.List
	// rules finds DestinationRules by the host that they are about.
	rules []*destinationRule
	// rulesOf are the places of those for one host in rules; wideRules of those for
	// several.
	rulesOf   map[intent.Host][]int
	wideRules []int
	// groups are DestinationRules as callers look for them.
	groups map[ruleIndex]map[string][]*ruleGroup
	// delegates are VirtualServices without hosts, by name.
	delegates map[intent.Name]*source.Object
	used      map[intent.Name]bool
	// keptEntries are the ServiceEntries that are kept as they are.
	keptEntries []*intent.External
	// toHTTPS say which servers of gateways redirect to https.
	toHTTPS map[place.Ref]*source.Node
	// servers are those of gateways, listening those of them that listen at proxies.
	servers, listening []*gatewayServer
	// pinned are tables of gateways whose port some rule names.
	pinned map[*intent.Routing]bool
	// redirected are the hosts that routes are for of those that redirect for one namespace,
	// and homes where these routes stand.
	redirected map[*intent.Listener][]intent.Host
	homes      map[intent.Host]*intent.Home
	// onlyRedirects are VirtualServices of which some server makes nothing but redirects.
	onlyRedirects map[place.Ref]bool
}

// read lifts what Istio's kinds ask for. DestinationRules come first, since they
// define the subsets that routes refer to. Policies are read beside routes, with which they
// have nothing to do.
func read(in mesh.Input) (*intent.Model, diag.List) {
	r := &reader{in: in, m: &intent.Model{Baseline: baseline(in.Env)}, delegates: map[intent.Name]*source.Object{}, used: map[intent.Name]bool{}, toHTTPS: map[place.Ref]*source.Node{}, pinned: map[*intent.Routing]bool{}, redirected: map[*intent.Listener][]intent.Host{}, homes: map[intent.Host]*intent.Home{}, onlyRedirects: map[place.Ref]bool{}}
	byKind := map[string][]*source.Object{}
	for _, o := range in.Objects {
		o.Root.Get("metadata").Get("name").Skip("names the object")
		byKind[o.Kind] = append(byKind[o.Kind], o)
	}
	r.machines(byKind["WorkloadEntry"], byKind["WorkloadGroup"])
	r.serviceEntries(byKind["ServiceEntry"])
	r.sidecars(byKind[kindSidecar])
	r.serviceExports()
	r.destinationRules(byKind["DestinationRule"])
	r.m.Intake = intakes(&intent.Model{Upstream: r.m.Upstream, Intake: r.m.Intake, External: r.m.External, Env: r.in.Env})
	policies := &reader{in: r.in, m: &intent.Model{Baseline: r.m.Baseline}}
	parallel.All(
		func() {
			r.gateways(byKind["Gateway"])
			r.virtualServices(byKind["VirtualService"])
		},
		func() { policies.policies(byKind) },
	)
	r.join(policies)
	r.envoyFilters(byKind["EnvoyFilter"])
	r.telemetries(byKind["Telemetry"])
	r.tellOfPods()
	for _, kind := range opaqueKinds {
		for _, o := range byKind[kind] {
			r.opaque(o, kind)
		}
	}
	r.m.Default = append(r.m.Default, ownDefault(in.Env)...)
	r.m.Transport = append(r.m.Transport, ownTransport(in.Env)...)
	return r.m, r.diags
}

// policies lifts who is let in, and how servers take connections.
func (r *reader) policies(byKind map[string][]*source.Object) {
	r.peerAuthentications(byKind["PeerAuthentication"])
	r.authorizationPolicies(byKind["AuthorizationPolicy"])
	r.requestAuthentications(byKind["RequestAuthentication"])
	r.ambient(byKind["AuthorizationPolicy"])
}

// join adds what a reader of policies found behind what there is.
func (r *reader) join(policies *reader) {
	m := policies.m
	r.m.Transport, r.m.Access, r.m.Default = append(r.m.Transport, m.Transport...), append(r.m.Access, m.Access...), append(r.m.Default, m.Default...)
	r.m.Tokens, r.m.Opaque = append(r.m.Tokens, m.Tokens...), append(r.m.Opaque, m.Opaque...)
	r.diags = append(r.diags, policies.diags...)
}

// home reads an object's metadata; annotations for which meant holds have a
// meaning of their own.
func (r *reader) home(o *source.Object, meant ...string) *intent.Home {
	o.Root.Get("apiVersion").Skip("names the kind")
	o.Root.Get("kind").Skip("names the kind")
	o.Root.Get("metadata").Get("namespace").Skip("names the object")
	if o.Kind != "AuthorizationPolicy" {
		o.Root.Get("metadata").Get("annotations").Get(dryRun).Reject("is for AuthorizationPolicies only")
	}
	return gatewayapi.ReadHome(o, func(key string) bool { return slices.Contains(meant, key) })
}

// host resolves a host as Istio does: a name without dots is a Service of the
// object's namespace, anything with a dot is a full name.
// istio.io/api networking/v1alpha3 Destination.host.
func (r *reader) host(n *source.Node, namespace string) intent.Host {
	name := strings.ToLower(n.Str())
	if name != "" && name != "*" && !strings.Contains(name, ".") && !strings.Contains(name, ":") {
		return intent.Host{Service: intent.Name{Namespace: namespace, Name: name}}
	}
	return r.in.Env.Host(name)
}

// serviceKnown reports whether a host may exist: it is in the inventory, or the
// inventory is open, or a ServiceEntry tells of it.
func (r *reader) serviceKnown(h intent.Host) (known, missing bool) {
	if !h.Service.IsZero() && r.in.Inventory.Service(h.Service) != nil || r.told(h) {
		return true, false
	}
	return false, r.in.Env.Complete.Services
}

// entries are all ServiceEntries, of which some are kept as they are.
func (r *reader) entries() []*intent.External { return slices.Concat(r.m.External, r.keptEntries) }

// selector reads matchLabels into a scope's predicate within the namespace; the
// root namespace without labels is everywhere.
func (r *reader) selector(n *source.Node, key, namespace string) match.Expr {
	checkSelector(n.Get(key))
	labels := labelsExpr(n.Get(key))
	if match.IsTrue(labels) && namespace == r.in.Env.Istio.RootNamespace {
		return match.True
	}
	if namespace == r.in.Env.Istio.RootNamespace {
		return labels
	}
	return match.Conj(match.Atom{Field: match.Namespace, Value: namespace}, labels)
}

// labelsExpr reads a map of labels that must all be there.
func labelsExpr(n *source.Node) match.Expr {
	var out []match.Expr
	if n.Kind() == source.Map {
		for _, e := range n.Entries() {
			out = append(out, match.Atom{Field: match.Label, Key: e.Key, Value: e.Value.Str(), Ref: new(e.Value.Ref())})
		}
	}
	slices.SortFunc(out, func(a, b match.Expr) int { return strings.Compare(a.(match.Atom).Key, b.(match.Atom).Key) })
	return match.Conj(out...)
}

func (r *reader) add(c diag.Code, summary, fix string, at ...place.Ref) {
	r.diags.Add(c, summary, fix, at...)
}

// created is the time at which the object was made, as written; "" is unknown.
func created(o *source.Object) string {
	return o.Root.Get("metadata").Get("creationTimestamp").Text()
}

// byAge sorts objects as Istio does where it takes the oldest: by creation time,
// name and namespace.
func byAge(objs []*source.Object) []*source.Object {
	out := slices.Clone(objs)
	slices.SortStableFunc(out, func(a, b *source.Object) int {
		for _, c := range []int{strings.Compare(created(a), created(b)), strings.Compare(a.Name, b.Name), strings.Compare(a.Namespace, b.Namespace)} {
			if c != 0 {
				return c
			}
		}
		return 0
	})
	return out
}

// ageUnknown reports whether the order of two objects cannot be told.
func ageUnknown(a, b *source.Object) bool { return created(a) == "" || created(b) == "" }
