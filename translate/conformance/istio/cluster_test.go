package conformance

import (
	"slices"
	"strings"
	"testing"

	"istio.io/api/mesh/v1alpha1"
	security "istio.io/api/security/v1beta1"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
	"github.com/transmesh/transmesh/translate/conformance/rbac"
)

// cluster asks all of Istio's engine that decides about admission: mutual TLS,
// tokens and policies.
type cluster struct{ *engine.Cluster }

func clusterOf(t testing.TB, manifests []byte, env *intent.Environment) cluster {
	t.Helper()
	objs, err := engine.Parse(manifests)
	if err != nil {
		t.Fatal(err)
	}
	return cluster{engine.NewCluster(t, objs, meshConfig(env))}
}

// foreign are trust domains of other meshes, whose clients have certificates that
// the mesh takes where its own are not told: without authorities that are named for
// them it takes none.
var foreign = []string{"a.example", "old.example", "other", "other.example", "other.example.com", "prod.example", "root.example"}

// meshConfig says in Istio's words what an environment says.
func meshConfig(env *intent.Environment) func(*v1alpha1.MeshConfig) {
	return func(c *v1alpha1.MeshConfig) {
		c.CaCertificates = []*v1alpha1.MeshConfig_CertificateData{{TrustDomains: foreign}}
		if env != nil {
			c.TrustDomain, c.TrustDomainAliases, c.RootNamespace = env.TrustDomain, env.TrustAliases, env.Istio.RootNamespace
			if slices.Contains(env.Said, "trustDomain") || slices.Contains(env.Said, "trustAliases") {
				c.CaCertificates = []*v1alpha1.MeshConfig_CertificateData{{TrustDomains: env.Istio.AuthorityTrustDomains}}
			}
		}
	}
}

// judge is what becomes of a request at the workload that it is for.
func (c cluster) judge(q question) string {
	w, r := workloadOf(q.request), asEnvoy(q.request)
	switch mode := c.MutualTLS(w, r.Port); {
	case mode == engine.Plain:
		r.Peer = ""
	case mode == engine.Strict && r.Peer == "", r.Peer != "" && !c.Takes(w, r.Port, r.Peer):
		return "deny"
	}
	if q.token == decide.GoodToken {
		rules := c.TokenRules(w)
		switch {
		case len(rules) == 0:
			r.Metadata = nil
		case !slices.ContainsFunc(rules, func(j *security.JWTRule) bool { return accepts(j, q.request) }):
			return "deny"
		}
	}
	v := rbac.Judge(c.Filters(w, text(q.request, match.Protocol) == "http"), r)
	return spoken(v.Allowed, v.Asked)
}

// accepts reports whether a valid token is of the rule's issuer, and for one of
// its audiences.
func accepts(j *security.JWTRule, r *match.Request) bool {
	issuer, _ := r.Lookup(match.Token, "issuer")
	audiences, _ := r.Lookup(match.Token, "audience")
	meant := func(a string) bool { return slices.Contains(j.GetAudiences(), a) }
	return issuer == j.GetIssuer() && (len(j.GetAudiences()) == 0 || slices.ContainsFunc(strings.Split(audiences, match.Separator), meant))
}

func workloadOf(r *match.Request) engine.Workload {
	w := engine.Workload{Namespace: text(r, match.Namespace), Labels: map[string]string{}}
	for _, l := range r.Values(match.Label) {
		w.Labels[l.Key] = l.Value
	}
	return w
}
