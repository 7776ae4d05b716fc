package consul

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// reader lifts the objects of one input.
type reader struct {
	in         mesh.Input
	enterprise bool
	names      *names
	m          *intent.Model
	diags      diag.List

	homes     map[*source.Object]*intent.Home
	proxies   *proxyDefaults
	mesh      *meshSettings
	defaults  map[service]*serviceDefaults
	resolvers map[service]*resolver
	splitters map[service]*splitter
	routers   map[service]*router
	providers map[string]*provider
	// assumed are services whose protocol the input does not say, but which are
	// treated as if their requests were understood.
	assumed map[service]bool
	// quiet are the services of which it is noted that their settings say no protocol, and
	// all of which nothing else is said; nil is none yet.
	quiet map[service]bool
	// sentTo are the services that objects send requests on to.
	sentTo   []service
	guesses  map[service]bool
	asks     []ask
	withheld []*intent.Default
	// plaintext is what permissive services let in.
	plaintext []*intent.Access
	// bounds are what services' own proxies allow, by host; nil before they are asked.
	bounds map[intent.Host]bound
	// limits are the bounds of services' own proxies that something stems from.
	limits map[*source.Node]bool
	told   map[place.Ref]bool
	// foreignDemands are the tokens that intentions for clients of other clusters ask for.
	foreignDemands []*tokenDemand
	// entered are the services that routes of API gateways lead to.
	entered map[service]bool
	// held are the objects that are there for Consul alone: facts hold all of them.
	held map[*source.Object]bool
	// grants say who may refer to what of another namespace, of the Gateway API.
	grants []gatewayapi.Grant
	// registered are the machines that are instances of a service.
	registered map[service][]*intent.Machine
	// routedBy are the routes of gateways with what they go together with, and shared the gateways whose name another
	// one has.
	routedBy []boundTo
	unsound  []*gateway // that Consul's servers refuse
	shared   map[*source.Object]bool
	// enterprises are the objects that only the enterprise edition takes.
	enterprises map[string]bool
}

// read lifts all objects of Consul.
func read(in mesh.Input) (*intent.Model, diag.List) {
	if in.Inventory == nil {
		in.Inventory = &intent.Inventory{}
	}
	r := &reader{
		in: in, enterprise: in.Version == versionEnterprise,
		m:     &intent.Model{Env: in.Env, Inventory: *in.Inventory, Baseline: baseline(in.Env)},
		homes: map[*source.Object]*intent.Home{}, defaults: map[service]*serviceDefaults{}, resolvers: map[service]*resolver{},
		splitters: map[service]*splitter{}, routers: map[service]*router{}, providers: map[string]*provider{}, guesses: map[service]bool{}, assumed: map[service]bool{},
		limits: map[*source.Node]bool{}, told: map[place.Ref]bool{}, held: map[*source.Object]bool{}, entered: map[service]bool{}, enterprises: map[string]bool{}, shared: map[*source.Object]bool{}, registered: map[service][]*intent.Machine{},
	}
	r.m.Inventory.OneService, r.m.Inventory.Registered = true, true // a service has sidecars of its own, also in a pod of several
	r.names = newNames(in.Inventory, in.Env, r.enterprise)
	r.hint()
	r.settings()
	r.machines()
	r.routing()
	r.entries()
	r.upstreams()
	r.intakes()
	r.security()
	r.exported()
	r.rest()
	r.editions()
	r.alone()
	r.tell()
	r.identify()
	return r.m, r.diags
}

// hint notes where the objects about services are, for services that the input
// lacks.
func (r *reader) hint() {
	for _, o := range r.in.Objects {
		s, ok := r.about(o)
		if old, known := r.names.hints[s.name]; ok && s.wild() == 0 && (!known || old == "default") {
			r.names.hints[s.name] = o.Namespace
		}
	}
}

// about is the service that an object is about, without marking it as read.
func (r *reader) about(o *source.Object) (s service, ok bool) {
	name := o.Name
	switch kind := kindNamed(o.Group(), o.Kind); kind {
	case kindDefaults, kindResolver, kindSplitter, kindRouter:
	case kindIntentions:
		if o.Group() == group {
			name = leafAt(o, "spec.destination.name")
		}
	default:
		return service{}, false
	}
	return service{r.consulNamespace(o), name}, name != ""
}

// consulNamespace is Consul's namespace of an object: in the enterprise edition
// consul-k8s is taken to mirror those of Kubernetes.
func (r *reader) consulNamespace(o *source.Object) string {
	if !r.enterprise {
		return ""
	}
	return o.Namespace
}

// of lists the objects of a kind, in both forms.
func (r *reader) of(kind string) []*source.Object {
	return slices.DeleteFunc(slices.Clone(r.in.Objects), func(o *source.Object) bool { return kindNamed(o.Group(), o.Kind) != kind })
}

// settings reads what other kinds depend on: protocols and modes.
func (r *reader) settings() {
	r.readMesh()
	r.readProxyDefaults()
	for _, o := range r.of(kindDefaults) {
		r.readDefaults(o)
	}
	for _, o := range r.of(kindProvider) {
		r.readProvider(o)
	}
	r.assumeProtocols()
}

// home reads metadata, or what identifies a configuration entry.
func (r *reader) home(o *source.Object) *intent.Home {
	if h := r.homes[o]; h != nil {
		return h
	}
	h := r.newHome(o)
	r.homes[o] = h
	return h
}

func (r *reader) newHome(o *source.Object) *intent.Home {
	if o.Group() != "" {
		return gatewayapi.ReadHome(o, func(annotation string) bool {
			if !strings.HasPrefix(annotation, group+"/") {
				return false
			}
			for _, e := range o.Root.Get("metadata").Get("annotations").Entries() {
				if e.Key == annotation {
					e.Value.Skip("tells consul-k8s how to store the object")
				}
			}
			return true
		})
	}
	spec := specOf(o)
	h := &intent.Home{Namespace: o.Namespace, Name: o.Name, Kind: o.Kind, Comment: gatewayapi.Comment(o.Root), From: intent.From(o.Ref())}
	for _, key := range []string{"createIndex", "modifyIndex", "hash", "status"} {
		if v := spec.get(key); !v.missing() {
			v.Node.Skip("set by Consul's servers")
		}
	}
	for _, e := range spec.get("meta").entries() {
		h.Annotations = append(h.Annotations, intent.Pair{Key: e.Key, Value: value{e.Value, true}.text(), From: intent.From(e.Value.Ref())})
	}
	slices.SortFunc(h.Annotations, func(a, b intent.Pair) int { return strings.Compare(a.Key, b.Key) })
	r.onlyEnterprise(spec, "partition")
	if !r.enterprise {
		r.onlyEnterprise(spec, "namespace")
	} else if ns := spec.get("namespace"); !ns.missing() {
		ns.text()
	}
	return h
}

// onlyEnterprise refuses fields in the community edition; it reports whether one
// is there in the enterprise edition, where it is kept as it is.
func (r *reader) onlyEnterprise(v value, fields ...string) (kept []value) {
	for _, f := range fields {
		x := v.get(f)
		switch {
		case x.missing():
		case !r.enterprise:
			x.Node.Reject("is in Consul Enterprise only")
		default:
			kept = append(kept, x)
			r.enterprises[x.Node.Ref().Object] = true
		}
	}
	return kept
}

// editions notes which of the objects that are kept the community edition refuses.
func (r *reader) editions() {
	for _, o := range r.m.Opaque {
		if o.Whole != nil && (r.enterprises[o.At.Object] || r.enterprise && slices.Contains(enterpriseOnly, o.Kind)) {
			o.Edition = r.edition()
		}
	}
}

// rest keeps the objects that no fact stands for.
func (r *reader) rest() {
	for _, o := range r.in.Objects {
		for _, k := range opaqueKinds {
			if !r.held[o] && (o.Group() == k.group && o.Kind == k.resource || o.Group() == "" && o.Kind == k.entry && k.entry != "") {
				if o.Kind == kindAcceptor || o.Kind == kindDialer {
					checkPeering(o)
				}
				op := r.opaque(o, k.why, k.security)
				op.Purpose, op.Instead = k.purpose, instead[o.Kind]
				op.Running = op.Instead == ofServers
				if !r.enterprise && slices.Contains(enterpriseOnly, o.Kind) {
					r.diags.Add(diag.InvalidObject, o.Ref().Object+" is of a kind that is in Consul Enterprise only", "remove it, or say that the source is consul@"+versionEnterprise, o.Ref())
				}
			}
		}
	}
}

// identify marks what only names the objects of which no fact is made: what they
// say is part of other facts, or has no effect.
func (r *reader) identify() {
	used := map[*intent.Home]bool{}
	facts := *r.m // without what is there for Consul alone
	facts.Opaque = slices.DeleteFunc(slices.Clone(r.m.Opaque), func(o *intent.Opaque) bool { return o.Note != nil || o.Held })
	intent.Walk(&facts, func(p intent.Part) {
		if h, ok := p.(*intent.Home); ok {
			used[h] = true
		}
	})
	const why = "names an object that is part of no fact by itself"
	for _, o := range r.in.Objects {
		if used[r.homes[o]] {
			continue
		}
		for _, key := range []string{"apiVersion", "kind", "metadata"} {
			if n := o.Root.Get(key); n != nil && o.Group() != "" {
				n.Skip(why)
			}
		}
		for _, key := range []string{"kind", "name", "namespace", "meta"} {
			if v := (value{o.Root, true}).get(key); !v.missing() && o.Group() == "" {
				v.Node.Skip(why)
			}
		}
	}
}

// enterpriseOnly are the kinds that the community edition does not have.
var enterpriseOnly = []string{"SamenessGroup", "sameness-group", "ControlPlaneRequestLimit", "control-plane-request-limit", "GatewayPolicy", "RouteAuthFilter"}
