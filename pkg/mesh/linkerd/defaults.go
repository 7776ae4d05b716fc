package linkerd

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// baseline is what Linkerd does by itself: no retries, no timeout, endpoints by
// their latency, and paths as they are sent.
func baseline(intent.Environment) intent.Baseline {
	return intent.Baseline{
		Paths:   intent.PathRaw,
		Balance: &intent.Balance{Policy: intent.PeakEWMA, From: intent.From(place.Default(Name, "balance"))},
	}
}

// defaultTransport accepts plaintext and mutual TLS, and dials mutual TLS where
// the server is meshed. Linkerd has no switch for either: who must have an
// identity is a matter of admission.
func defaultTransport(intent.Environment) []*intent.Transport {
	from := intent.From(place.Default(Name, "mtls"))
	return []*intent.Transport{
		{Side: intent.Served, Mode: intent.Permissive, From: from},
		{Side: intent.Dialled, Mode: intent.Auto, From: from},
	}
}

// defaultAccess is what holds on ports of which nothing is said.
func defaultAccess(env intent.Environment) []*intent.Default {
	d := &intent.Default{Effect: intent.Deny, From: intent.From(place.Default(Name, "defaultInboundPolicy"))}
	if match.IsTrue(clientsOf(env.Linkerd.DefaultInbound, env, place.Ref{})) {
		d.Effect = intent.Allow
	}
	return []*intent.Default{d}
}
