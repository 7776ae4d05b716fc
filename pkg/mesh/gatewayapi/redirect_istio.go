package gatewayapi

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/intent"
)

// redirectPorts says where the redirects of a table lead that pilot hands on to Envoy.
// istio pilot/pkg/config/kube/gateway/conversion.go createRedirectFilter
func (a *attacher) redirectPorts(t *intent.Routing) {
	for i := range t.Rules {
		if to, is := t.Rules[i].Then.(intent.Redirect); is {
			to.Port = handedOn(to)
			t.Rules[i].Then = to
		}
	}
	SettleRedirects(t, AskedAt(t, a.in.Inventory.Service(t.Host.Service), a.entry(t.Entry)))
}

// handedOn is the port that pilot says for a redirect: without one and without a scheme
// that of the request.
func handedOn(to intent.Redirect) int {
	if to.Port == 0 && to.Scheme == "" {
		return intent.RequestPort
	}
	return to.Port
}

// entry is the entry of a name, or nil.
func (a *attacher) entry(name intent.Name) *intent.Entry {
	for _, g := range a.gateways {
		if g.entry != nil && g.entry.Name == name {
			return g.entry
		}
	}
	return nil
}

// RedirectsKept is EndedAlike, and tells tables with redirects whose ports Istio does not
// keep as they are meant.
func RedirectsKept(m *intent.Model) func(*intent.Routing) string {
	ended := EndedAlike(m)
	words := func(to intent.Redirect, _ []Asked) intent.Redirect {
		to.Port = handedOn(to)
		return to
	}
	return func(t *intent.Routing) string {
		if LeadElsewhere(m, t, words) {
			return "Istio keeps the port that was asked in a redirect to the same host, where it is to lead to that of the scheme"
		}
		return cmp.Or(foreignNames(m, t), ended(t))
	}
}
