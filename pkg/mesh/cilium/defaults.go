package cilium

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
)

// baseline is what Cilium does where nothing is said: no retries, no timeouts, but where
// policies list requests.
// Its proxy normalises paths in full before policies see them.
// cilium pkg/envoy/server.go
func baseline(env intent.Environment) intent.Baseline {
	paths := intent.PathFull
	if env.Cilium.NormalizePaths != nil && !*env.Cilium.NormalizePaths {
		paths = intent.PathRaw
	}
	return intent.Baseline{Paths: paths, Network: true, Inspection: gatewayapi.CiliumInspection(env)}
}

// ownDefault is whom Cilium lets in where no policy selects a workload.
func ownDefault(env intent.Environment) []*intent.Default {
	effect := intent.Allow
	if env.Cilium.Enforcement == "always" {
		effect = intent.Deny
	}
	return []*intent.Default{{Effect: effect, From: intent.From(place.Default(Name, "policyEnforcementMode"))}}
}

// ownTransport is how connections are: no manifest asks for mutual TLS, and
// clients are known by their endpoints all the same.
func ownTransport(intent.Environment) []*intent.Transport {
	from := intent.From(place.Default(Name, "encryption"))
	return []*intent.Transport{{Side: intent.Served, Mode: intent.Permissive, From: from}, {Side: intent.Dialled, Mode: intent.Plain, From: from}}
}

// defaults adds the catch-all facts.
func (r *reader) defaults() {
	r.m.Baseline = baseline(r.in.Env)
	if r.in.Env.Cilium.Enforcement == "never" {
		r.unenforced()
	}
	r.m.Default = append(r.m.Default, ownDefault(r.in.Env)...)
	r.m.Transport = append(r.m.Transport, ownTransport(r.in.Env)...)
}
