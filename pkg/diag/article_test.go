package diag

import "testing"

func TestA(t *testing.T) {
	for noun, want := range map[string]string{
		"AuthorizationPolicy":      "an AuthorizationPolicy",
		"EnvoyFilter":              "an EnvoyFilter",
		"HTTPRoute":                "an HTTPRoute",
		"HTTPLocalRateLimitPolicy": "an HTTPLocalRateLimitPolicy",
		"UDPRoute":                 "a UDPRoute",
		"TLSRoute":                 "a TLSRoute",
		"XMesh":                    "an XMesh",
		"Server":                   "a Server",
		"service-intentions":       "a service-intentions",
		"ingress-gateway":          "an ingress-gateway",
		"":                         "a ",
	} {
		if got := A(noun); got != want {
			t.Errorf("A(%q) = %q, want %q", noun, got, want)
		}
	}
}
