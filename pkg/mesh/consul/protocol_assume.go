package consul

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/source"
)

// assumeProtocols takes services for HTTP of which something is said that Consul's
// servers take of no others, where the input says nothing of their protocol: it is
// then only part of what the servers hold.
func (r *reader) assumeProtocols() {
	for _, o := range r.in.Objects {
		s, ok := r.about(o)
		if !ok || s.wild() > 0 || r.assumed[s] || !r.needsHTTP(o) {
			continue
		}
		if _, said := r.protocolSaid(s); said {
			r.silent(s)
			continue
		}
		r.assumed[s] = true
		r.tellAssumed(o, s)
	}
	r.assumeReached()
}

// silent notes what a service speaks of which settings are there that do not say it: without
// them it would be taken to speak HTTP.
func (r *reader) silent(s service) {
	d, p := r.defaults[s], r.proxies
	switch {
	case d != nil && d.protocol != "" || p.protocol != "" || s.wild() > 0:
	case d != nil && !r.quiet[s]:
		r.speaks(d.object, value{d.object.Root, false}, speech{s.ns, s.name, protocolTCP})
		r.hush(s)
	case d == nil && !r.quiet[service{name: anyName}]:
		r.speaks(p.object, value{p.object.Root, false}, speech{"", anyName, protocolTCP})
		r.hush(service{name: anyName})
	}
}

func (r *reader) hush(s service) {
	if r.quiet == nil {
		r.quiet = map[service]bool{}
	}
	r.quiet[s] = true
}

func (r *reader) tellAssumed(o *source.Object, s service) {
	r.diags.Tell(diag.UnknownReference, o.Ref().Object+" needs a service that speaks HTTP, and the input does not say what "+s.String()+" speaks",
		"it is taken to be http; Consul's servers would take it for tcp, and refuse the object, or ask for no token", "add its ServiceDefaults or the ProxyDefaults to the input", o.Ref())
}

// assumeReached takes services for HTTP of which the input does not say what they speak, where
// gateways or other services that speak HTTP send requests on to them: Consul's servers refuse
// chains of several protocols, and find such routes of API gateways wrong. Those of which no
// chain begins need not be told of.
// agent/consul/discoverychain/compile.go recordServiceProtocol,
// agent/consul/gateways/controller_gateways.go reconcileRoute
func (r *reader) assumeReached() {
	legs, resolved := []sentOn(nil), map[service]bool{}
	for _, o := range r.in.Objects {
		if s, ok := r.about(o); ok && kindNamed(o.Group(), o.Kind) == kindResolver {
			resolved[s] = true
		}
		legs = append(legs, r.sentOn(o)...)
	}
	for _, l := range legs {
		r.sentTo = append(r.sentTo, l.to)
	}
	for again := true; again; {
		again = false
		for _, l := range legs {
			_, said := r.protocolSaid(l.to)
			if said {
				r.silent(l.to)
			}
			if said || r.assumed[l.to] || l.to.wild() > 0 || l.from != (service{}) && !r.http(l.from) {
				continue
			}
			r.assumed[l.to], again = true, true
			if resolved[l.to] {
				r.tellAssumed(l.by, l.to)
			}
		}
	}
}

// needsHTTP reports whether an object makes sense for HTTP only.
func (r *reader) needsHTTP(o *source.Object) bool {
	kind := kindNamed(o.Group(), o.Kind)
	found := kind == kindRouter || kind == kindSplitter
	if kind != kindIntentions {
		return found
	}
	o.Root.Leaves(func(l source.Leaf) {
		path := strings.ToLower(l.Ref().Path)
		found = found || strings.Contains(path, "permissions[") || strings.Contains(path, "jwt.")
	})
	return found
}
