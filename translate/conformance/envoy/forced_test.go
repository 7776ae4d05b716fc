package envoy

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
)

// forced is what an input is in Cilium where each table has a rule besides that no
// route of the Gateway API can say, so that all of it is written for Envoy.
func (i translated) forced(t testing.TB) (input, *intent.Model) {
	t.Helper()
	m := i.Source.Clone()
	for _, x := range m.Routing {
		if x.Protocol <= intent.GRPC && x.Entry.IsZero() && !x.Host.Service.IsZero() {
			x.Rules = append([]intent.Rule{beyond(x)}, x.Rules...)
		}
	}
	return inCilium(t, i.name+" for Envoy", m)
}

// beyond is a rule that no route of the Gateway API can say.
func beyond(t *intent.Routing) intent.Rule {
	to := intent.PathRewrite{Kind: intent.RegexPath, Match: "x+", Replace: "y"}
	return intent.Rule{
		When:  match.Atom{Field: match.Header, Key: "x-beyond", Value: "1"},
		Steps: []intent.Step{intent.Rewrite{Path: &to}},
		Then:  intent.Forward{To: []intent.Backend{{Host: t.Host, Port: t.Port, Weight: 1}}},
	}
}

// inCilium writes a model, and returns it as far as it can be written.
func inCilium(t testing.TB, name string, m *intent.Model) (input, *intent.Model) {
	t.Helper()
	target, _ := cilium.Mesh.Target(cilium.Mesh.Versions[0])
	fit, _ := legal.Legalize(m, target, legal.Options{From: "istio"})
	return printed(t, name, cilium.Mesh.Write(fit.Clone(), target), m.Env), fit
}
