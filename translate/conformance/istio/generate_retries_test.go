package conformance

import (
	"strings"

	mesh "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"

	"github.com/transmesh/transmesh/pkg/intent"
)

// retries configures how requests are tried again by default, in the words of the environment
// and of the mesh's configuration; nil is as it is built in.
func (g *generator) retries(env *intent.Environment) func(*mesh.MeshConfig) {
	if !g.chance(25) {
		return nil
	}
	n := g.IntN(4)
	on := pick(g, [][]string{nil, {"5xx"}, {"connect-failure", "reset"}, {"503", "cancelled"}})
	env.Istio.RetryAttempts, env.Istio.RetryOn = &n, on
	return func(c *mesh.MeshConfig) {
		c.DefaultHttpRetryPolicy = &networking.HTTPRetry{Attempts: int32(n), RetryOn: strings.Join(on, ",")}
	}
}
