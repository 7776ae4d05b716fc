package all_test

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh/all"
)

// A backend that stands in for another is not lost silently: where a mesh does not have
// it, the step that drops it says so, and shows just that.
func TestFailoverIsDroppedLoudly(t *testing.T) {
	host := func(name string) intent.Host {
		return intent.Host{Service: intent.Name{Namespace: "shop", Name: name}}
	}
	m := &intent.Model{Env: intent.Defaults(), Routing: []*intent.Routing{{Host: host("cart"), Else: intent.Passthrough{}, Rules: []intent.Rule{{
		Then: intent.Forward{To: []intent.Backend{{Host: host("cart"), Weight: 1, Fallback: []intent.Backend{{Host: host("spare"), Weight: 1}}}}},
	}}}}}
	for _, mesh := range all.Meshes {
		for _, version := range mesh.Versions {
			target, ok := mesh.Target(version)
			if !ok {
				continue
			}
			fit, changes := legal.Legalize(m, target, legal.Options{})
			seen := false
			for _, c := range changes {
				if c.Feature == legal.RouteFailover {
					seen = true
					if r := decide.Compare(c.Before, c.After, decide.Options{}); r.Verdict != decide.Different || r.Differences[0].Aspect != intent.Routed {
						t.Errorf("%s: %s: %+v", mesh.Name, r.Verdict, r.Differences)
					}
				}
			}
			if seen == standsIn(fit) {
				t.Errorf("%s@%s: failover is said to be lost: %v, and is written: %v", mesh.Name, version, seen, !seen)
			}
		}
	}
}

// standsIn reports whether some backend of a model stands in for another.
func standsIn(m *intent.Model) bool {
	found := false
	intent.Walk(m, func(p intent.Part) {
		if b, ok := p.(*intent.Backend); ok {
			found = found || len(b.Fallback) > 0
		}
	})
	return found
}
