package gatewayapi

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// What Envoy does with the ports of redirects that pilot writes.

// Asked is a port to which requests come, 0 for all that are not known, and the scheme
// that is spoken there.
type Asked struct {
	Port   int
	Scheme string
}

// SchemePorts are the ports that schemes have by themselves.
var SchemePorts = map[string]int{"http": 80, "https": 443}

func (a Asked) here() int { return cmp.Or(a.Port, intent.RequestPort) }

// Leads is the port to which a redirect leads, as it is written: pilot says no port that
// the scheme has by itself, and Envoy then takes that one with another host. Without, it
// keeps the port that was asked, unless that goes without saying and the scheme is another.
// pilot/pkg/networking/core/route/route.go ApplyRedirect,
// envoy source/common/router/config_impl.cc RouteEntryImplBase::processRequestHost
func (a Asked) Leads(to intent.Redirect) int {
	scheme, port := cmp.Or(to.Scheme, a.Scheme), to.Port
	if port == intent.RequestPort {
		port = a.here()
	}
	switch own := SchemePorts[scheme]; {
	case port != 0 && port != own:
		return port
	case to.Host != "", scheme != a.Scheme && a.Port == SchemePorts[a.Scheme]:
		return own
	}
	return a.here()
}

// Means is the port to which a redirect leads in the model.
func (a Asked) Means(to intent.Redirect) int {
	switch {
	case to.Port > 0:
		return to.Port
	case to.Port == 0 && to.Scheme != "":
		return SchemePorts[to.Scheme]
	}
	return a.here()
}

// SettleRedirects says where the redirects of a table lead whose requests come to some ports: rule
// by rule, or port by port where that differs.
func SettleRedirects(t *intent.Routing, at []Asked) {
	var out []intent.Rule
	for _, rule := range t.Rules {
		to, is := rule.Then.(intent.Redirect)
		if !is || strings.Contains(to.Host, ":") {
			out = append(out, rule)
			continue
		}
		here := PortsAsked(rule.When, at)
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
func portSaid(to intent.Redirect, from []Asked) (port int, same bool) {
	if len(from) == 0 {
		return max(to.Port, 0), true
	}
	ports := []int{to.Port, 0, from[0].Leads(to), intent.RequestPort}
	if to.Scheme == "" || from[len(from)-1].Port != 0 {
		ports = slices.DeleteFunc(ports, func(p int) bool { return p == intent.RequestPort }) // each is known
	}
	for _, p := range ports {
		in := to
		in.Port = p
		if !slices.ContainsFunc(from, func(a Asked) bool { return a.Means(in) != a.Leads(to) }) {
			return p, true
		}
	}
	return 0, false
}

// eachPort parts a rule by the ports that requests come to. What is left, last, takes
// those that are not known.
func eachPort(rule intent.Rule, to intent.Redirect, from []Asked) []intent.Rule {
	var out []intent.Rule
	rest := to
	last := from[len(from)-1]
	if last.Port == 0 {
		rest.Port, _ = portSaid(to, from[len(from)-1:])
	}
	for _, a := range from {
		if a.Port == 0 || last.Port == 0 && a.Means(rest) == a.Leads(to) {
			continue
		}
		port, _ := portSaid(to, []Asked{a})
		part := leading(rule, to, port)
		part.When = match.Conj(rule.When, match.Atom{Field: match.ServicePort, Value: strconv.Itoa(a.Port)})
		out = append(out, part)
	}
	if last.Port == 0 {
		out = append(out, leading(rule, to, rest.Port))
	}
	return out
}

func leading(rule intent.Rule, to intent.Redirect, port int) intent.Rule {
	to.Port = port
	rule.Then = to
	return rule
}

// PortsAsked are those of the ports that a condition can hold for. Of ports that are not
// known, which stand last, it names some.
func PortsAsked(when match.Expr, at []Asked) []Asked {
	only := match.Simplify(match.Weaken(when, func(l match.Literal) bool { return l.Atom.Field == match.ServicePort }))
	var out []Asked
	for _, a := range at {
		if a.Port == 0 {
			for _, p := range PortsIn(only) {
				known := Asked{p, a.Scheme}
				if !slices.ContainsFunc(at, func(b Asked) bool { return b.Port == p }) {
					out = append(out, known)
				}
			}
		}
		out = append(out, a)
	}
	return slices.DeleteFunc(out, func(a Asked) bool {
		return !match.Eval(only, (&match.Request{}).Set(match.ServicePort, "", strconv.Itoa(a.Port)))
	})
}

// AskedAt are the ports of a table of a Service, or of an entry. Callers in the mesh speak
// http to their proxies, whatever the port.
func AskedAt(t *intent.Routing, s *intent.Service, e *intent.Entry) []Asked {
	var out []Asked
	switch {
	case e != nil:
		for i := range e.Listeners {
			l := &e.Listeners[i]
			if a := (Asked{l.Port, strings.ToLower(l.Protocol)}); l.Serves(intent.HTTP) && (t.Port == 0 || t.Port == l.Port) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	case !t.Entry.IsZero():
		out = []Asked{{80, "http"}, {443, "https"}, {0, "http"}}
	case t.Port != 0:
		out = []Asked{{t.Port, "http"}}
	case s == nil:
		out = []Asked{{80, "http"}, {0, "http"}}
	default:
		for _, p := range s.Ports {
			out = append(out, Asked{p.Port, "http"})
		}
	}
	return out
}

// PortsIn lists the ports that predicates name, sorted.
func PortsIn(es ...match.Expr) []int {
	var out []int
	for _, e := range es {
		match.Atoms(e, func(a match.Atom, _ bool) {
			if p, err := strconv.Atoi(a.Value); err == nil && a.Field == match.ServicePort {
				out = append(out, p)
			}
		})
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// LeadElsewhere reports whether some redirect of a table leads elsewhere in the words in
// which it is written.
func LeadElsewhere(m *intent.Model, t *intent.Routing, words func(to intent.Redirect, from []Asked) intent.Redirect) bool {
	var entry *intent.Entry
	if i := slices.IndexFunc(m.Entries, func(e *intent.Entry) bool { return e.Name == t.Entry }); i >= 0 {
		entry = m.Entries[i]
	}
	at := AskedAt(t, m.Service(t.Host.Service), entry)
	return slices.ContainsFunc(t.Rules, func(r intent.Rule) bool {
		to, is := r.Then.(intent.Redirect)
		return is && !strings.Contains(to.Host, ":") &&
			slices.ContainsFunc(PortsAsked(r.When, at), func(a Asked) bool { return a.Leads(words(to, at)) != a.Means(to) })
	})
}
