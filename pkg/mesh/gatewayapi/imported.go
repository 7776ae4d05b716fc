package gatewayapi

import "github.com/transmesh/transmesh/pkg/intent"

// importedService holds for Services that are made of those of other clusters: names of none are
// not.
func importedService(p intent.Part) string {
	if x, ok := p.(*intent.Import); ok && x.DNS != "" {
		return "what other clusters offer has Services of its own here, and no other name"
	}
	return ""
}
