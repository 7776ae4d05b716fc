package istio

import "github.com/transmesh/transmesh/pkg/intent"

// algorithms are Istio's names of load balancing algorithms with the model's;
// the first of equal ones is written.
var algorithms = []spelling[intent.BalancePolicy]{
	{"UNSPECIFIED", intent.BalanceUnset}, {"ROUND_ROBIN", intent.RoundRobin}, {"LEAST_REQUEST", intent.LeastRequest},
	{"LEAST_CONN", intent.LeastRequest}, {"RANDOM", intent.Random}, {"PASSTHROUGH", intent.OriginalDst},
}

// tlsModes are the modes of the calling side's TLS; the zero value of the enum
// is DISABLE.
var tlsModes = []spelling[intent.TLSMode]{
	{"DISABLE", intent.Plain}, {"SIMPLE", intent.Simple}, {"MUTUAL", intent.SimpleMutual}, {"ISTIO_MUTUAL", intent.Mutual},
}

// serverModes are the modes of PeerAuthentication.
var serverModes = []spelling[intent.TLSMode]{
	{"DISABLE", intent.Plain}, {"PERMISSIVE", intent.Permissive}, {"STRICT", intent.Strict},
}
