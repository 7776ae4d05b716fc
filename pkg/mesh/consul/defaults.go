package consul

import (
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

// routeTimeout is Envoy's for routes that say none; Consul's own default is none.
const routeTimeout = 15 * time.Second

// connectTimeout is that of upstream connections.
// agent/consul/discoverychain/compile.go getResolverNode
const connectTimeout = 5 * time.Second

// baseline is what Consul does by itself: requests end after 15 seconds and are
// not tried again, endpoints take turns, those that fail five times in a row are
// left out (every cluster has an empty outlier_detection block, so Envoy's
// defaults hold), and paths are normalised as RFC 3986 says. Servers trust the
// authority of their own cluster, whose names have its trust domain; those of peers
// are taken where a service is exported to them, which no model of one cluster
// says: agent/xds/listeners.go injectSpiffeValidatorConfigForPeers.
func baseline(env intent.Environment) intent.Baseline {
	timeout, connect := routeTimeout, connectTimeout
	five, ten, interval, ejection := 5, 10, 10*time.Second, 30*time.Second
	return intent.Baseline{
		Timeout: &intent.Timeout{Request: &timeout, From: defaulted("requestTimeout")},
		Paths:   intent.PathDots,
		Trusts:  []string{env.TrustDomain},
		Balance: &intent.Balance{Policy: intent.RoundRobin, From: defaulted("loadBalancer")},
		Limits:  &intent.Limits{ConnectTimeout: &connect, From: defaulted("connectTimeout")},
		Outlier: &intent.Outlier{Consecutive5xx: &five, Interval: &interval, BaseEjection: &ejection, MaxPercent: &ten, From: defaulted("passiveHealthCheck")},
	}
}

// defaultTransport accepts mutual TLS only, and dials it where the server is in
// the mesh. Of workloads, Consul's authority signs the names of services alone:
// agent/connect/uri_service.go.
func defaultTransport() []*intent.Transport {
	return []*intent.Transport{
		{Side: intent.Served, Mode: intent.Strict, Accounts: true, From: defaulted("mutualTLSMode")},
		{Side: intent.Dialled, Mode: intent.Auto, From: defaulted("mutualTLSMode")},
	}
}

// defaultAccess decides what no intention does.
func defaultAccess(env intent.Environment) []*intent.Default {
	return []*intent.Default{{Effect: defaultEffect(env), From: defaulted("defaultIntentionPolicy")}}
}

func defaultEffect(env intent.Environment) intent.Effect {
	if env.Consul.DefaultIntention == "deny" {
		return intent.Deny
	}
	return intent.Allow
}

func defaulted(key string) intent.Origin { return intent.From(place.Default(Name, key)) }
