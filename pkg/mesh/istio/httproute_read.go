package istio

import (
	"slices"

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

// shadowed reads a rule that takes nothing. Of its delegate it makes no use.
func (vs *virtualService) shadowed(n *source.Node) {
	d := n.Get("delegate")
	used := d != nil && vs.used[vs.delegateName(d)]
	vs.httpRoute(n)
	if d != nil && vs.used[vs.delegateName(d)] {
		vs.used[vs.delegateName(d)] = used
	}
	n.Inert("an earlier rule takes every request")
	vs.add(diag.Shadowed, "a rule of "+vs.object.Ref().Object+" is behind one that takes every request", "move or remove the rule", n.Ref())
}

// httpRoute lifts one HTTPRoute: a rule, or the rules of its delegate. It is several
// rules where a new path stands for different parts of what its matches take.
func (vs *virtualService) httpRoute(n *source.Node) []scopedRule {
	rule := intent.Rule{Name: n.Get("name").Str(), Comment: n.Comment(), From: intent.From(n.Ref())}
	if d := n.Get("delegate"); d != nil {
		return vs.delegated(n, d, rule)
	}
	l := layer{n: n, home: vs.object.Namespace}
	parts := partsByPath(l, vs.httpMatches(n.Get("match")))
	rule.When = condition(parts[0])
	vs.fill(&rule, l)
	rule.Then = vs.action(l, rule.When)
	return inParts(parts, vs.ordered(rule, n.Get("route")))
}

// fill reads all of a route but its condition and what finally happens.
func (vs *virtualService) fill(rule *intent.Rule, l layer) {
	heads := vs.headers(l.get("headers"))
	rewrite := vs.rewrite(l.get("rewrite"), rule.When)
	if authorityOf(rewrite) != nil {
		heads = vs.withoutAuthority(heads, l.get("headers"))
	}
	rule.Steps = slices.Concat(vs.faults(l.get("fault")), vs.cors(l.get("corsPolicy")), heads, rewrite, vs.mirrors(l))
	if t := l.get("timeout"); t != nil {
		d := readDuration(t)
		rule.Timeout = &intent.Timeout{Request: &d, From: intent.From(t.Ref())}
	}
	rule.Retry = vs.retries(l.get("retries"))
}

// action reads what finally happens: exactly one of route, redirect and
// directResponse, or the answer of the rule that delegates.
func (vs *virtualService) action(l layer, when match.Expr) intent.Action {
	route, redirect, direct := l.n.Get("route"), l.n.Get("redirect"), l.n.Get("directResponse")
	said := 0
	for _, x := range []*source.Node{route, redirect, direct} {
		if x != nil {
			said++
		}
	}
	if said != 1 {
		l.n.Reject("needs exactly one of route, redirect and directResponse")
		return intent.Respond{Status: 404}
	}
	if redirect != nil {
		return vs.redirect(redirect, when)
	}
	forward := intent.Forward{To: vs.backends(route, l.home)}
	if direct = l.get("directResponse"); direct != nil {
		route.Inert("the rule that delegates answers itself")
		if route != nil {
			vs.add(diag.Inert, "the route of a delegated rule has no effect: the rule that delegates answers itself", "remove one of the two", route.Ref())
		}
		return vs.direct(direct)
	}
	return forward
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
	_, joint := b.Host.ClusterSet()
	switch {
	case !known && joint:
		vs.diags.Tell(diag.UnknownService, "only with ENABLE_MCS_HOST does istiod know "+b.Host.String(), ofMissing(missing), "set it, or name the Service itself, which has the endpoints of all clusters anyway", h.Ref())
	case !known && b.Host.Service.IsZero():
		vs.diags.Tell(diag.UnknownService, "no ServiceEntry of the input makes "+b.Host.String()+" known", ofMissing(missing), "add the ServiceEntry", h.Ref())
	case !known:
		vs.diags.Tell(diag.UnknownService, "the Service "+b.Host.String()+" is not in the input", ofMissing(missing), "add it to the input", h.Ref())
	}
	b.Missing = missing
	if p := n.Get("port").Get("number"); vs.lacksPort(b.Host, b.Port) {
		vs.diags.Tell(diag.UnknownService, vs.kindOf(b.Host)+" "+b.Host.String()+" has no port "+p.Text(), "Istio answers requests to it with an error", "name a port that it has", p.Ref())
		b.Missing = true
	}
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
	labels, from, ok := vs.reader.subset(b.Host, b.SubsetName, caller{namespace: namespace})
	if !ok && vs.definedFor(b.Host, b.SubsetName) {
		b.Missing = true // here; who asks may find it, see byCaller and atGateway
		return
	}
	if !ok {
		vs.diags.Tell(diag.UnknownSubset, "no DestinationRule in the input defines the subset "+b.SubsetName+" of "+b.Host.String(),
			"one may be in the cluster; where none is, Istio answers requests to it with an error, since it has no endpoints", "add the DestinationRule", s.Ref())
		b.Missing = true
		return
	}
	b.Subset = labels
	b.From = append(b.From, from...)
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
