package istio

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

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
	case "", "FROM_PROTOCOL_DEFAULT":
	case "FROM_REQUEST_PORT":
		out.Port = portOfRequest
	default:
		d.Reject("is not FROM_PROTOCOL_DEFAULT or FROM_REQUEST_PORT")
	}
	return out
}

// portOfRequest stands for the port of the request until the table is known; see
// settle.
const portOfRequest = -1

// asked is a port to which requests come, and the scheme that is spoken there.
type asked struct {
	port   int
	scheme string
	// any says that requests may come to other ports too.
	any bool
}

// schemePorts are the ports that schemes have by themselves.
var schemePorts = map[string]int{"http": 80, "https": 443}

// leads is the port to which a redirect leads: with another host and no scheme it is that
// of the scheme of the request.
// pilot/pkg/networking/core/route/route.go ApplyRedirect
func (a asked) leads(to intent.Redirect) int {
	if to.Port == portOfRequest {
		return a.port
	}
	return schemePorts[a.scheme]
}

// settle says where the redirects of a table lead whose requests come to some ports: rule
// by rule, or port by port where that differs.
func settle(t *intent.Routing, at []asked) {
	var out []intent.Rule
	for _, rule := range t.Rules {
		to, is := rule.Then.(intent.Redirect)
		if !is || to.Port != portOfRequest && (to.Port != 0 || to.Scheme != "" || to.Host == "" || strings.Contains(to.Host, ":")) {
			out = append(out, rule)
			continue
		}
		here := portsAsked(rule.When, at)
		if to.Port == portOfRequest && to.Scheme == "" {
			to.Port = 0
			rule.Then = to
			out = append(out, rule)
			continue
		}
		if len(here) > 0 && !slices.ContainsFunc(here, func(a asked) bool { return a.leads(to) != here[0].leads(to) }) {
			out = append(out, redirecting(rule, to, here))
			continue
		}
		for _, a := range here {
			part := redirecting(rule, to, []asked{a})
			part.When = match.Conj(rule.When, match.Atom{Field: match.ServicePort, Value: strconv.Itoa(a.port)})
			out = append(out, part)
		}
	}
	t.Rules = out
}

// redirecting is a rule whose redirect leads to one port from all that are asked; a port
// that goes without saying is not said.
func redirecting(rule intent.Rule, to intent.Redirect, from []asked) intent.Rule {
	to.Port = from[0].leads(to)
	unsaid := to.Scheme != "" && to.Port == schemePorts[to.Scheme]
	if unsaid || to.Scheme == "" && !slices.ContainsFunc(from, func(a asked) bool { return a.any || a.port != to.Port }) {
		to.Port = 0
	}
	rule.Then = to
	return rule
}

// portsAsked are those of the ports that a condition can hold for.
func portsAsked(when match.Expr, at []asked) []asked {
	only := onlyFields(when, match.ServicePort)
	return slices.DeleteFunc(slices.Clone(at), func(a asked) bool {
		return !a.any && !match.Eval(only, (&match.Request{}).Set(match.ServicePort, "", strconv.Itoa(a.port)))
	})
}

// askedAt are the ports of a table of a Service, or of an entry, and nil where the input
// does not show it. Callers in the mesh speak http to their proxies, and come to the port
// of http of what is not known.
func askedAt(t *intent.Routing, s *intent.Service, e *intent.Entry) []asked {
	var out []asked
	switch {
	case e != nil:
		for i := range e.Listeners {
			l := &e.Listeners[i]
			if a := (asked{l.Port, strings.ToLower(l.Protocol), false}); l.Serves(intent.HTTP) && (t.Port == 0 || t.Port == l.Port) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	case t.Port != 0:
		out = []asked{{t.Port, "http", false}}
	case s == nil:
		out = []asked{{schemePorts["http"], "http", true}}
	default:
		for _, p := range s.Ports {
			out = append(out, asked{p.Port, "http", false})
		}
	}
	return out
}
