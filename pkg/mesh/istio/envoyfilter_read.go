package istio

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// The names by which Envoy and Istio know what limits rates.
const (
	filterManager   = "envoy.filters.network.http_connection_manager"
	filterRouter    = "envoy.filters.http.router"
	filterRate      = "envoy.filters.http.local_ratelimit"
	typeRate        = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
	typeStruct      = "type.googleapis.com/udpa.type.v1.TypedStruct"
	statRate        = "http_local_rate_limiter"
	keyRateEnabled  = "local_rate_limit_enabled"
	keyRateEnforced = "local_rate_limit_enforced"
)

// rateFilter is an EnvoyFilter that limits rates, and nothing else.
type rateFilter struct {
	object  *source.Object
	subject match.Expr
	limits  []*intent.RateLimit
	// off are the patches that limit nothing.
	off []*source.Node
}

// envoyFilters lifts those that limit rates in the form of Istio's task, and keeps
// the others. Filters of several EnvoyFilters for the same workloads are asked in
// an order that depends on their age, so that these are kept too.
// https://istio.io/latest/docs/tasks/policy-enforcement/rate-limit/
func (r *reader) envoyFilters(objs []*source.Object) {
	found := map[*source.Object]*rateFilter{}
	objs = slices.DeleteFunc(slices.Clone(objs), r.choosesNobody)
	for _, o := range objs {
		if f := r.rateFilter(o); f != nil {
			found[o] = f
		}
	}
	for _, o := range objs {
		f := found[o]
		if f == nil || slices.ContainsFunc(objs, func(x *source.Object) bool { return x != o && found[x] != nil && f.meets(found[x]) }) {
			r.opaque(o, "EnvoyFilter")
			continue
		}
		r.limit(f)
	}
}

func (f *rateFilter) meets(x *rateFilter) bool {
	_, answer := match.Overlap(f.subject, x.subject)
	return answer != match.No
}

// limit lifts the limits of an EnvoyFilter. Those before all other filters are
// asked in the reverse order, each being put before those that are there.
func (r *reader) limit(f *rateFilter) {
	home := r.home(f.object)
	var first, last []*intent.RateLimit
	for _, l := range f.limits {
		l.Home = home
		if l.Denied {
			first = slices.Insert(first, 0, l)
		} else {
			last = append(last, l)
		}
	}
	r.m.Rates = append(r.m.Rates, slices.Concat(first, last)...)
	for _, n := range f.off {
		const why = "filter_enabled and filter_enforced are of no requests where they are absent, or 0 of 100"
		n.Inert(why)
		r.add(diag.Inert, "a patch of "+f.object.Ref().Object+" limits nothing: "+why, "set both to 100 of 100, or remove it", n.Ref())
	}
	if len(f.limits) == 0 && len(f.off) > 0 {
		f.object.Root.Get("spec").Get("workloadSelector").Inert("no patch of it limits anything")
	}
}

// rateFilter reads an EnvoyFilter that says nothing but limits of rates; nil is any
// other.
func (r *reader) rateFilter(o *source.Object) *rateFilter {
	spec := o.Root.Get("spec")
	s := &rateShape{ok: spec.Kind() == source.Map}
	f := &rateFilter{object: o}
	labels := spec.Get("workloadSelector").Get("labels")
	s.seen += len(labels.Entries())
	patches := spec.Get("configPatches").Items()
	for _, n := range patches {
		if s.ok {
			f.add(s, n)
		}
	}
	if !s.ok || len(patches) == 0 || s.seen != spec.CountLeaves() {
		return nil
	}
	f.subject = r.selector(spec.Get("workloadSelector"), "labels", o.Namespace)
	for _, l := range f.limits {
		l.Scope.Subject = match.Conj(f.subject, match.Simplify(l.Scope.Subject))
	}
	return f
}

// add reads one patch: where the limit is put in, and the limit.
func (f *rateFilter) add(s *rateShape, n *source.Node) {
	s.is(n.Get("applyTo"), "HTTP_FILTER")
	at, patch := n.Get("match"), n.Get("patch")
	s.is(at.Get("context"), "SIDECAR_INBOUND")
	chain := at.Get("listener").Get("filterChain")
	s.is(chain.Get("filter").Get("name"), filterManager)
	before := s.may(chain.Get("filter").Get("subFilter").Get("name"), filterRouter)
	s.is(patch.Get("operation"), "INSERT_BEFORE")
	s.is(patch.Get("value").Get("name"), filterRate)
	config := s.config(patch.Get("value").Get("typed_config"))
	if !s.ok {
		return // what another filter is configured with has fields of its own
	}
	l, on := s.limit(config)
	l.Denied, l.From = before == "", intent.From(n.Ref(), f.object.Ref())
	if port := chain.Get("destinationPort"); port != nil {
		l.Scope.Subject = match.Atom{Field: match.Port, Value: strconv.Itoa(s.number(port)), Ref: new(port.Ref())}
	}
	if on {
		f.limits = append(f.limits, l)
	} else {
		f.off = append(f.off, n)
	}
}

// rateShape recognises the one form that is lifted: it counts the values that it
// knows, so that any other shows.
type rateShape struct {
	ok   bool
	seen int
}

// text reads a scalar; "" is that there is none.
func (s *rateShape) text(n *source.Node) string {
	if n == nil {
		return ""
	}
	s.seen++
	if n.Kind() != source.Scalar {
		s.ok = false
		return ""
	}
	return n.Text()
}

// is wants a value, may one or none.
func (s *rateShape) is(n *source.Node, want string) { s.ok = s.ok && s.text(n) == want }

func (s *rateShape) may(n *source.Node, want string) string {
	got := s.text(n)
	s.ok = s.ok && (got == want || n == nil)
	return got
}

func (s *rateShape) number(n *source.Node) int {
	i, err := strconv.ParseUint(s.text(n), 10, 32)
	s.ok = s.ok && err == nil && i > 0
	return int(i)
}

// config unwraps what a filter is configured with.
func (s *rateShape) config(n *source.Node) *source.Node {
	kind := s.text(n.Get("@type"))
	if kind == typeRate {
		return n
	}
	if s.ok = s.ok && kind == typeStruct; s.ok {
		s.is(n.Get("type_url"), typeRate)
	}
	return n.Get("value")
}

// limit reads a limit, and whether it limits at all.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/local_ratelimit/v3/local_rate_limit.proto
func (s *rateShape) limit(n *source.Node) (l *intent.RateLimit, on bool) {
	s.is(n.Get("stat_prefix"), statRate)
	bucket := n.Get("token_bucket")
	l = &intent.RateLimit{Per: intent.PerSecurity, Requests: 1, Burst: s.number(bucket.Get("max_tokens"))}
	if per := bucket.Get("tokens_per_fill"); per != nil {
		l.Requests = s.number(per)
	}
	l.Interval = s.interval(bucket.Get("fill_interval"))
	enabled, enforced := s.whole(n.Get("filter_enabled"), keyRateEnabled), s.whole(n.Get("filter_enforced"), keyRateEnforced)
	if exhausted := n.Get("rate_limited_as_resource_exhausted"); exhausted == nil {
		l.Unavailable = true
	} else {
		s.is(exhausted, "true")
	}
	for _, h := range n.Get("response_headers_to_add").Items() {
		s.may(h.Get("append"), "false")
		key, value := s.text(h.Get("header").Get("key")), s.text(h.Get("header").Get("value"))
		s.ok = s.ok && key != "" && literalHeader(value)
		l.Headers = append(l.Headers, intent.Pair{Key: strings.ToLower(key), Value: value, From: intent.From(h.Ref())})
	}
	return l, enabled && enforced
}

// leastInterval is the shortest time in which Envoy refills a bucket.
const leastInterval = 50 * time.Millisecond

func (s *rateShape) interval(n *source.Node) time.Duration {
	text := s.text(n)
	d, err := time.ParseDuration(text)
	s.ok = s.ok && err == nil && d >= leastInterval && strings.Trim(text, "0123456789.") == "s"
	return d
}

// whole reads a share of requests: all, or none.
func (s *rateShape) whole(n *source.Node, key string) bool {
	s.may(n.Get("runtime_key"), key)
	share := n.Get("default_value")
	s.may(share.Get("denominator"), "HUNDRED")
	text := s.text(share.Get("numerator"))
	s.ok = s.ok && (text == "100" || text == "0" || text == "")
	return text == "100"
}

// literalHeader reports whether Envoy adds the value of a header as it is.
func literalHeader(value string) bool { return value != "" && !strings.Contains(value, "%") }
