package consul_test

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// Intentions for all destinations stay as they are for the edition that they were
// written for. In the other one they would be for one namespace, or are refused, so that
// they are said anew, and keep out no less.
func TestEditionsOfIntentions(t *testing.T) {
	const object = "apiVersion: consul.hashicorp.com/v1alpha1\nkind: ServiceIntentions\nmetadata: {name: every, namespace: shop}\n"
	community := object + `spec: {destination: {name: "*"}, sources: [{name: web, action: deny}]}`
	enterprise := object + `spec: {destination: {name: "*", namespace: "*"}, sources: [{name: web, namespace: shop, action: deny}]}`
	const ce, ent = "1.20", "1.20-enterprise"
	for _, c := range []struct {
		from, to, text string
		want           decide.Verdict
	}{
		{ce, ce, community, decide.Same},
		{ce, ent, community, decide.Narrower},
		{ent, ce, enterprise, decide.Narrower},
		{ent, ent, enterprise, decide.Same},
	} {
		t.Run(c.from+" to "+c.to, func(t *testing.T) {
			objs, problems := source.Parse("in.yaml", []byte(c.text), source.Options{})
			r := translate.Run(translate.Input{Objects: objs, Problems: problems}, translate.Options{From: consul.Mesh, FromVersion: c.from, To: consul.Mesh, ToVersion: c.to})
			if r.Verdict != c.want || len(r.Manifests) != 1 {
				t.Errorf("verdict %s and %d objects", r.Verdict, len(r.Manifests))
			}
			for _, f := range r.Findings {
				if f.Code == diag.CheckFailed {
					t.Error(f.Summary, f.Detail)
				}
			}
		})
	}
}
