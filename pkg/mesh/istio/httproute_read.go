package istio

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// http lifts the list of HTTP routes; what follows a rule that takes everything
// has no effect.
func (vs *virtualService) http(n *source.Node) []scopedRule {
	if n == nil {
		return nil
	}
	out := []scopedRule{}
	caught := false
	for _, h := range n.Items() {
		if caught {
			vs.shadowed(h)
			continue
		}
		rules := vs.httpRoute(h)
		out = append(out, rules...)
		for _, r := range rules {
			caught = caught || r.takesAll()
		}
	}
	return out
}

func (vs *virtualService) shadowed(n *source.Node) {
	vs.httpRoute(n)
	n.Inert("an earlier rule takes every request")
	vs.add(diag.Shadowed, "a rule of "+vs.object.Ref().Object+" is behind one that takes every request", "move or remove the rule", n.Ref())
}

// httpRoute lifts one HTTPRoute: a rule, or the rules of its delegate.
func (vs *virtualService) httpRoute(n *source.Node) []scopedRule {
	matches := vs.httpMatches(n.Get("match"))
	rule := intent.Rule{Name: n.Get("name").Str(), Comment: n.Comment(), When: condition(matches), From: intent.From(n.Ref())}
	if d := n.Get("delegate"); d != nil {
		return vs.delegated(n, d, scopedRule{rule, matches})
	}
	vs.fill(&rule, n, vs.object.Namespace)
	rule = modelOrder(rule)
	vs.overruled(rule, n)
	return []scopedRule{{rule, matches}}
}

// fill reads all of a route but its condition.
func (vs *virtualService) fill(rule *intent.Rule, n *source.Node, namespace string) {
	rule.Steps = append(rule.Steps, vs.faults(n.Get("fault"))...)
	rule.Steps = append(rule.Steps, vs.cors(n.Get("corsPolicy"))...)
	rule.Steps = append(rule.Steps, vs.headers(n.Get("headers"))...)
	rule.Steps = append(rule.Steps, vs.rewrite(n.Get("rewrite"), rule.When)...)
	rule.Steps = append(rule.Steps, vs.mirrors(n, namespace)...)
	if t := n.Get("timeout"); t != nil {
		d := readDuration(t)
		rule.Timeout = &intent.Timeout{Request: &d, From: intent.From(t.Ref())}
	}
	rule.Retry = vs.retries(n.Get("retries"))
	rule.Then = vs.action(n, rule.When, namespace)
}

// action reads what finally happens: exactly one of route, redirect and
// directResponse.
func (vs *virtualService) action(n *source.Node, when match.Expr, namespace string) intent.Action {
	route, redirect, direct := n.Get("route"), n.Get("redirect"), n.Get("directResponse")
	said := 0
	for _, x := range []*source.Node{route, redirect, direct} {
		if x != nil {
			said++
		}
	}
	if said != 1 {
		n.Reject("needs exactly one of route, redirect and directResponse")
		return intent.Respond{Status: 404}
	}
	switch {
	case redirect != nil:
		return vs.redirect(redirect, when)
	case direct != nil:
		return vs.direct(direct)
	}
	return intent.Forward{To: vs.backends(route, namespace)}
}

// backends reads weighted destinations. One alone gets everything, whatever its
// weight; of several, those without weight get nothing.
func (vs *virtualService) backends(route *source.Node, namespace string) []intent.Backend {
	items := route.Items()
	var out []intent.Backend
	for _, d := range items {
		b := vs.destination(d.Get("destination"), namespace)
		b.From = append(intent.From(d.Ref()), b.From...)
		if w := d.Get("weight"); w != nil {
			b.Weight = w.Int()
		}
		if len(items) == 1 {
			b.Weight = 1
		}
		b.Steps = vs.headers(d.Get("headers"))
		out = append(out, b)
	}
	return out
}

// destination reads a host with its subset and port. An unknown subset has no
// endpoints.
func (vs *virtualService) destination(n *source.Node, namespace string) intent.Backend {
	h := n.Get("host")
	b := intent.Backend{Host: vs.host(h, namespace), Port: n.Get("port").Get("number").Int(), From: intent.From(n.Ref())}
	known, missing := vs.serviceKnown(b.Host)
	switch {
	case !known && b.Host.Service.IsZero():
		vs.diags.Tell(diag.UnknownService, "no ServiceEntry of the input makes "+b.Host.String()+" known", ofMissing(missing), "add the ServiceEntry", h.Ref())
	case !known:
		vs.diags.Tell(diag.UnknownService, "the Service "+b.Host.String()+" is not in the input", ofMissing(missing), "add it to the input", h.Ref())
	}
	b.Missing = missing
	if s := n.Get("subset"); s != nil {
		vs.subset(&b, s, namespace)
	}
	return b
}

// ofMissing says what comes of requests to a Service that is not in the input.
func ofMissing(missing bool) string {
	if missing {
		return "the input is declared complete, so Istio answers requests to it with an error"
	}
	return "it may be in the cluster; where it is not, Istio answers requests to it with an error"
}

func (vs *virtualService) subset(b *intent.Backend, s *source.Node, namespace string) {
	b.SubsetName = s.Str()
	labels, from, ok := vs.reader.subset(b.Host, b.SubsetName, namespace)
	if !ok {
		vs.diags.Tell(diag.UnknownSubset, "no DestinationRule in the input defines the subset "+b.SubsetName+" of "+b.Host.String(),
			"Istio answers requests to it with an error, since it has no endpoints", "add the DestinationRule", s.Ref())
		b.Missing = true
		return
	}
	b.Subset = labels
	b.From = append(b.From, from...)
}

// redirectCodes are those that Istio acts on; others pass validation and do
// nothing.
var redirectCodes = map[int]bool{301: true, 302: true, 303: true, 307: true, 308: true}

func (vs *virtualService) redirect(n *source.Node, when match.Expr) intent.Action {
	out := intent.Redirect{Status: 301, Scheme: n.Get("scheme").Str(), Host: n.Get("authority").Str(), Port: n.Get("port").Int(), From: intent.From(n.Ref())}
	if c := n.Get("redirectCode"); c != nil && c.Int() != 0 {
		out.Status = c.Int()
		if !redirectCodes[out.Status] {
			c.Reject("is not 301, 302, 303, 307 or 308, so that the rule does nothing")
		}
	}
	if u := n.Get("uri"); u != nil && u.Str() != "" {
		out.Path = &intent.PathRewrite{Kind: intent.FullPath, Replace: u.Str()}
	}
	if p := n.Get("prefixRewrite"); p != nil {
		if out.Path = rewriteFor(when, p.Str()); out.Path == nil {
			p.Reject("replaces different parts of the path for different matches")
		}
	}
	switch d := n.Get("derivePort"); d.Str() {
	case "", "FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT":
	default:
		d.Reject("is not FROM_PROTOCOL_DEFAULT or FROM_REQUEST_PORT")
	}
	return out
}

func (vs *virtualService) direct(n *source.Node) intent.Action {
	out := intent.Respond{Status: n.Get("status").Int(), From: intent.From(n.Ref())}
	body := n.Get("body")
	out.Body = body.Get("string").Str()
	if b := body.Get("bytes"); b != nil {
		out.Body = decodeBase64(b)
	}
	return out
}
