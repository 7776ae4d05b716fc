package consul

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

// router is a ServiceRouter as read: which requests go where.
type router struct {
	object  *source.Object
	service service
	routes  []route
}

// route is one line; the first that holds counts.
type route struct {
	leg
	when    match.Expr
	steps   []intent.Step
	timeout *intent.Timeout
	retry   *intent.Retry
	comment string
	from    intent.Origin
}

// readRouter reads one.
func (r *reader) readRouter(o *source.Object) {
	s := r.own(o)
	if old := r.routers[s]; old != nil {
		r.wrong(o, "there is a second one of that name", old.object.Ref())
		return
	}
	spec := specOf(o)
	r.home(o)
	rt := &router{object: o, service: s}
	for _, n := range spec.get("routes").items() {
		rt.routes = append(rt.routes, r.route(n, s))
	}
	r.routers[s] = rt
}

func (r *reader) route(n value, own service) route {
	n.Node.Kind()
	http := n.get("match").get("http")
	n.get("match").Node.Kind()
	http.Node.Kind()
	dest := n.get("destination")
	dest.Node.Kind()
	out := route{leg: r.routedLeg(dest, own), when: r.routeMatch(http), comment: n.Node.Comment(), from: intent.From(n.Node.Ref())}
	out.leg.node = n
	if v := dest.get("prefixRewrite"); v.text() != "" {
		out.steps = append(out.steps, r.rewrite(v, http))
	}
	out.steps = append(out.steps, r.headerSteps(dest.get("requestHeaders"), intent.OnRequest)...)
	out.steps = append(out.steps, r.headerSteps(dest.get("responseHeaders"), intent.OnResponse)...)
	out.timeout = readTimeout(dest)
	out.retry = r.readRetry(dest)
	return out
}

// routeMatch reads which requests are meant.
func (r *reader) routeMatch(n value) match.Expr {
	all := []match.Expr{pathOf(n)}
	for _, h := range n.get("header").items() {
		all = append(all, headerOf(h, false))
	}
	for _, q := range n.get("queryParam").items() {
		all = append(all, queryOf(q))
	}
	all = append(all, methodsOf(n.get("methods")))
	return match.Conj(all...)
}

// queryOf reads a condition on a query parameter.
func queryOf(n value) match.Expr {
	a := match.Atom{Field: match.Query, Key: n.get("name").text(), Ref: new(n.Node.Ref())}
	if a.Key == "" {
		n.Node.Reject("has no name")
	}
	said := 0
	if v := n.get("exact"); v.text() != "" {
		said++
		a.Op, a.Value = match.Exact, v.text()
	}
	if v := n.get("regex"); v.text() != "" {
		said++
		checkRegex(v)
		a.Op, a.Value = match.Regex, v.text()
	}
	if n.get("present").boolean() {
		said++
		a.Op = match.Present
	}
	if said != 1 {
		n.Node.Reject("must say exactly one of present, exact and regex")
	}
	return a
}

// rewrite reads a new path: it replaces the prefix that was matched, or the exact
// path as a whole.
func (r *reader) rewrite(v, http value) intent.Step {
	out := intent.Rewrite{From: intent.From(v.Node.Ref()), Path: &intent.PathRewrite{Kind: intent.FullPath, Replace: v.text()}}
	prefix := http.get("pathPrefix").text()
	switch {
	case prefix != "":
		out.Path.Kind, out.Path.Match = intent.PrefixPath, prefix
	case http.get("pathExact").text() == "":
		v.Node.Reject("needs pathExact or pathPrefix")
	}
	return out
}

// headerSteps reads changes to headers, in Envoy's order: what is removed, then
// what is added, then what is set.
func (r *reader) headerSteps(n value, on intent.Message) []intent.Step {
	var out []intent.Step
	for _, v := range n.get("remove").items() {
		out = append(out, intent.Headers{On: on, Op: intent.RemoveHeader, Name: strings.ToLower(v.text()), From: intent.From(v.Node.Ref())})
	}
	for _, change := range []struct {
		key string
		op  intent.HeaderOp
	}{{"add", intent.AddHeader}, {"set", intent.SetHeader}} {
		entries := n.get(change.key).entries()
		slices.SortStableFunc(entries, func(a, b source.Entry) int { return strings.Compare(a.Key, b.Key) })
		for _, e := range entries {
			v := value{e.Value, n.entry}
			out = append(out, intent.Headers{On: on, Op: change.op, Name: strings.ToLower(e.Key), Value: v.text(), From: intent.From(v.Node.Ref())})
		}
	}
	return out
}

// readTimeout reads how long a request may take: zero is the default, and a
// negative duration is no limit.
func readTimeout(n value) *intent.Timeout {
	var t intent.Timeout
	for _, f := range []struct {
		name string
		to   **time.Duration
	}{{"requestTimeout", &t.Request}, {"idleTimeout", &t.Idle}} {
		v := n.get(f.name)
		d := v.duration()
		if d == 0 {
			continue
		}
		d = max(d, 0)
		*f.to = &d
		t.From = append(t.From, v.Node.Ref())
	}
	if t.Request == nil && t.Idle == nil {
		return nil
	}
	return &t
}

// retryWords are the conditions that Consul knows.
var retryWords = map[string]intent.RetryOn{
	"5xx": intent.On5xx, "gateway-error": intent.OnGatewayError, "reset": intent.OnReset, "connect-failure": intent.OnConnectFailure,
	"envoy-ratelimited": intent.OnEnvoyLimited, "retriable-4xx": intent.OnRetriable4xx, "refused-stream": intent.OnRefusedStream,
	"cancelled": "grpc:cancelled", "deadline-exceeded": "grpc:deadline-exceeded", "internal": "grpc:internal",
	"resource-exhausted": "grpc:resource-exhausted", "unavailable": "grpc:unavailable",
}

// readRetry reads when a request is tried again. A number of tries alone does
// nothing, since no condition is told to Envoy; conditions alone are one try.
// agent/xds/routes.go makeRouteRetryPolicy
func (r *reader) readRetry(n value) *intent.Retry {
	tries := n.get("numRetries")
	out := &intent.Retry{Attempts: tries.count()}
	if out.Attempts == 0 {
		out.Attempts = 1
	}
	for _, v := range n.get("retryOn").items() {
		on, ok := retryWords[v.text()]
		if !ok {
			v.Node.Reject("is no condition that Consul knows")
		}
		out.On = append(out.On, on)
		out.From = append(out.From, v.Node.Ref())
	}
	if v := n.get("retryOnConnectFailure"); v.boolean() {
		out.On, out.From = append(out.On, intent.OnConnectFailure), append(out.From, v.Node.Ref())
	}
	for _, v := range n.get("retryOnStatusCodes").items() {
		out.On, out.From = append(out.On, intent.RetryOn(strconv.Itoa(v.count()))), append(out.From, v.Node.Ref())
	}
	slices.Sort(out.On)
	out.On = slices.Compact(out.On)
	for _, ref := range out.From {
		out.At.Note(intent.SettingConditions, ref)
	}
	if len(out.On) > 0 {
		if !tries.missing() {
			out.From = append(out.From, tries.Node.Ref())
		}
		return out
	}
	if tries.count() > 0 {
		r.inert(tries.Node, "numRetries without a condition never tries again")
	}
	return nil
}

// enterpriseInLeg says that a namespace or partition means nothing.
func (r *reader) enterpriseInLeg(v value, key string) {
	v.Node.Inert("the community edition has no " + key + "s")
	r.diags.Add(diag.InvalidValue, v.Node.Ref().Object+" names a "+key+", which the community edition of Consul does not have", "remove it, or say that the source is consul@"+versionEnterprise, v.Node.Ref())
}
