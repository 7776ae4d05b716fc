package linkerd

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// limitsAt are the limits of a Server.
func (w *admissionWriter) limitsAt(subject match.Expr) []*intent.RateLimit {
	var out []*intent.RateLimit
	for _, l := range w.m.Rates {
		if match.Equal(l.Scope.Subject, subject) {
			out = append(out, l)
		}
	}
	return out
}

// limitable is a protocol of a port whose rates are limited: those of gRPC are so
// only where it is declared as HTTP/2, and no rates of other connections are.
func limitable(protocol string, limits []*intent.RateLimit) string {
	switch {
	case len(limits) == 0:
		return protocol
	case protocol == protocolGRPC:
		return protocolHTTP2
	case protocol == protocolOpaque || protocol == protocolTLS:
		return protocolUnknown
	}
	return protocol
}

// rateLimit prints the policy that limits the rates of a Server, if it has any.
func (w *admissionWriter) rateLimit(limits []*intent.RateLimit, namespace, server string) {
	if len(limits) == 0 {
		return
	}
	home := limits[0].Home
	own := ""
	if home != nil && home.Kind == "HTTPLocalRateLimitPolicy" && home.Namespace == namespace {
		own = home.Name
	}
	o := manifest.New(groupPolicy+"/v1alpha1", "HTTPLocalRateLimitPolicy", namespace, w.name.name("HTTPLocalRateLimitPolicy", namespace, own, server))
	if own != "" {
		w.writeHome(o, home)
	} else if home != nil {
		gatewayapi.WriteHome(o, &intent.Home{Comment: home.Comment}, nil)
	}
	spec := manifest.Map().Set("targetRef", manifest.Map().Set("group", manifest.Str(groupPolicy)).Set("kind", manifest.Str("Server")).Set("name", manifest.Str(server)))
	overrides := manifest.List()
	var identity *manifest.Node
	for _, l := range limits {
		o.From = append(o.From, l.From...)
		n := manifest.Map().Because(l.From...).Set(perSecond, manifest.Int(perSecondOf(l)))
		switch {
		case isTotal(l):
			spec.Set("total", n)
		case l.Per == intent.PerClient:
			identity = n
		default:
			overrides.Append(n.Set("clientRefs", clientRefs(l, namespace)))
		}
	}
	if identity != nil {
		spec.Set("identity", identity)
	}
	if len(overrides.Kids) > 0 {
		spec.Set("overrides", overrides)
	}
	o.Root.Because(o.From...)
	o.Root.Set("spec", spec)
	w.out = append(w.out, o)
}

// clientRefs prints the clients of an override.
func clientRefs(l *intent.RateLimit, namespace string) *manifest.Node {
	clients, ok := accountsNamed(l.When)
	if !ok {
		panic("linkerd: clients of a rate that are no accounts: " + match.String(l.When))
	}
	list := manifest.List()
	for _, c := range clients {
		n := manifest.Map().Set("kind", manifest.Str("ServiceAccount")).Set("name", manifest.Str(c.name.Name))
		for _, lit := range c.ls {
			n.Because(lit.Atom.Place())
		}
		if c.name.Namespace != namespace {
			n.Set("namespace", manifest.Str(c.name.Namespace))
		}
		list.Append(n)
	}
	return list
}
