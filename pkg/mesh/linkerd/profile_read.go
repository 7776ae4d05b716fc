package linkerd

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// profile is what a ServiceProfile or TrafficSplit says of a host.
type profile struct {
	home  *intent.Home
	rules []intent.Rule
	// overrides replace the endpoints of the host; empty is none.
	overrides []intent.Backend
	from      intent.Origin
}

// profileKey names a profile: its host, and the namespace whose clients it is
// for; "" is all clients, if they have no profile of their own.
type profileKey struct {
	host     intent.Host
	consumer string
}

// decides reports whether the profile puts routes, annotations and circuit
// breaking out of force.
// linkerd2-proxy linkerd/app/outbound/src/sidecar.rs
func (p *profile) decides() bool { return len(p.rules) > 0 || len(p.overrides) > 0 }

// splits reports whether a profile shares out connections too, of which it knows no
// routes.
func (p *profile) splits() bool { return p != nil && len(p.overrides) > 0 }

// readProfiles reads ServiceProfiles, then TrafficSplits, which an extension
// writes into the dstOverrides of a profile.
func (r *reader) readProfiles() {
	for _, o := range r.of(groupProfile, "ServiceProfile") {
		r.profile(o)
	}
	for _, o := range r.of(groupSplit, "TrafficSplit") {
		r.split(o)
	}
}

// profileOf finds or makes the profile of a host.
func (r *reader) profileOf(host intent.Host, namespace string) *profile {
	key := profileKey{host: host}
	if namespace != host.Service.Namespace {
		key.consumer = namespace
	}
	if r.profiles[key] == nil {
		r.profiles[key] = &profile{}
	}
	return r.profiles[key]
}

// profile reads a ServiceProfile. One that is not named after a Service of the cluster is
// looked for by no client: proxies ask by an address, or by the full name of a Service.
// linkerd2 controller/api/destination/server.go getProfileByIP, getProfileByName
func (r *reader) profile(o *source.Object) {
	if !strings.Contains(o.Name, ".") {
		o.Root.MarkRead()
		o.Root.Inert("its name is no fully qualified name of a host")
		r.diags.Add(diag.Inert, o.Ref().Object+" is about no host: its name is not fully qualified", "name it "+o.Name+"."+o.Namespace+".svc."+r.in.Env.ClusterDomain, o.Ref())
		return
	}
	host := r.in.Env.Host(o.Name)
	home := r.home(o)
	home.Name = cmp.Or(host.Service.Name, o.Name)
	spec := o.Root.Get("spec")
	p := &profile{}
	if !host.Service.IsZero() {
		p = r.profileOf(host, o.Namespace)
	}
	p.home, p.from = home, append(p.from, o.Ref())
	budget := r.budget(spec.Get("retryBudget"))
	for _, item := range spec.Get("routes").Items() {
		if rule, ok := r.profileRoute(item, home, budget); ok {
			p.rules = append(p.rules, rule)
		}
	}
	for _, item := range spec.Get("dstOverrides").Items() {
		p.overrides = r.override(p.overrides, item)
	}
	if n := spec.Get("opaquePorts"); n != nil {
		n.MarkRead()
		r.inert(n, "opaquePorts of a ServiceProfile cannot be set: its schema and Linkerd want different types")
	}
	switch {
	case host.Service.IsZero():
		o.Root.Inert("its name is that of no Service")
		r.diags.Add(diag.Inert, o.Ref().Object+" is about no Service of the cluster, of which alone Linkerd looks for a profile, and has no effect",
			"remove it, name it as NAME.NAMESPACE.svc."+r.in.Env.ClusterDomain+", or say the clusterDomain in the environment file", o.Ref())
	case !p.decides():
		r.inert(o.Root, "ServiceProfile "+o.Namespace+"/"+o.Name+" has neither routes nor overrides, and no effect")
	}
}

// Budgets where a profile says none, and the bounds past which the proxy drops
// one.
const (
	budgetRatio   = 0.2
	budgetMin     = 10
	budgetTTL     = 10 * time.Second
	budgetMaxTTL  = 60 * time.Second
	budgetMaxRate = 1000
)

// unlimited is the number of tries of a retryable route: as many as its budget
// allows.
const unlimited = 1<<31 - 1

// budget reads how many retries a profile allows.
func (r *reader) budget(n *source.Node) *intent.RetryBudget {
	b := defaultBudget()
	if n == nil {
		return b
	}
	for _, key := range []string{"retryRatio", "minRetriesPerSecond", "ttl"} {
		if n.Get(key) == nil {
			n.Reject("has no " + key)
		}
	}
	ratio := n.Get("retryRatio").Float()
	b.Percent, b.MinPerSecond, b.Interval, b.From = 100*ratio, n.Get("minRetriesPerSecond").Int(), n.Get("ttl").Duration(), intent.From(n.Ref())
	if ratio < 0 || ratio > budgetMaxRate || b.Interval < time.Second || b.Interval > budgetMaxTTL {
		r.diags.Add(diag.InvalidValue, "the retry budget is out of bounds, so that nothing is retried", "choose a ratio from 0 to 1000 and a ttl from 1s to 60s", n.Ref())
		return nil
	}
	return b
}

// profileRoute reads one route of a profile; ok is false for one that takes no
// request.
func (r *reader) profileRoute(n *source.Node, home *intent.Home, budget *intent.RetryBudget) (rule intent.Rule, ok bool) {
	rule = intent.Rule{Name: n.Get("name").Str(), Comment: n.Comment(), Home: home, Then: intent.Passthrough{}, From: intent.From(n.Ref())}
	if c := n.Get("condition"); c != nil {
		rule.When, ok = r.condition(c, true)
	} else {
		n.Reject("has no condition")
	}
	if t := n.Get("timeout"); t != nil && t.Str() != "" {
		d := t.Duration()
		rule.Timeout = &intent.Timeout{Request: &d, From: intent.From(t.Ref())}
	}
	retryable, classes := n.Get("isRetryable"), n.Get("responseClasses")
	on := r.failures(classes)
	if retryable.Bool() && budget != nil && len(on) > 0 {
		rule.Retry = &intent.Retry{Attempts: unlimited, On: on, Budget: budget, From: intent.From(retryable.Ref())}
	} else if len(classes.Items()) > 0 {
		r.notTranslated("which answers count as failures is told to metrics only, since the route is not retried", classes.Ref())
	}
	if !ok || match.IsFalse(rule.When) {
		r.inert(n, "the route "+rule.Name+" of a ServiceProfile takes no request: its condition is none, or never holds")
		return rule, false
	}
	return rule, true
}

// failures are the statuses that count as failures, by the first response class
// that holds, or else 5xx.
func (r *reader) failures(classes *source.Node) []intent.RetryOn {
	type class struct {
		holds response
		fails bool
	}
	var all []class
	for _, n := range classes.Items() {
		fails := n.Get("isFailure").Bool()
		if c := r.responseCondition(n.Get("condition")); c != nil {
			all = append(all, class{c, fails})
		}
	}
	fails := func(status int) bool {
		for _, c := range all {
			if c.holds(status) {
				return c.fails
			}
		}
		return status >= 500
	}
	return statusRanges(fails)
}

// statusRanges are the statuses for which a predicate holds, in ranges.
func statusRanges(fails func(status int) bool) []intent.RetryOn {
	var on []intent.RetryOn
	for low := 100; low <= 599; low++ {
		high := low
		for fails(low) && high < 599 && fails(high+1) {
			high++
		}
		if fails(low) {
			on = append(on, statusRange(low, high))
			low = high
		}
	}
	return on
}

func statusRange(low, high int) intent.RetryOn {
	if low == high {
		return intent.RetryOn(strconv.Itoa(low))
	}
	return intent.RetryOn(strconv.Itoa(low) + "-" + strconv.Itoa(high))
}

// override reads an entry of dstOverrides: an authority without a port keeps the
// port that was addressed, and one without weight gets nothing.
func (r *reader) override(to []intent.Backend, n *source.Node) []intent.Backend {
	authority, weight := n.Get("authority").Str(), quantity(n.Get("weight"))
	name, port, _ := strings.Cut(authority, ":")
	b := intent.Backend{Host: r.in.Env.Host(strings.ToLower(name)), Weight: weight, From: intent.From(n.Ref())}
	if port != "" {
		var err error
		if b.Port, err = strconv.Atoi(port); err != nil {
			n.Get("authority").Reject("has a port that is no number")
		}
	}
	if name == "" {
		n.Reject("has no authority")
	}
	if weight == 0 {
		return to
	}
	return append(to, r.found(b))
}

// quantity reads a Kubernetes quantity as a weight in thousandths; whole numbers
// keep their value, see weights.
func quantity(n *source.Node) int {
	text := n.Text()
	milli, isMilli := strings.CutSuffix(text, "m")
	f, err := strconv.ParseFloat(milli, 64)
	if err != nil || !(f >= 0 && f <= 1e9) {
		n.Reject("is not a weight")
		return 0
	}
	if isMilli {
		return int(f)
	}
	return int(f * 1000)
}

// weights divides weights by what they have in common.
func weights(backends []intent.Backend) []intent.Backend {
	d := 0
	for _, b := range backends {
		for x := b.Weight; x != 0; {
			d, x = x, d%x
		}
	}
	if d%1000 == 0 {
		d = 1000
	}
	out := slices.Clone(backends)
	for i := range out {
		out[i].Weight /= max(d, 1)
	}
	return out
}

// shadowed says why a route has no effect: a profile decides in its place.
func (r *reader) shadowed(service intent.Name, route *gatewayapi.Route) string {
	host := intent.Host{Service: service}
	own := r.profiles[profileKey{host: host}]
	consumer := r.profiles[profileKey{host, route.Object.Namespace}]
	if route.Protocol == intent.TCP {
		if own.splits() || route.Object.Namespace != service.Namespace && consumer.splits() {
			return "a ServiceProfile or TrafficSplit for the Service splits its connections"
		}
		return ""
	}
	if own != nil && own.decides() || route.Object.Namespace != service.Namespace && consumer != nil && consumer.decides() {
		return "a ServiceProfile or TrafficSplit for the Service puts routes out of force"
	}
	return ""
}

// profileTables puts the tables of profiles before the others, one for each port
// that these name, since the port is chosen before the client.
func (r *reader) profileTables() {
	var keys []profileKey
	for k, p := range r.profiles {
		if p.decides() {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b profileKey) int {
		return cmp.Or(cmp.Compare(a.host.String(), b.host.String()), -cmp.Compare(min(1, len(a.consumer)), min(1, len(b.consumer))), cmp.Compare(a.consumer, b.consumer))
	})
	var out []*intent.Routing
	for _, k := range keys {
		ports := []int{0}
		for _, t := range r.m.Routing {
			if t.Host == k.host && !slices.Contains(ports, t.Port) {
				ports = append(ports, t.Port)
			}
		}
		slices.Sort(ports)
		for _, port := range ports {
			out = append(out, r.profiles[k].table(k, port))
		}
	}
	r.m.Routing = append(out, r.m.Routing...)
}

// table is the table of a profile at a port.
func (p *profile) table(k profileKey, port int) *intent.Routing {
	t := &intent.Routing{Home: p.home, Host: k.host, Port: port, Else: intent.Passthrough{}, From: p.from}
	if k.consumer != "" {
		t.Scope.Client = match.Atom{Field: match.ClientNamespace, Op: match.Exact, Value: k.consumer}
	}
	t.Rules = slices.Clone(p.rules)
	if len(p.overrides) > 0 {
		to := intent.Forward{To: weights(p.overrides)}
		for i := range t.Rules {
			t.Rules[i].Then = to
		}
		t.Rules = append(t.Rules, intent.Rule{Home: p.home, Then: to, From: p.from})
	}
	return t
}
