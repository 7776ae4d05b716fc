package gatewayapi

import (
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

// baseline is what an implementation does where a route says nothing. The
// specification itself says nothing.
func baseline(version string, env intent.Environment) intent.Baseline {
	switch version {
	case versionIstio:
		return intent.Baseline{
			Retry: istioRetry(env), Paths: istioPaths[env.Istio.PathNormalization], Trusts: env.IstioTrusts(),
			Balance: &intent.Balance{Policy: intent.LeastRequest, From: defaulted(versionIstio, "loadBalancer")},
		}
	case versionCilium:
		// Envoy's own timeout, which Cilium leaves in place.
		timeout := 15 * time.Second
		return intent.Baseline{Timeout: &intent.Timeout{Request: &timeout, From: defaulted(versionCilium, "timeout")}, Inspection: CiliumInspection(env), Network: true}
	}
	return intent.Baseline{RetryOpen: version != versionLinkerd}
}

// CiliumInspection is what Cilium's proxies do with requests where policies list some:
// whatever the method, those that fail are tried again.
// cilium pkg/envoy/model.go GetHttpFilterChainProto, pkg/envoy/config/config.go
func CiliumInspection(env intent.Environment) *intent.Inspection {
	hour, silence := time.Hour, 5*time.Minute
	out := &intent.Inspection{Timeout: &intent.Timeout{Request: &hour, Idle: &silence, From: defaulted(versionCilium, "http-request-timeout")}}
	if n := env.Cilium.Retries; n != nil && *n > 0 {
		out.Retry = &intent.Retry{Attempts: *n, On: []intent.RetryOn{intent.On5xx}, From: defaulted(versionCilium, "httpRetryCount")}
	}
	return out
}

// istioPaths are the forms of MeshConfig's pathNormalization.
var istioPaths = map[string]intent.PathForm{
	"NONE": intent.PathRaw, "": intent.PathDots, "DEFAULT": intent.PathDots, "BASE": intent.PathDots,
	"MERGE_SLASHES": intent.PathMerged, "DECODE_AND_MERGE_SLASHES": intent.PathFull,
}

// istioRetry is the retry policy of requests without one: MeshConfig's, or the
// built-in one of istio pilot/pkg/networking/core/route/retry.
func istioRetry(env intent.Environment) *intent.Retry {
	r := &intent.Retry{Attempts: 2, On: slices.Clone(istioDialect.Retry.On), From: defaulted(versionIstio, "retries")}
	if env.Istio.RetryAttempts != nil {
		r.Attempts = *env.Istio.RetryAttempts
	}
	if len(env.Istio.RetryOn) > 0 {
		r.On = nil
		for _, on := range env.Istio.RetryOn {
			r.On = append(r.On, retryWord(on))
		}
		slices.Sort(r.On)
	}
	if r.Attempts == 0 {
		return nil
	}
	return r
}

// retryWord is the condition of Envoy's spelling, which has no prefix for gRPC.
func retryWord(on string) intent.RetryOn {
	switch on {
	case "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable":
		return intent.RetryOn("grpc:" + on)
	}
	return intent.RetryOn(on)
}

func defaulted(mesh, key string) intent.Origin { return intent.Origin{place.Default(mesh, key)} }

// defaultAccess admits all: the API has no authorization. Under Linkerd its
// default inbound policy decides; policies of the implementations are kept.
func defaultAccess(version string, env intent.Environment) []*intent.Default {
	effect := intent.Allow
	if version == versionLinkerd && env.Linkerd.DefaultInbound == "deny" {
		effect = intent.Deny
	}
	return []*intent.Default{{Effect: effect, From: defaulted(implementation(version), "access")}}
}

// defaultTransport accepts both plaintext and mutual TLS, and dials as the
// server can: a statement that no mesh is bound to. Cilium knows clients without mutual TLS.
func defaultTransport(version string, env intent.Environment) []*intent.Transport {
	from := defaulted(implementation(version), "transport")
	dialled := intent.Auto
	switch {
	case version == versionCilium:
		dialled = intent.Plain
	case version == versionIstio && env.Istio.AutoMTLS != nil && !*env.Istio.AutoMTLS:
		dialled = intent.Plain
	}
	return []*intent.Transport{
		{Side: intent.Served, Mode: intent.Permissive, From: from},
		{Side: intent.Dialled, Mode: dialled, From: from},
	}
}

// implementation is the name of the implementation in origins.
func implementation(version string) string {
	if version == "" || version == versionSpec {
		return Name
	}
	return version
}
