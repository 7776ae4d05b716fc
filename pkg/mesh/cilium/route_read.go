package cilium

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// rule reads one route. base is what filters of the listener do for all.
func (c *configReader) rule(n *source.Node, base []intent.Step) (intent.Rule, bool) {
	r := intent.Rule{Name: msg(n, "name").Str(), Comment: n.Comment(), From: intent.From(n.Ref())}
	when, path, ok := routeCondition(msg(n, "match"))
	if !ok || len(unreadOf(msg(n, "match"))) > 0 {
		c.fail("a condition of a route is not translated")
		return r, false
	}
	r.When = when
	r.Steps = append(c.headerSteps(n), c.perRoute(msg(n, "typedPerFilterConfig"), base)...)
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

// routeCondition reads a match; path is its condition on the path.
func routeCondition(n *source.Node) (when match.Expr, path match.Atom, ok bool) {
	path = match.Atom{Field: match.Path, Op: match.Prefix, Value: "/", Ref: n.Ref()}
	for _, form := range []struct {
		name string
		op   match.Op
	}{{"prefix", match.Prefix}, {"path", match.Exact}, {"pathSeparatedPrefix", match.Segments}} {
		if v := msg(n, form.name); v != nil {
			path.Op, path.Value, path.Ref = form.op, v.Str(), v.Ref()
		}
	}
	if re := msg(msg(n, "safeRegex"), "regex"); re != nil {
		skipAll(msg(n, "safeRegex"), "googleRe2")
		path.Op, path.Value, path.Ref = match.Regex, re.Str(), re.Ref()
	}
	if sensitive := flag(msg(n, "caseSensitive")); sensitive != nil {
		path.Fold = !*sensitive
	}
	all := match.And{path}
	for _, h := range msg(n, "headers").Items() {
		e, ok := headerCondition(h)
		if !ok {
			return nil, path, false
		}
		all = append(all, e)
	}
	for _, q := range msg(n, "queryParameters").Items() {
		e, ok := valueCondition(q, match.Query, msg(q, "name").Str())
		if !ok {
			return nil, path, false
		}
		all = append(all, e)
	}
	return match.Simplify(all), path, true
}

// pseudoHeaders are attributes that Envoy compares as headers.
var pseudoHeaders = map[string]match.Field{":method": match.Method, ":authority": match.Authority, ":scheme": match.Scheme}

// headerCondition reads a condition on a header. One that is inverted holds for
// requests without the header only where that is said.
func headerCondition(n *source.Node) (match.Expr, bool) {
	name := strings.ToLower(msg(n, "name").Str())
	f, key := match.Header, name
	if pseudo, ok := pseudoHeaders[name]; ok {
		f, key = pseudo, ""
	}
	e, ok := valueCondition(n, f, key)
	invert, missing := flag(msg(n, "invertMatch")), flag(msg(n, "treatMissingHeaderAsEmpty"))
	if !ok || invert == nil || !*invert {
		return e, ok && (missing == nil || !*missing)
	}
	a, isAtom := e.(match.Atom)
	switch {
	case isAtom && a.Op == match.Present:
		return match.Not{X: e}, true
	case missing != nil && *missing:
		return match.Not{X: e}, !isAtom || !a.Holds("")
	}
	return match.And{match.Not{X: e}, match.Atom{Field: f, Key: key, Op: match.Present, Ref: n.Ref()}}, true
}

func valueCondition(n *source.Node, f match.Field, key string) (match.Expr, bool) {
	if p := msg(n, "presentMatch"); p != nil {
		a := match.Atom{Field: f, Key: key, Op: match.Present, Ref: p.Ref()}
		if p.Bool() {
			return a, true
		}
		return match.Not{X: a}, true
	}
	if m := msg(n, "stringMatch"); m != nil {
		a, ok := compared(m, f, key)
		return a, ok
	}
	if v := msg(n, "exactMatch"); v != nil {
		return match.Atom{Field: f, Key: key, Value: v.Str(), Ref: v.Ref()}, true
	}
	return nil, false
}

// headerSteps reads changes of headers: Envoy removes before it adds.
// source/common/router/header_parser.cc
func (c *configReader) headerSteps(n *source.Node) []intent.Step {
	var out []intent.Step
	for _, side := range []struct {
		key string
		on  intent.Message
	}{{"request", intent.OnRequest}, {"response", intent.OnResponse}} {
		for _, name := range msg(n, side.key+"HeadersToRemove").Items() {
			out = append(out, intent.Headers{On: side.on, Op: intent.RemoveHeader, Name: strings.ToLower(name.Str()), From: intent.From(name.Ref())})
		}
		for _, h := range msg(n, side.key+"HeadersToAdd").Items() {
			if s, ok := c.headerStep(h, side.on); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// headerStep reads one that is added or set; ok is false for what Envoy fills in,
// and for what it does only where the header is there, or is not.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/base.proto#config-core-v3-headervalueoption
func (c *configReader) headerStep(n *source.Node, on intent.Message) (s intent.Headers, ok bool) {
	h := msg(n, "header")
	value, plain := msg(h, "value").Str(), ""
	s = intent.Headers{On: on, Op: intent.AddHeader, Name: strings.ToLower(msg(h, "key").Str()), From: intent.From(n.Ref())}
	plain, ok = unfilled(value)
	switch word(msg(n, "appendAction"), "envoy.config.core.v3.HeaderValueOption.HeaderAppendAction") {
	case "", "APPEND_IF_EXISTS_OR_ADD":
	case "OVERWRITE_IF_EXISTS_OR_ADD":
		s.Op = intent.SetHeader
	default:
		ok = false
	}
	if a := flag(msg(n, "append")); a != nil && !*a {
		s.Op = intent.SetHeader
	}
	keep := flag(msg(n, "keepEmptyValue"))
	switch s.Value = plain; {
	case !ok:
		c.keep(n, "a header that Envoy fills in, or changes only at times, is not translated", false)
	case plain == "" && (keep == nil || !*keep):
		c.inert(n, "a header without a value is not added")
		return s, false
	}
	return s, ok
}

// unfilled is the text of a header's value; ok is false where Envoy fills in a
// part of it, which stands between percent signs.
func unfilled(value string) (text string, ok bool) {
	text = strings.ReplaceAll(value, "%%", "\x00")
	return strings.ReplaceAll(text, "\x00", "%"), !strings.Contains(text, "%")
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
	for _, h := range msg(n, "hashPolicy").Items() {
		c.hash(h, to)
	}
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
	e, ok := endpointsOf(name)
	cluster := c.clusterOf(name)
	if cluster != nil {
		e, ok = endpointsIn(cluster, name)
	}
	switch {
	case cluster == nil:
		c.note(diag.UnknownReference, "no configuration has the cluster "+name+", so that Envoy answers 503", "add the cluster, or correct the name", n.Ref())
		c.fail("a route to the cluster " + strconv.Quote(name) + ", which no configuration has, is not translated")
	case !ok:
		c.fail("a route to the cluster " + strconv.Quote(name) + " is not translated")
	case !c.around().endpoints[e.endpoints()]:
		c.note(diag.UnknownReference, "no configuration asks for the endpoints of "+e.endpoints()+", so that Envoy knows none", "name the Service and its port under backendServices", n.Ref())
		c.fail("a route to endpoints that no configuration asks for is not translated")
	}
	return intent.Backend{
		Host: intent.Host{Service: e.service}, Port: e.port, Weight: weight, From: intent.From(n.Ref()),
		Missing: c.in.Env.Complete.Services && c.in.Inventory.Service(e.service) == nil,
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

func pathRewrite(n *source.Node, path match.Atom) *intent.PathRewrite {
	if p := msg(n, "prefixRewrite"); p != nil {
		to := &intent.PathRewrite{Kind: intent.PrefixPath, Match: path.Value, Replace: p.Str()}
		switch path.Op {
		case match.Segments:
			to.Kind = intent.SegmentPrefix
		case match.Exact:
			to.Kind = intent.FullPath
		}
		return to
	}
	re := msg(n, "regexRewrite")
	if re == nil {
		return nil
	}
	pattern, to := msg(msg(re, "pattern"), "regex").Str(), msg(re, "substitution").Str()
	plain := !strings.Contains(strings.ReplaceAll(to, `\\`, ""), `\`)
	text := strings.ReplaceAll(to, `\\`, `\`)
	inner, anchored := strings.CutPrefix(pattern, "^")
	switch {
	case plain && pattern == "^/.*$":
		return &intent.PathRewrite{Kind: intent.FullPath, Replace: text}
	case plain && anchored && strings.HasSuffix(inner, "/*") && text == "/" && literalText(strings.TrimSuffix(inner, "/*")):
		return &intent.PathRewrite{Kind: intent.SegmentPrefix, Match: unquoted(strings.TrimSuffix(inner, "/*")), Replace: "/"}
	case plain && anchored && literalText(inner):
		return &intent.PathRewrite{Kind: intent.PrefixPath, Match: unquoted(inner), Replace: text}
	}
	return &intent.PathRewrite{Kind: intent.RegexPath, Match: pattern, Replace: to}
}

// literalText reports whether an expression stands for one text.
func literalText(pattern string) bool { return regexp.QuoteMeta(unquoted(pattern)) == pattern }

var quotedRune = regexp.MustCompile(`\\([^0-9A-Za-z])`)

func unquoted(pattern string) string { return quotedRune.ReplaceAllString(pattern, "$1") }

// redirectOf reads a redirect. A port that is the scheme's own goes without
// saying.
func redirectOf(n *source.Node, path match.Atom) intent.Redirect {
	r := intent.Redirect{Status: 301, Scheme: msg(n, "schemeRedirect").Str(), Host: msg(n, "hostRedirect").Str(), From: intent.From(n.Ref())}
	if https := flag(msg(n, "httpsRedirect")); https != nil && *https {
		r.Scheme = "https"
	}
	if p := whole(msg(n, "portRedirect")); p != nil && *p != schemePorts[r.Scheme] {
		r.Port = *p
	}
	code := word(msg(n, "responseCode"), "envoy.config.route.v3.RedirectAction.RedirectResponseCode")
	for status, word := range redirectCodes {
		if code == word {
			r.Status = status
		}
	}
	if p := msg(n, "pathRedirect"); p != nil {
		r.Path = &intent.PathRewrite{Kind: intent.FullPath, Replace: p.Str()}
	} else {
		r.Path = pathRewrite(n, path)
	}
	return r
}

// retryOf reads a retry policy. Envoy tries once more where it does not say how
// often.
func (c *configReader) retryOf(n *source.Node) *intent.Retry {
	r := &intent.Retry{Attempts: 1, PerTry: seconds(msg(n, "perTryTimeout")), Backoff: seconds(msg(msg(n, "retryBackOff"), "baseInterval")), From: intent.From(n.Ref())}
	r.At.Note(intent.SettingPerTry, msg(n, "perTryTimeout").Ref())
	r.At.Note(intent.SettingBackoff, msg(n, "retryBackOff").Ref())
	r.At.Note(intent.SettingConditions, msg(n, "retryOn").Ref())
	if a := whole(msg(n, "numRetries")); a != nil {
		r.Attempts = *a
	}
	byWord := map[string]intent.RetryOn{}
	for on, word := range retryWords {
		byWord[word] = on
	}
	codes := msg(n, "retriableStatusCodes").Items()
	for _, word := range words(msg(n, "retryOn")) {
		switch on, known := byWord[word]; {
		case word == string(intent.OnRetriableCodes) && len(codes) > 0:
		case known:
			r.On = append(r.On, on)
		case word == string(intent.OnRetriableCodes):
			r.On = append(r.On, intent.OnRetriableCodes)
		default:
			c.keep(msg(n, "retryOn"), "the model has no retries on "+word, false)
		}
	}
	for _, code := range codes {
		r.On = append(r.On, intent.RetryOn(code.Text()))
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
