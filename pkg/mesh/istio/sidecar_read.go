package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// The policies of what leaves: only what is known is let out, or all of it.
const (
	registryOnly = "REGISTRY_ONLY"
	allowAny     = "ALLOW_ANY"
)

const kindSidecar = "Sidecar"

// leaving tells the clients of whom a Sidecar that cannot be read may hold back what
// leaves: those of its namespace, unless it says that all may leave or nothing of it.
func leaving(o *source.Object) (client match.Expr, ok bool) {
	policy := o.Root.Get("spec").Get("outboundTrafficPolicy")
	if o.Kind != kindSidecar || o.Root != nil && (policy == nil || policy.Get("mode").Text() == allowAny) {
		return nil, false
	}
	return match.Atom{Field: match.ClientNamespace, Value: o.Namespace, Ref: new(o.Ref())}, true
}

// sidecars lifts what Sidecars say of what leaves. Of a workload, the Sidecar that
// selects it counts, or else that of its namespace, or else that of the root
// namespace. One that says more is kept as it is besides.
// pilot/pkg/model/sidecar.go, pilot/pkg/model/push_context.go getSidecarScope
func (r *reader) sidecars(objs []*source.Object) {
	var facts []rankedEgress
	pools := r.pools(objs)
	for _, o := range byAge(objs) {
		validSidecar(o)
		home := r.home(o)
		f := r.sidecarEgress(o, home)
		f.shows = r.sidecarShows(o, f)
		twice := slices.IndexFunc(facts, func(x rankedEgress) bool { return match.Equal(x.fact.Scope.Client, f.fact.Scope.Client) })
		if twice >= 0 {
			r.sidecarTwice(o, &facts[twice], f)
		} else {
			facts = append(facts, f)
		}
		r.besideAll(o)
		why, guards := beyondOutbound(o, pools[o])
		if why == "" && f.shows.HidesAny() {
			r.keepHeld(o, home, limitsView)
		} else if why == "" && pools[o] {
			r.keepHeld(o, home, "it limits what workloads accept")
		}
		if twice >= 0 && f.shows.HidesAny() != facts[twice].shows.HidesAny() {
			why = limitsView
		}
		if why != "" {
			r.keep(o, home, guards, kindSidecar, why)
			kept := r.m.Opaque[len(r.m.Opaque)-1]
			if proxy := o.Root.Get("spec").Get("outboundTrafficPolicy").Get("egressProxy"); proxy != nil {
				kept.From = append(kept.From, proxy.Ref())
			}
		}
	}
	slices.SortStableFunc(facts, func(a, b rankedEgress) int { return a.rank - b.rank })
	for _, f := range facts {
		if f.rank < len(sidecarRanks) || f.said {
			r.m.Egress = append(r.m.Egress, f.fact)
		}
	}
	r.showsBySidecars(facts)
	r.m.Egress = append(r.m.Egress, gatewayapi.IstioEgress(r.in.Env)...)
}

// sidecarRanks are, in the order of the lookup, for workloads by labels, for a
// namespace, and for the mesh.
var sidecarRanks = [...]string{"workloads", "namespace", "mesh"}

// rankedEgress is what a Sidecar says of what leaves, with its place in the
// lookup; said tells whether it says so itself, and not the mesh for it.
type rankedEgress struct {
	fact   *intent.Egress
	object *source.Object
	rank   int
	said   bool
	shows  *intent.Visibility
}

// sidecarEgress reads who may send what outside; a policy without a mode is
// REGISTRY_ONLY, and none is that of the mesh.
func (r *reader) sidecarEgress(o *source.Object, home *intent.Home) rankedEgress {
	spec := o.Root.Get("spec")
	policy := spec.Get("outboundTrafficPolicy")
	f := rankedEgress{fact: &intent.Egress{Home: home, Effect: intent.Deny, From: intent.From(o.Ref())}, object: o, rank: 1, said: policy != nil}
	mode := policy.Get("mode").Str()
	if policy == nil {
		mode = r.in.Env.Istio.OutboundPolicy
	} else {
		f.fact.From = intent.From(o.Ref(), policy.Ref())
	}
	if mode != "" && mode != registryOnly {
		f.fact.Effect = intent.Allow
	}
	client := []match.Expr{match.Atom{Field: match.ClientNamespace, Value: o.Namespace, Ref: new(o.Ref())}}
	if o.Namespace == r.in.Env.Istio.RootNamespace {
		f.rank, client = 2, nil
	}
	for _, l := range entries(spec.Get("workloadSelector").Get("labels")) {
		if f.rank != 0 {
			f.rank, client = 0, []match.Expr{match.Atom{Field: match.ClientNamespace, Value: o.Namespace, Ref: new(o.Ref())}}
		}
		client = append(client, match.Atom{Field: match.ClientLabel, Key: l.Key, Value: l.Value.Str(), Ref: new(l.Value.Ref())})
	}
	f.fact.Scope.Client = match.Conj(client...)
	return f
}

// sidecarTwice tells of two Sidecars for the same workloads; the stricter is taken.
func (r *reader) sidecarTwice(o *source.Object, first *rankedEgress, second rankedEgress) {
	spec := o.Root.Get("spec")
	r.diags.Tell(diag.OrderUnknown, "which of two Sidecars for the same workloads counts is not known", "of what leaves, the stricter is taken",
		"join them", spec.Ref(), first.object.Ref())
	unused := second.object
	if first.fact.Effect == intent.Allow && second.fact.Effect == intent.Deny {
		unused, *first = first.object, second
	}
	for _, key := range []string{"egress", "outboundTrafficPolicy", "workloadSelector"} {
		unused.Root.Get("spec").Get(key).Inert("the other Sidecar for the same workloads is taken")
	}
}

// beyondOutbound says what of a Sidecar is not about what leaves, or "", and whether it may keep
// requests out: a port that asks for certificates of its own does. pool says that facts say
// what it limits. It reads nothing.
// https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioIngressListener
func beyondOutbound(o *source.Object, pool bool) (why string, guards bool) {
	spec := o.Root.Get("spec")
	var all []string
	for _, p := range listenerParts {
		at := slices.DeleteFunc(slices.Clone(spec.GetNull("ingress").Items()), func(l *source.Node) bool { return l.GetNull(p.key) == nil })
		if len(at) > 0 {
			all = append(all, p.why)
		}
		guards = guards || p.key == "tls" && slices.ContainsFunc(at, func(l *source.Node) bool { return peek(l.GetNull("tls").GetNull("mode")) == "MUTUAL" })
	}
	if len(all) == 0 && spec.GetNull("ingress") != nil {
		all = append(all, "it says at which ports workloads listen")
	}
	if spec.GetNull("inboundConnectionPool") != nil && !pool {
		all = append(all, "it limits what workloads accept")
	}
	if spec.Get("outboundTrafficPolicy").GetNull("egressProxy") != nil {
		all = append(all, "it sends what leaves through a proxy")
	}
	if !plainListener(spec.Get("egress")) {
		all = append(all, limitsView)
	}
	return strings.Join(all, ", and "), guards
}

// listenerParts say what a Sidecar asks for at ports that workloads listen on, by key.
var listenerParts = []struct{ key, why string }{
	{"defaultEndpoint", "it sends what comes in at a port elsewhere"}, {"tls", "it takes TLS with certificates of its own at a port"},
	{"connectionPool", "it limits what workloads accept at a port"},
}

// besideAll tells of hosts that stand beside all: they say nothing.
func (r *reader) besideAll(o *source.Object) {
	egress := o.Root.Get("spec").Get("egress")
	if !seesAll(egress) {
		return
	}
	for _, l := range egress.Items() {
		for _, h := range l.Get("hosts").Items() {
			if h.Str() != allHosts {
				h.Inert("the others are all that is exported")
				r.add(diag.Inert, "the host "+h.Str()+" of "+o.Ref().Object+" has no effect beside "+allHosts, "remove it", h.Ref())
			}
		}
	}
}

// allHosts are all that is exported, of any namespace.
const allHosts = "*/*"

// seesAll reports whether egress listeners show all that is exported; none does.
func seesAll(egress *source.Node) bool {
	all := egress.Items()
	if len(all) == 0 {
		return true
	}
	hosts := all[0].Get("hosts").Items()
	shows := func(h *source.Node) bool { return peek(h) == allHosts }
	hides := func(h *source.Node) bool { return strings.HasPrefix(peek(h), "~") }
	return len(all) == 1 && len(all[0].Entries()) == 1 && slices.ContainsFunc(hosts, shows) && !slices.ContainsFunc(hosts, hides)
}

// validSidecar rejects what Istio's webhook does of what is read.
// pkg/config/validation/validation.go ValidateSidecar
func validSidecar(o *source.Object) {
	spec := o.Need("spec")
	policy := spec.Get("outboundTrafficPolicy")
	mode := policy.Get("mode")
	if m := mode.Str(); mode != nil && m != registryOnly && m != allowAny {
		mode.Reject("is not REGISTRY_ONLY or ALLOW_ANY")
	}
	if p := policy.Get("egressProxy"); p != nil && mode.Str() != allowAny {
		p.Reject("is for ALLOW_ANY only")
	}
	validLabels(spec.Get("workloadSelector").Get("labels"))
	if policy == nil && spec.Get("egress") == nil && spec.Get("ingress") == nil && spec.Get("inboundConnectionPool") == nil {
		spec.Reject("says nothing")
	}
	for _, e := range spec.Get("egress").Items() {
		hosts := e.Get("hosts").Items()
		if len(hosts) == 0 {
			e.Reject("has no hosts")
		}
		for _, h := range hosts {
			if ns, name, _ := strings.Cut(h.Str(), "/"); ns == "" || name == "" {
				h.Reject("is not of the form namespace/name")
			}
		}
	}
}
