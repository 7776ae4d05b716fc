package consul

import (
	"regexp"
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
			continue
		}
		r.assumed[s] = true
		r.tellAssumed(o, s)
	}
	r.assumeReached()
}

func (r *reader) tellAssumed(o *source.Object, s service) {
	r.diags.Tell(diag.UnknownReference, o.Ref().Object+" needs a service that speaks HTTP, and the input does not say what "+s.String()+" speaks",
		"it is taken to be http; Consul's servers would take it for tcp, and refuse the object, or ask for no token", "add its ServiceDefaults or the ProxyDefaults to the input", o.Ref())
}

// assumeReached takes services for HTTP of which the input does not say what they speak, where
// ingress gateways or other services that speak HTTP send requests on to them: Consul's servers
// refuse chains of several protocols. Those of which no chain begins need not be told of.
// agent/consul/discoverychain/compile.go recordServiceProtocol
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
			if _, said := r.protocolSaid(l.to); said || r.assumed[l.to] || l.to.wild() > 0 || l.from != (service{}) && !r.http(l.from) {
				continue
			}
			r.assumed[l.to], again = true, true
			if resolved[l.to] {
				r.tellAssumed(l.by, l.to)
			}
		}
	}
}

// sentOn is that an object sends requests on to a service: those to another one, or those of
// HTTP that come in by it, where that is no service.
type sentOn struct {
	by       *source.Object
	from, to service
}

// sentOn are the services that an object sends requests on to, in the order of the file. It
// marks nothing.
func (r *reader) sentOn(o *source.Object) []sentOn {
	var from service
	names := legName
	switch kind := kindNamed(o.Group(), o.Kind); {
	case kind == kindRouter || kind == kindSplitter || kind == kindResolver:
		from, _ = r.about(o)
	case isIngress(o):
		names = ingressName
	default:
		return nil
	}
	said, at := map[string]string{}, []string(nil)
	o.Root.Leaves(func(l source.Leaf) {
		path := strings.ToLower(l.Ref().Path)
		if said[path] = l.Value(); names.MatchString(path) {
			at = append(at, path)
		}
	})
	var out []sentOn
	for _, path := range at {
		listener, _, _ := strings.Cut(path, ".services[")
		if protocol := strings.ToLower(said[listener+".protocol"]); names == ingressName && (protocol == "" || protocol == protocolTCP) {
			continue
		}
		to := service{r.consulNamespace(o), said[path]}
		if ns := said[path[:strings.LastIndexByte(path, '.')]+".namespace"]; r.enterprise && ns != "" {
			to.ns = ns
		}
		out = append(out, sentOn{o, from, to})
	}
	return out
}

// legName and ingressName are the paths, in lower case, of the names of services that requests
// are sent on to.
var (
	legName     = regexp.MustCompile(`(^|\.)(splits\[\d+\]|destination|redirect|failover\.[^.]*|failover\..*targets\[\d+\])\.service$`)
	ingressName = regexp.MustCompile(`(^|\.)listeners\[\d+\]\.services\[\d+\]\.name$`)
)

// needsHTTP reports whether an object makes sense for HTTP only.
func (r *reader) needsHTTP(o *source.Object) bool {
	kind := kindNamed(o.Group(), o.Kind)
	found := kind == kindRouter || kind == kindSplitter
	o.Root.Leaves(func(l source.Leaf) {
		path := strings.ToLower(l.Ref().Path)
		found = found || kind == kindIntentions && (strings.Contains(path, "permissions[") || strings.Contains(path, "jwt."))
	})
	return found
}
