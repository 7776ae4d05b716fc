package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

func defaulted(key string) intent.Origin { return intent.From(place.Default(Name, key)) }

// defaultRetryOn are the conditions of the built-in retry policy and of policies
// that name none: pilot/pkg/networking/core/route/retry.
var defaultRetryOn = []intent.RetryOn{
	intent.OnConnectFailure, "grpc:cancelled", "grpc:unavailable", intent.OnRefusedStream,
}

// baseline is what Istio does where no manifest says anything.
func baseline(env intent.Environment) intent.Baseline {
	retry := &intent.Retry{Attempts: 2, On: slices.Clone(defaultRetryOn), From: defaulted("retries")}
	if env.Istio.RetryAttempts != nil {
		retry.Attempts = *env.Istio.RetryAttempts
	}
	if len(env.Istio.RetryOn) > 0 {
		retry.On, _ = parseRetryOn(env.Istio.RetryOn)
	}
	return intent.Baseline{
		Retry: retry, Paths: pathForms[env.Istio.PathNormalization], Trusts: env.IstioTrusts(),
		Balance: &intent.Balance{Policy: intent.LeastRequest, From: defaulted("loadBalancer")},
	}
}

// pathForms are the spellings of MeshConfig's pathNormalization.
var pathForms = map[string]intent.PathForm{
	"NONE": intent.PathRaw, "": intent.PathDots, "DEFAULT": intent.PathDots, "BASE": intent.PathDots,
	"MERGE_SLASHES": intent.PathMerged, "DECODE_AND_MERGE_SLASHES": intent.PathFull,
}

// ownDefault admits where no policy speaks.
func ownDefault(intent.Environment) []*intent.Default {
	return []*intent.Default{{Effect: intent.Allow, From: defaulted("no policy")}}
}

// ownTransport accepts both mutual TLS and plaintext, and dials mutual TLS where
// the server can; without automatic mutual TLS it dials plaintext.
func ownTransport(env intent.Environment) []*intent.Transport {
	dialled := intent.Auto
	if env.Istio.AutoMTLS != nil && !*env.Istio.AutoMTLS {
		dialled = intent.Plain
	}
	return []*intent.Transport{
		{Side: intent.Served, Mode: intent.Permissive, From: defaulted("mtls")},
		{Side: intent.Dialled, Mode: dialled, From: defaulted("autoMtls")},
	}
}
