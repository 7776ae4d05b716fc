package cilium

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// rule reads one route. base is what filters of the listener do for all of its host.
func (c *configReader) rule(n *source.Node, base []filter) (intent.Rule, bool) {
	r := intent.Rule{Name: msg(n, "name").Str(), Comment: n.Comment(), From: intent.From(n.Ref())}
	when, path, ok := routeCondition(msg(n, "match"))
	if !ok || len(unreadOf(msg(n, "match"))) > 0 {
		c.fail("a condition of a route is not translated")
		return r, false
	}
	r.When = when
	r.Steps = append(c.headerSteps(n), c.stepsOf(c.perRoute(msg(n, "typedPerFilterConfig"), base))...)
	switch route, redirect, respond := msg(n, "route"), msg(n, "redirect"), msg(n, "directResponse"); {
	case route != nil:
		c.forward(&r, route, path)
	case redirect != nil:
		r.Then = redirectOf(redirect, path)
	case respond != nil:
		status := whole(msg(respond, "status"))
		if status == nil {
			return r, false
		}
		r.Then = intent.Respond{Status: *status, Body: msg(msg(respond, "body"), "inlineString").Str(), From: intent.From(respond.Ref())}
	default:
		c.fail("a route without an action is not translated")
		return r, false
	}
	return r, true
}

// ownTimeoutOf is Envoy's own, where a route says none.
func ownTimeoutOf() *intent.Timeout {
	d := ownTimeout
	return &intent.Timeout{Request: &d, From: intent.From(place.Default(Name, "route timeout"))}
}

// forward reads where requests go.
func (c *configReader) forward(r *intent.Rule, n *source.Node, path match.Atom) {
	to := c.backends(n)
	r.Then = intent.Forward{To: to}
	if rewrite, ok := rewriteOf(n, path); ok {
		r.Steps = append(r.Steps, rewrite)
	}
	for _, m := range msg(n, "requestMirrorPolicies").Items() {
		s := intent.Mirror{To: c.backend(msg(m, "cluster"), 0), Percent: 100, From: intent.From(m.Ref())}
		if f := msg(msg(m, "runtimeFraction"), "defaultValue"); f != nil {
			s.Percent = percent(f)
		}
		r.Steps = append(r.Steps, s)
	}
	r.Timeout = ownTimeoutOf()
	if t := msg(n, "timeout"); t != nil {
		r.Timeout = &intent.Timeout{Request: seconds(t), From: intent.From(t.Ref())}
	}
	if idle := msg(n, "idleTimeout"); idle != nil {
		r.Timeout.Idle = seconds(idle)
		r.Timeout.From = append(slices.Clone(r.Timeout.From), idle.Ref())
	}
	if p := msg(n, "retryPolicy"); p != nil {
		r.Retry = c.retryOf(p)
	}
	c.hashes(n, to)
	stream := msg(msg(n, "maxStreamDuration"), "maxStreamDuration")
	if d := seconds(stream); d != nil && *d != 0 {
		c.keep(stream, "the duration of streams is not translated", false)
	}
}

// backends reads one cluster, or several with their shares.
func (c *configReader) backends(n *source.Node) []intent.Backend {
	var to []intent.Backend
	if one := msg(n, "cluster"); one != nil {
		to = append(to, c.backend(one, 1))
	}
	all := msg(n, "weightedClusters")
	msg(all, "totalWeight").Skip("it is the sum of the weights")
	sum := 0
	for _, w := range msg(all, "clusters").Items() {
		weight := whole(msg(w, "weight"))
		if weight == nil {
			c.fail("a share without a weight is not translated")
			return nil
		}
		sum += *weight
		b := c.backend(msg(w, "name"), *weight)
		b.Steps = c.headerSteps(w)
		if host := msg(w, "hostRewriteLiteral"); host != nil {
			b.Steps = append(b.Steps, intent.Rewrite{Host: host.Str(), From: intent.From(host.Ref())})
		}
		to = append(to, b)
	}
	if all != nil && sum == 0 {
		all.Reject("has weights that sum to nothing, which Envoy refuses")
	}
	if len(to) == 0 {
		c.fail("what is sent to no cluster by name is not translated")
	}
	return to
}

// backend is the Service's endpoints that a cluster stands for.
func (c *configReader) backend(n *source.Node, weight int) intent.Backend {
	name := n.Str()
	cluster := c.clusterOf(name)
	endpoints, found := endpointsIn(cluster, name)
	e, ok := c.endpointsOf(endpoints)
	switch {
	case cluster == nil:
		c.note(diag.UnknownReference, "no configuration has the cluster "+name+", so that Envoy answers 503", "add the cluster, or correct the name", n.Ref())
		c.fail("a route to the cluster " + strconv.Quote(name) + ", which no configuration has, is not translated")
	case !found || !ok:
		c.fail("a route to the cluster " + strconv.Quote(name) + " is not translated")
	case !c.around().publishes(endpoints, c.in.Inventory.Service(e.service)):
		c.note(diag.UnknownReference, "no configuration asks for the endpoints "+endpoints+", so that Envoy knows none", "name the Service and its port under backendServices", n.Ref())
		c.fail("a route to endpoints that no configuration asks for is not translated")
	}
	return intent.Backend{
		Host: intent.Host{Service: e.service}, Port: e.port, Weight: weight, From: intent.From(n.Ref()),
		Missing: c.in.Env.Complete.Services && c.in.Inventory.Service(e.service) == nil || c.in.Inventory.Service(e.service).Lacks(e.port),
	}
}

// rewriteOf reads a new path and a new host.
func rewriteOf(n *source.Node, path match.Atom) (intent.Rewrite, bool) {
	out := intent.Rewrite{From: intent.From(n.Ref())}
	if h := msg(n, "hostRewriteLiteral"); h != nil {
		out.Host, out.From = h.Str(), intent.From(h.Ref())
	}
	out.Path = pathRewrite(n, path)
	return out, out.Path != nil || out.Host != ""
}

// retryOf reads a retry policy. Envoy tries once more where it does not say how
// often, and never where it does not say when.
// source/common/router/retry_state_impl.cc RetryStateImpl::create
func (c *configReader) retryOf(n *source.Node) *intent.Retry {
	r := &intent.Retry{Attempts: 1, PerTry: seconds(msg(n, "perTryTimeout")), Backoff: seconds(msg(msg(n, "retryBackOff"), "baseInterval")), From: intent.From(n.Ref())}
	r.At.Note(intent.SettingPerTry, msg(n, "perTryTimeout").Ref())
	r.At.Note(intent.SettingBackoff, msg(n, "retryBackOff").Ref())
	r.At.Note(intent.SettingConditions, msg(n, "retryOn").Ref())
	if a := whole(msg(n, "numRetries")); a != nil {
		r.Attempts = *a
	}
	if len(words(msg(n, "retryOn"))) == 0 {
		c.inert(cmp.Or(msg(n, "numRetries"), n), "a retry policy without retryOn has nothing tried again")
		r.Attempts = 0
	}
	byWord := map[string]intent.RetryOn{}
	for on, word := range retryWords {
		byWord[word] = on
	}
	codes := msg(n, "retriableStatusCodes").Items()
	conditions := words(msg(n, "retryOn"))
	for _, word := range conditions {
		switch on, known := byWord[word]; {
		case word == string(intent.OnRetriableCodes) && len(codes) > 0:
		case known:
			r.On = append(r.On, on)
		default:
			c.keep(msg(n, "retryOn"), "the model has no retries on "+word, false)
		}
	}
	for _, code := range codes {
		if slices.Contains(conditions, string(intent.OnRetriableCodes)) {
			r.On = append(r.On, intent.RetryOn(code.Text()))
		} else {
			c.inert(code, "statuses are tried again only where retryOn says retriable-status-codes")
		}
	}
	slices.Sort(r.On)
	for _, p := range msg(n, "retryHostPredicate").Items() {
		if typeOf(msg(p, "typedConfig")) == typePrevious {
			yes := true
			r.OtherHosts = &yes
			skipAll(p, "name")
		}
	}
	skipAll(n, "hostSelectionRetryMaxAttempts")
	return r
}
