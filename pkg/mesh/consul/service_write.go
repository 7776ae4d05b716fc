package consul

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// serviceWords is what is said of one service by its resolver and its defaults.
type serviceWords struct {
	service   service
	namespace string
	// http says that routes or permissions need an HTTP protocol; grpc that
	// routes are declared for gRPC.
	http, grpc bool
	subsets    map[string]match.Expr
	subsetFrom map[string]intent.Origin
	timeout    *intent.Timeout
	// limit is what the service's own proxy must allow: longer than its 15 seconds;
	// nil is that it need not be told, 0 that it sets no limit.
	limit     *time.Duration
	limitFrom intent.Origin
	// redirect is where all that goes to it is sent on, defaultSubset which of its
	// endpoints are meant where a leg does not say, and standIns what stands in for its
	// endpoints by subset, "" for those that none of the others is about.
	redirect      *intent.Backend
	defaultSubset string
	subsetAt      intent.Origin
	standIns      map[string][]intent.Backend
	home          *intent.Home // of the table that says so
	upstream      *intent.Upstream
	consumes      []*intent.Upstream // how it treats what it calls
	intake        *intent.Intake     // what its own proxy keeps to; nil is nothing
	outside       []*intent.External // what it stands for outside of the mesh
	spoken        *spoken            // what the source says that it speaks; nil is nothing
	from          intent.Origin
}

// words finds or makes what is said of a service.
func (w *writer) words(s service, namespace string) *serviceWords {
	if w.services[s] == nil {
		namespace = cmp.Or(w.livesIn[s], namespace)
		w.services[s] = &serviceWords{service: s, namespace: namespace, subsets: map[string]match.Expr{}, subsetFrom: map[string]intent.Origin{}, standIns: map[string][]intent.Backend{}}
	}
	return w.services[s]
}

func (x *serviceWords) routed(t *intent.Routing) {
	x.http, x.grpc, x.from = true, x.grpc || t.Protocol == intent.GRPC, append(x.from, t.From...)
}

// speaksHTTP notes that permissions tell requests to a service apart.
func (w *writer) speaksHTTP(s service, namespace string) { w.words(s, namespace).http = true }

// reached notes a leg to a service: it has the protocol of the route, and the
// subset that the leg names.
func (w *writer) reached(h hop, b *intent.Backend) {
	w.words(h.service, w.homeOf(h, b)).http = true
	w.defines(h, b)
}

// reachedFromOutside notes that services which requests are routed to at an ingress
// gateway speak HTTP, unless the source says otherwise: its gateways lead there all the same.
func (w *writer) reachedFromOutside() {
	for _, t := range w.entered {
		for i := range t.Rules {
			for _, b := range legs(t.Rules[i].Then) {
				if s := w.service(b.Host.Service); t.Protocol == intent.HTTP && b.Host.DNS == "" && !w.speaksTCP(s) {
					w.speaksHTTP(s, b.Host.Service.Namespace)
				}
			}
		}
	}
}

// speaksTCP reports whether the source says that a service speaks no HTTP.
func (w *writer) speaksTCP(s service) bool {
	said := w.allSpeak
	if x := w.services[s]; x != nil && x.spoken != nil {
		said = x.spoken
	}
	return said != nil && said.Protocol == protocolTCP
}

// homeOf is the namespace of where a leg leads.
func (w *writer) homeOf(h hop, b *intent.Backend) string {
	if t := w.tables[h.service]; b.Host.Service.IsZero() && t != nil {
		return t.Host.Service.Namespace
	}
	return b.Host.Service.Namespace
}

// defines notes the subset that a leg leads to.
func (w *writer) defines(h hop, b *intent.Backend) {
	x := w.words(h.service, w.homeOf(h, b))
	x.from = append(x.from, b.From...)
	if h.subset != "" {
		x.subsets[h.subset] = b.Subset
		x.subsetFrom[h.subset] = append(x.subsetFrom[h.subset], b.From...)
	}
}

// allows notes that the own proxy of where a rule leads must let requests take as
// long as the rule does.
func (x *serviceWords) allows(t *intent.Timeout) {
	if t == nil || t.Request == nil || !longer(*t.Request, routeTimeout) {
		return
	}
	if x.limit == nil || longer(*t.Request, *x.limit) {
		x.limit = t.Request
	}
	x.limitFrom = append(x.limitFrom, t.From...)
}

// longer compares bounds, of which 0 is none.
func longer(a, b time.Duration) bool { return b != 0 && (a == 0 || a > b) }

// sorted lists services by namespace and name.
func (w *writer) sorted() []*serviceWords {
	return slices.SortedFunc(maps.Values(w.services), func(a, b *serviceWords) int {
		return cmp.Or(strings.Compare(a.namespace, b.namespace), strings.Compare(a.service.name, b.service.name))
	})
}

// upstreams notes how the endpoints of services are treated, and the subsets that
// are defined and perhaps used by none.
func (w *writer) upstreams() {
	for _, u := range w.m.Upstream {
		if u.From.Defaulted() || u.Host.Service.IsZero() || !match.IsTrue(match.Simplify(u.Scope.Client)) {
			continue
		}
		x := w.words(w.service(u.Host.Service), u.Host.Service.Namespace)
		if u.SubsetName != "" {
			if _, why := filterOf(u.Subset); why == "" {
				name := subsetText(u.SubsetName, u.Subset)
				x.subsets[name], x.subsetFrom[name] = u.Subset, append(x.subsetFrom[name], u.From...)
				x.home = cmp.Or(x.home, u.Home)
			}
			continue
		}
		if x.upstream == nil {
			x.upstream = u
		}
	}
}

// resolvers prints subsets, what is sent on and what stands in, how an endpoint is chosen, and how long it may take to
// connect and to answer.
func (w *writer) resolvers() {
	for _, x := range w.sorted() {
		if len(x.subsets) == 0 && x.timeout == nil && x.upstream == nil && x.redirect == nil && len(x.standIns) == 0 {
			continue
		}
		home, from := x.home, x.from
		if x.upstream != nil {
			home, from = x.upstream.Home, x.upstream.From
		}
		o := w.object(kindResolver, x.namespace, x.service.name, home, from)
		spec := w.spec(o)
		if x.defaultSubset != "" {
			spec.Set("defaultSubset", manifest.Str(x.defaultSubset).Because(x.subsetAt...))
		}
		if subsets := x.writeSubsets(); len(subsets.Kids) > 0 {
			spec.Set("subsets", subsets)
		}
		spec.Set("redirect", w.writeRedirect(x)).Set("failover", w.writeStandIns(x))
		if u := x.upstream; u != nil {
			if u.Limits != nil {
				spec.Set("connectTimeout", writeLimit(u.Limits.ConnectTimeout).Because(u.Limits.From...))
			}
		}
		if x.timeout != nil {
			spec.Set("requestTimeout", writeLimit(x.timeout.Request).Because(x.timeout.From...))
		}
		if u := x.upstream; u != nil && u.Balance != nil {
			spec.Set("loadBalancer", writeBalance(u.Balance))
		}
	}
}

func (x *serviceWords) writeSubsets() *manifest.Node {
	out := manifest.Map()
	for _, name := range slices.Sorted(maps.Keys(x.subsets)) {
		one := manifest.Map()
		if filter, why := filterOf(x.subsets[name]); why == "" {
			one.Set("filter", manifest.Str(filter))
		}
		out.Set(name, one.Because(x.subsetFrom[name]...).Because(atomOrigins(x.subsets[name])...))
	}
	return out
}

func atomOrigins(e match.Expr) intent.Origin {
	var out intent.Origin
	match.Atoms(e, func(a match.Atom, _ bool) { out = append(out, intent.From(a.Place())...) })
	return out
}

// writeBalance prints how an endpoint is chosen.
func writeBalance(b *intent.Balance) *manifest.Node {
	if b.Hash == nil {
		if balanceWords[b.Policy] == "" {
			return nil
		}
		return manifest.Map().Because(b.From...).Set("policy", manifest.Str(balanceWords[b.Policy]))
	}
	h := b.Hash
	n := manifest.Map().Because(b.From...).Set("policy", manifest.Str("ring_hash"))
	if h.Table == maglevTable {
		n.Set("policy", manifest.Str("maglev"))
	} else if size, ok := strings.CutPrefix(h.Table, "ring:"); ok {
		smallest, _ := strconv.Atoi(size)
		n.Set("ringHashConfig", manifest.Map().Set("minimumRingSize", manifest.Int(smallest)))
	}
	return n.Set("hashPolicies", manifest.List(writeHash(h)))
}

func writeHash(h *intent.Hash) *manifest.Node {
	n := manifest.Map().Because(h.From...)
	field := func(kind, name string) *manifest.Node {
		return n.Set("field", manifest.Str(kind)).Set("fieldValue", manifest.Str(name))
	}
	switch {
	case h.SourceIP:
		n.Set("sourceIP", manifest.Bool(true))
	case h.Header != "":
		field("header", h.Header)
	case h.Query != "":
		field("query_parameter", h.Query)
	case h.Cookie != nil:
		field("cookie", h.Cookie.Name)
		if c := writeCookie(h.Cookie); len(c.Kids) > 0 {
			n.Set("cookieConfig", c)
		}
	}
	return n
}

func writeCookie(c *intent.HashCookie) *manifest.Node {
	n := manifest.Map()
	switch {
	case c.TTL == nil:
	case *c.TTL == 0:
		n.Set("session", manifest.Bool(true))
	default:
		n.Set("ttl", manifest.Str(c.TTL.String()))
	}
	if c.Path != "" {
		n.Set("path", manifest.Str(c.Path))
	}
	return n
}
