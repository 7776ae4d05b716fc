package istio

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// servedAt is what a port of a gateway serves of a host; 0 is every port of a gateway that
// the input does not show.
type servedAt struct {
	port  int
	hosts []intent.Host
}

// entryHTTP adds the tables of a host for requests through gateways, for what their
// servers serve of it.
func (vs *virtualService) entryHTTP(c *claims, entries []intent.Name, host intent.Host, rules []scopedRule, at *source.Node, inMesh bool) {
	any := inMesh || len(entries) == 0
	for _, e := range entries {
		here := vs.forEntry(rules, e)
		for _, s := range vs.served(e, host, here) {
			for _, h := range s.hosts {
				any = true
				t := vs.table(h, intent.HTTP, here)
				t.Port = s.port
				vs.entryTable(c, e, t)
			}
		}
	}
	switch {
	case any:
	case vs.onlyRedirected(entries, host):
		vs.onlyRedirects[vs.object.Ref()] = true
		at.Inert(toHTTPSAlone)
		vs.add(diag.Inert, "routes of "+vs.object.Ref().Object+" for "+host.String()+" are not used: "+toHTTPSAlone, "keep the object, without which requests get 404", at.Ref())
	default:
		at.Inert("no server of its gateways is for it")
		vs.add(diag.Inert, "no server of the gateways of "+vs.object.Ref().Object+" is for "+host.String(), "name a host that a server of the Gateway has, for routes of this namespace", at.Ref())
	}
}

// routesAt reports whether some rule is for requests to a port of a gateway, whose proxies
// have the labels by which it selects them: an object without one has no part in the port.
// pilot/pkg/networking/core/route/route.go BuildHTTPRoutesForVirtualService, sourceMatchHTTP
func (r *reader) routesAt(rules []intent.Rule, e *intent.Entry, port int) bool {
	by := r.runners(e.Name)
	return slices.ContainsFunc(rules, func(rule intent.Rule) bool {
		return !match.IsFalse(match.Simplify(match.Map(rule.When, func(a match.Atom) match.Expr {
			holds := a.Value == strconv.Itoa(port)
			switch {
			case a.Field == match.ServicePort:
			case a.Field == match.ClientNamespace && len(by) > 0:
				holds = slices.ContainsFunc(by, func(c caller) bool { return c.namespace == a.Value })
			case a.Field == match.ClientLabel && len(by) > 0:
				holds = slices.ContainsFunc(by, func(c caller) bool { return slices.Contains(c.labels, label{a.Key, a.Value}) })
			case a.Field == match.ClientLabel:
				v, has := intent.Lookup(e.Selector, a.Key)
				holds = has && v == a.Value
			default:
				return nil
			}
			if holds {
				return match.True
			}
			return match.False
		})))
	})
}

// toHTTPSAlone is why routes at servers that redirect are not used.
const toHTTPSAlone = "the servers of its gateways redirect to https"

// onlyRedirected reports whether servers of the gateways redirect the host, since it is routed.
func (vs *virtualService) onlyRedirected(entries []intent.Name, host intent.Host) bool {
	return slices.ContainsFunc(entries, func(name intent.Name) bool {
		e := entryNamed(vs.m, name)
		for i := 0; e != nil && i < len(e.Listeners); i++ {
			if l := &e.Listeners[i]; len(vs.redirected[l]) > 0 && len(vs.narrowed(host, l.Hosts)) > 0 {
				return true
			}
		}
		return false
	})
}

// served is what the servers of a gateway for HTTP serve of a host, port by port: of the
// host and each of the server's the narrower one, unless a server of the port redirects it.
// All of it is of a gateway that the input does not show.
// pilot/pkg/networking/core/gateway.go buildGatewayHTTPRouteConfig
func (vs *virtualService) served(entry intent.Name, host intent.Host, rules []intent.Rule) []servedAt {
	e := entryNamed(vs.m, entry)
	if e == nil {
		return []servedAt{{0, []intent.Host{host}}}
	}
	var out []servedAt
	for i := range e.Listeners {
		l := &e.Listeners[i]
		if !l.Serves(intent.HTTP) || !vs.taken(e, l) || !vs.routesAt(rules, e, l.Port) {
			continue
		}
		hosts := vs.narrowed(host, l.Hosts)
		if vs.toHTTPS[l.From[0]] != nil {
			if ofNamespace(l) || vs.besidePlain(e, l.Port) {
				vs.redirectsRouted(l, hosts)
			}
			continue
		}
		if j := slices.IndexFunc(out, func(s servedAt) bool { return s.port == l.Port }); j >= 0 {
			out[j].hosts = withHosts(out[j].hosts, hosts)
		} else {
			out = append(out, servedAt{l.Port, hosts})
		}
	}
	return out
}

// besidePlain reports whether some server of a port serves HTTP without redirecting it.
func (r *reader) besidePlain(e *intent.Entry, port int) bool {
	return slices.ContainsFunc(e.Listeners, func(l intent.Listener) bool {
		return l.Port == port && l.Serves(intent.HTTP) && l.TLS == nil && r.toHTTPS[l.From[0]] == nil
	})
}

// redirectsRouted notes hosts that a server redirects since they are routed.
func (vs *virtualService) redirectsRouted(l *intent.Listener, hosts []intent.Host) {
	vs.redirected[l] = withHosts(vs.redirected[l], hosts)
	for _, h := range hosts {
		vs.homes[h] = cmp.Or(vs.homes[h], vs.home)
	}
}

// entryNamed is a gateway of the input; nil is none that it shows.
func entryNamed(m *intent.Model, name intent.Name) *intent.Entry {
	for _, e := range m.Entries {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// taken reports whether a listener takes routes of the object's namespace.
// pkg/config/host NamesForNamespace, and pickMatchingGatewayHosts
func (vs *virtualService) taken(e *intent.Entry, l *intent.Listener) bool {
	switch l.Routes {
	case "Same":
		return e.Name.Namespace == vs.object.Namespace
	case "Selector":
		return match.Eval(l.RoutesFrom, new(match.Request).Set(match.Label, namespaceLabel, vs.object.Namespace))
	}
	return true
}

// narrowed are, of a host and each of some names, the narrower one; no name is all.
// pkg/config/host/names.go Intersection
func (vs *virtualService) narrowed(host intent.Host, names []string) []intent.Host {
	own := vs.in.Env.DNS(host)
	if len(names) == 0 {
		return []intent.Host{host}
	}
	var out []intent.Host
	for _, n := range slices.Sorted(slices.Values(names)) {
		switch {
		case coversHost(n, own):
			out = withHosts(out, []intent.Host{host})
		case coversHost(own, n):
			out = withHosts(out, []intent.Host{{DNS: n}})
		}
	}
	return out
}

// withHosts adds the hosts that are not there.
func withHosts(to, hosts []intent.Host) []intent.Host {
	for _, h := range hosts {
		if !slices.Contains(to, h) {
			to = append(to, h)
		}
	}
	return to
}
