package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

// IstioEgress is what MeshConfig says of what leaves; it stands in no manifest.
func IstioEgress(env intent.Environment) []*intent.Egress {
	if env.Istio.OutboundPolicy != "REGISTRY_ONLY" {
		return nil
	}
	return []*intent.Egress{{Effect: intent.Deny, From: intent.From(istioPolicy)}}
}

// istioPolicy is where MeshConfig says what leaves.
var istioPolicy = place.Ref{Object: "MeshConfig", Path: "outboundTrafficPolicy.mode"}

// ByMeshConfig reports whether MeshConfig says what leaves, and no object.
func ByMeshConfig(e *intent.Egress) bool { return slices.Equal(e.From, intent.From(istioPolicy)) }

// meshConfigured holds for what MeshConfig says.
func meshConfigured(p intent.Part) string {
	if e, ok := p.(*intent.Egress); ok && !ByMeshConfig(e) {
		return "no kind is about what leaves the cluster"
	}
	return ""
}

// ownEgress is IstioEgress where Istio runs the routes.
func ownEgress(version string, env intent.Environment) []*intent.Egress {
	if version != versionIstio {
		return nil
	}
	return IstioEgress(env)
}
