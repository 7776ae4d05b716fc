package istio

import (
	"cmp"
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

// redirect reads another address, with the port as it is said; see settle.
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
		out.Port = intent.RequestPort
	default:
		d.Reject("is not FROM_PROTOCOL_DEFAULT or FROM_REQUEST_PORT")
	}
	return out
}

// asked is a port to which requests come, 0 for all that are not known, and the scheme
// that is spoken there.
type asked struct {
	port   int
	scheme string
}

// schemePorts are the ports that schemes have by themselves.
var schemePorts = map[string]int{"http": 80, "https": 443}

func (a asked) here() int { return cmp.Or(a.port, intent.RequestPort) }

// leads is the port to which a redirect leads, as it is written: pilot says no port that
// the scheme has by itself, and Envoy then takes that one with another host. Without, it
// keeps the port that was asked, unless that goes without saying and the scheme is another.
// pilot/pkg/networking/core/route/route.go ApplyRedirect,
// envoy source/common/router/config_impl.cc RouteEntryImplBase::processRequestHost
func (a asked) leads(to intent.Redirect) int {
	scheme, port := cmp.Or(to.Scheme, a.scheme), to.Port
	if port == intent.RequestPort {
		port = a.here()
	}
	switch own := schemePorts[scheme]; {
	case port != 0 && port != own:
		return port
	case to.Host != "", scheme != a.scheme && a.port == schemePorts[a.scheme]:
		return own
	}
	return a.here()
}

// means is the port to which a redirect leads in the model.
func (a asked) means(to intent.Redirect) int {
	switch {
	case to.Port > 0:
		return to.Port
	case to.Port == 0 && to.Scheme != "":
		return schemePorts[to.Scheme]
	}
	return a.here()
}

// settle says where the redirects of a table lead whose requests come to some ports: rule
// by rule, or port by port where that differs.
func settle(t *intent.Routing, at []asked) {
	var out []intent.Rule
	for _, rule := range t.Rules {
		to, is := rule.Then.(intent.Redirect)
		if !is || strings.Contains(to.Host, ":") {
			out = append(out, rule)
			continue
		}
		here := portsAsked(rule.When, at)
		if port, same := portSaid(to, here); same {
			out = append(out, leading(rule, to, port))
			continue
		}
		out = append(out, eachPort(rule, to, here)...)
	}
	t.Rules = out
}

// portSaid is the port that says in the model where a redirect leads from all of some
// ports; none does where same is false.
func portSaid(to intent.Redirect, from []asked) (port int, same bool) {
	if len(from) == 0 {
		return max(to.Port, 0), true
	}
	ports := []int{to.Port, 0, from[0].leads(to), intent.RequestPort}
	if to.Scheme == "" || from[len(from)-1].port != 0 {
		ports = slices.DeleteFunc(ports, func(p int) bool { return p == intent.RequestPort }) // each is known
	}
	for _, p := range ports {
		in := to
		in.Port = p
		if !slices.ContainsFunc(from, func(a asked) bool { return a.means(in) != a.leads(to) }) {
			return p, true
		}
	}
	return 0, false
}

// eachPort parts a rule by the ports that requests come to. What is left, last, takes
// those that are not known.
func eachPort(rule intent.Rule, to intent.Redirect, from []asked) []intent.Rule {
	var out []intent.Rule
	rest := to
	last := from[len(from)-1]
	if last.port == 0 {
		rest.Port, _ = portSaid(to, from[len(from)-1:])
	}
	for _, a := range from {
		if a.port == 0 || last.port == 0 && a.means(rest) == a.leads(to) {
			continue
		}
		port, _ := portSaid(to, []asked{a})
		part := leading(rule, to, port)
		part.When = match.Conj(rule.When, match.Atom{Field: match.ServicePort, Value: strconv.Itoa(a.port)})
		out = append(out, part)
	}
	if last.port == 0 {
		out = append(out, leading(rule, to, rest.Port))
	}
	return out
}

func leading(rule intent.Rule, to intent.Redirect, port int) intent.Rule {
	to.Port = port
	rule.Then = to
	return rule
}

// portsAsked are those of the ports that a condition can hold for. Of ports that are not
// known, which stand last, it names some.
func portsAsked(when match.Expr, at []asked) []asked {
	only := onlyFields(when, match.ServicePort)
	var out []asked
	for _, a := range at {
		if a.port == 0 {
			for _, p := range portsIn([]match.Expr{only}) {
				known := asked{p, a.scheme}
				if !slices.ContainsFunc(at, func(b asked) bool { return b.port == p }) {
					out = append(out, known)
				}
			}
		}
		out = append(out, a)
	}
	return slices.DeleteFunc(out, func(a asked) bool {
		return !match.Eval(only, (&match.Request{}).Set(match.ServicePort, "", strconv.Itoa(a.port)))
	})
}

// askedAt are the ports of a table of a Service, or of an entry. Callers in the mesh speak
// http to their proxies, whatever the port.
func askedAt(t *intent.Routing, s *intent.Service, e *intent.Entry) []asked {
	var out []asked
	switch {
	case e != nil:
		for i := range e.Listeners {
			l := &e.Listeners[i]
			if a := (asked{l.Port, strings.ToLower(l.Protocol)}); l.Serves(intent.HTTP) && (t.Port == 0 || t.Port == l.Port) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	case !t.Entry.IsZero():
		out = []asked{{80, "http"}, {443, "https"}, {0, "http"}}
	case t.Port != 0:
		out = []asked{{t.Port, "http"}}
	case s == nil:
		out = []asked{{80, "http"}, {0, "http"}}
	default:
		for _, p := range s.Ports {
			out = append(out, asked{p.Port, "http"})
		}
	}
	return out
}

// leadsElsewhere says why a redirect of a table cannot be written, or "": some port is kept
// that it does not keep.
func leadsElsewhere(m *intent.Model, t *intent.Routing) string {
	at := askedAt(t, m.Service(t.Host.Service), entryNamed(m, t.Entry))
	for i := range t.Rules {
		to, is := t.Rules[i].Then.(intent.Redirect)
		if !is || strings.Contains(to.Host, ":") {
			continue
		}
		for _, a := range portsAsked(t.Rules[i].When, at) {
			if words := redirectPort(to, at); a.leads(words) != a.means(to) {
				return "a redirect to the same host keeps the port that was asked, where it is to lead to that of the scheme"
			}
		}
	}
	return ""
}

// redirectPort is a redirect with the port that is written.
func redirectPort(to intent.Redirect, at []asked) intent.Redirect {
	standard := !slices.ContainsFunc(at, func(a asked) bool { return a.port != schemePorts[a.scheme] })
	if to.Port == 0 && to.Host != "" && to.Scheme == "" && !standard {
		to.Port = intent.RequestPort
	}
	return to
}
