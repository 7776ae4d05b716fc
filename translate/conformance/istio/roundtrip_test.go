package conformance

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
)

// workloads are what the policies are about: without them, Linkerd's policies
// have no ports to be for.
const workloads = `---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: 8080}, {name: admin, port: 9000}, {name: http-more, port: 7000}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {containers: [{name: main, image: cart, ports: [{containerPort: 8080}, {containerPort: 9000}, {containerPort: 7000}]}]}
`

const roundTrips, perRoundTrip = 80, 24

// trips tallies what became of requests on the way through another mesh.
type trips struct {
	pairs, allowed, kept int
	leaves, carried      int
}

// TestThroughLinkerd translates random policies to Linkerd and back, and lets
// Istio's engine judge both ends: nothing is let in that was kept out.
func TestThroughLinkerd(t *testing.T) {
	var n trips
	for i := range uint64(roundTrips) {
		g := newGenerator(seed+1, i)
		g.plain = i%4 != 0
		manifests := g.policies()
		there := convert([]byte(manifests+workloads), istio.Mesh, linkerd.Mesh, "", nil)
		for e := range there.Ledger.All() {
			n.leaves++
			if e.Fate == ledger.Carried || e.Fate == ledger.Rewritten {
				n.carried++
			}
		}
		out := printed(t, there)
		back := printed(t, convert(out, linkerd.Mesh, istio.Mesh, "", nil))
		before, after := enforce(t, []byte(manifests), nil), enforce(t, back, nil)
		for range perRoundTrip {
			q := g.question()
			was, is := before.judge(q.request).Allowed, after.judge(q.request).Allowed
			n.count(was, is)
			if is && !was {
				t.Fatalf("set %d: let in on the way (verdict %s): %s; the model says %v\n%s\n=>\n%s\n=>\n%s", i, there.Verdict, q.request,
					decide.Admit(there.Source, q.request, q.token).Allowed, manifests, out, back)
			}
		}
	}
	t.Logf("%d pairs, %d allowed before, %d of them after; %d of %d values carried", n.pairs, n.allowed, n.kept, n.carried, n.leaves)
	if n.kept*20 < n.allowed {
		t.Error("next to nothing that was let in still is, so that little is shown")
	}
}

func (n *trips) count(was, is bool) {
	n.pairs++
	if was {
		n.allowed++
	}
	if was && is {
		n.kept++
	}
}
