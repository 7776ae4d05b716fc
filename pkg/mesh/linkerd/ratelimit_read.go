package linkerd

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// rateLimit is an HTTPLocalRateLimitPolicy as read. Its buckets are of one port of
// one pod, hold what a second refills, and are asked after the authorizations: the
// total first, then that of the client.
// linkerd2-proxy linkerd/proxy/server-policy/src/local_rate_limit.rs, linkerd/app/inbound/src/policy/http.rs
type rateLimit struct {
	object *source.Object
	home   *intent.Home
	server intent.Name
	// limits are its facts, without a scope.
	limits []*intent.RateLimit
	// empty are overrides for no client.
	empty []*source.Node
	// contested says that of the Servers of one port it is not known which counts.
	contested, lifted bool
}

// rateLimits reads the policies, by age and name where both have an age.
func (r *reader) rateLimits() {
	for _, o := range r.of(groupPolicy, "HTTPLocalRateLimitPolicy") {
		r.limits = append(r.limits, r.rateLimit(o))
	}
	slices.SortStableFunc(r.limits, func(a, b *rateLimit) int {
		return cmp.Or(cmp.Compare(created(a.object), created(b.object)), cmp.Compare(a.object.Name, b.object.Name))
	})
}

// rateLimit reads one policy, and rejects what the admission webhook does.
// linkerd2 policy-controller/runtime/src/admission.rs
func (r *reader) rateLimit(o *source.Object) *rateLimit {
	spec := o.Need("spec")
	l := &rateLimit{object: o, home: r.home(o), server: intent.Name{Namespace: o.Namespace, Name: serverTarget(spec)}}
	total := l.add(spec.Get("total"), intent.PerWorkload, nil)
	within := func(n *source.Node, rate int) {
		if total > 0 && rate > total {
			n.Get(perSecond).Reject("is more than that of total")
		}
	}
	clients := r.overridden(spec.Get("overrides").Items(), o.Namespace)
	var or match.Or
	for i, n := range spec.Get("overrides").Items() {
		or = append(or, clients[i])
		within(n, l.add(n, intent.PerWorkload, clients[i]))
		if match.IsFalse(clients[i]) {
			l.empty = append(l.empty, n)
		}
	}
	l.limits = slices.DeleteFunc(l.limits, func(f *intent.RateLimit) bool { return f.When != nil && match.IsFalse(f.When) })
	identity := spec.Get("identity")
	within(identity, l.add(identity, intent.PerClient, match.Negate(match.Simplify(or))))
	return l
}

const perSecond = "requestsPerSecond"

// add adds a limit of so many requests a second for the requests of some clients,
// and returns the rate; 0 is none.
func (l *rateLimit) add(n *source.Node, per intent.RatePer, when match.Expr) int {
	if n == nil {
		return 0
	}
	rate := n.Get(perSecond)
	if rate == nil {
		n.Reject("has no " + perSecond)
		return 0
	}
	requests := rate.Int()
	if requests < 1 || requests > math.MaxUint32 {
		rate.Reject("is no rate from 1 to 4294967295")
		return 0
	}
	l.limits = append(l.limits, &intent.RateLimit{
		Home: l.home, When: when, Per: per, Requests: requests, Interval: time.Second, Burst: requests, From: intent.From(n.Ref(), l.object.Ref()),
	})
	return requests
}

// serverTarget is the Server that a policy is for.
func serverTarget(spec *source.Node) string {
	to := spec.Get("targetRef")
	if to == nil {
		spec.Reject("has no targetRef")
		return ""
	}
	if !strings.EqualFold(to.Get("kind").Str(), "Server") || !strings.EqualFold(to.Get("group").Str(), groupPolicy) {
		to.Reject("is no Server")
	}
	if to.Get("name").Str() == "" {
		to.Reject("has no name")
	}
	return to.Get("name").Str()
}

// overridden are the clients of each override: of several that name one client,
// the last counts for it.
func (r *reader) overridden(items []*source.Node, ns string) []match.Expr {
	out := make([]match.Expr, len(items))
	named := map[intent.Name]bool{}
	for i, n := range slices.Backward(items) {
		refs := n.Get("clientRefs")
		if refs == nil {
			n.Reject("has no clientRefs")
		}
		or := match.Or{}
		var own []intent.Name
		for _, ref := range refs.Items() {
			name := limitedAccount(ref, ns)
			if named[name] {
				r.inert(ref, "a later override names the same client")
				continue
			}
			own = append(own, name)
			or = append(or, r.ids.account(name, ref.Ref()))
		}
		for _, name := range own {
			named[name] = true
		}
		out[i] = match.Simplify(or)
	}
	return out
}

// limitedAccount reads a reference to a client, a ServiceAccount.
func limitedAccount(n *source.Node, ns string) intent.Name {
	group, name := n.Get("group").Str(), n.Get("name").Str()
	if !strings.EqualFold(n.Get("kind").Str(), "ServiceAccount") || group != "" && !strings.EqualFold(group, "core") {
		n.Reject("is no ServiceAccount")
	}
	if name == "" {
		n.Reject("has no name")
	}
	return intent.Name{Namespace: cmp.Or(n.Get("namespace").Str(), ns), Name: name}
}

// rates lifts the limits of the Server of a site, if it is known which that is.
func (r *reader) rates(scope intent.Scope, servers []*server) {
	for _, s := range servers {
		l := r.limitOf(s)
		switch {
		case l == nil:
		case len(servers) > 1:
			l.contested = true
		case s.carriesHTTP():
			l.lifted = true
			for _, fact := range l.limits {
				at := *fact
				at.Scope = scope
				r.m.Rates = append(r.m.Rates, &at)
			}
		}
	}
}

// limitOf is the policy that counts for a Server: the first by age and name. nil
// is none, and also that the age of several is not known.
// linkerd2 policy-controller/k8s/status/src/index.rs target_ref_status
func (r *reader) limitOf(s *server) *rateLimit {
	of := r.limitsOf(s.name())
	if len(of) == 0 || len(of) > 1 && created(of[0].object) == "" {
		return nil
	}
	return of[0]
}

func (r *reader) limitsOf(name intent.Name) []*rateLimit {
	return slices.DeleteFunc(slices.Clone(r.limits), func(l *rateLimit) bool { return l.server != name })
}

// carriesHTTP reports whether the Server's port may carry HTTP requests whose rate
// is limited. linkerd2 policy-controller/grpc/src/inbound.rs to_server
func (s *server) carriesHTTP() bool {
	return s.protocol != protocolGRPC && s.protocol != protocolOpaque && s.protocol != protocolTLS
}

// restOfLimits says what becomes of policies that are not lifted.
func (r *reader) restOfLimits() {
	for _, l := range r.limits {
		name := "HTTPLocalRateLimitPolicy " + l.object.Namespace + "/" + l.object.Name
		if why := r.limitsNothing(l); why != "" {
			r.inert(l.object.Root, name+" "+why)
			continue
		}
		why := r.keptLimit(l)
		if why == "" {
			for _, n := range l.empty {
				r.inert(n, "an override for no client has no effect")
			}
			continue
		}
		r.m.Rates = slices.DeleteFunc(r.m.Rates, func(f *intent.RateLimit) bool { return f.Home == l.home })
		r.verbatim(l.object, l.home, why)
		r.notTranslated(name+": "+why, l.object.Ref())
	}
}

// keptLimit says why a policy is kept as it is; "" is that it is lifted.
func (r *reader) keptLimit(l *rateLimit) string {
	of := r.limitsOf(l.server)
	switch {
	case len(of) > 1 && created(of[0].object) == "":
		return "it is not known whether it or " + others(of, l) + " counts for its Server, since the input tells no creationTimestamp"
	case l.contested:
		return "whether its Server counts is not known"
	case !l.lifted:
		return "its Server is not in the input, or not understood"
	}
	return ""
}

// others names the other policies for a Server.
func others(of []*rateLimit, l *rateLimit) string {
	var names []string
	for _, x := range of {
		if x != l {
			names = append(names, x.object.Name)
		}
	}
	return strings.Join(names, " or ")
}

// limitsNothing says why a policy has no effect; "" is that it may have one: its
// Server may be elsewhere.
func (r *reader) limitsNothing(l *rateLimit) string {
	if len(l.limits) == 0 {
		return "limits nothing"
	}
	for _, s := range r.servers {
		switch {
		case s.name() != l.server:
		case s.inert:
			return "is for a Server that has no effect"
		case !s.carriesHTTP():
			return "has no effect on Server " + l.server.String() + ", which declares " + s.protocol
		}
	}
	of := r.limitsOf(l.server)
	if first := of[0].object; first != l.object && created(first) != "" {
		return "has no effect: " + first.Namespace + "/" + first.Name + " is for the same Server and goes before it"
	}
	return ""
}
