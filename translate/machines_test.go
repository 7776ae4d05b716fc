package translate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// TestRandomMachines writes random policies of Istio, beside random machines outside
// Kubernetes, for Linkerd, for Consul and for Istio itself: nobody is let in at a machine,
// or let in as one anywhere, who was not, and Istio gets back what it had. At machines that
// Consul registers, that is so for who comes by a gateway.
func TestRandomMachines(t *testing.T) {
	for _, to := range []string{"linkerd", "consul", "istio"} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			var let, kept, both int
			for n := range *policySets * 4 {
				m := machines{policies: newPolicies(*policySeed+77, uint64(n), to)}
				r := m.translated(t, to)
				for range 4 * requestsPerSet {
					before, after := m.asked(r)
					let, kept, both = let+count(before), kept+count(!before), both+count(before && after)
					if after && !before {
						t.Fatalf("set %d: let in: %s\nof:\n%s\nwritten:\n%s", n, m.last, m.text, printed(t, r))
					}
				}
				if to == "istio" && r.VerdictWithDefaults != decide.Same {
					t.Errorf("set %d is %s\n%s", n, r.VerdictWithDefaults, m.text)
				}
			}
			t.Logf("%d let in, %d of them after, %d kept out", let, both, kept)
			if both == 0 || let == 0 || kept == 0 || both < let/2 {
				t.Error("too few requests on one side")
			}
		})
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// machines makes policies beside machines.
type machines struct {
	policies
	text string
	all  []*intent.Machine
	last string // request
}

func (m *machines) translated(t *testing.T, to string) *Result {
	t.Helper()
	m.text = m.istio(false)
	for i := range 1 + m.IntN(3) {
		labels := "app: " + m.oneOf("cart", "pay", "till")
		if m.chance(40) {
			labels += ", version: " + m.oneOf("v1", "v3")
		}
		m.text += document("networking.istio.io/v1", "WorkloadEntry", fmt.Sprint("vm", i), fmt.Sprintf("{address: 10.7.0.%d, labels: {%s}, ports: {http: 8080}, serviceAccount: %s}", i+1, labels, m.oneOf("web", "admin", "till")))
	}
	from, _ := findMesh(t, "istio")
	target, version := findMesh(t, to)
	objs, problems := source.Parse("in.yaml", []byte(policyCluster+m.text), source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems, m.text)
	}
	env := intent.Defaults()
	r := runGuarded(t, []byte(m.text), Input{Objects: objs}, Options{From: from, To: target, ToVersion: version, Env: &env})
	if broken := lawsBroken(r); len(broken) > 0 {
		t.Errorf("%s\nof:\n%s\n%s", strings.Join(broken, "\n"), m.text, reportText(r))
	}
	m.all = r.Source.Machines
	return r
}

// asked sends a request to a machine, or as one, before and after. Linkerd knows a machine
// by the name of its certificate, and no pod by such a name.
func (m *machines) asked(r *Result) (before, after bool) {
	p := pair{g: m.policies}
	q := p.attributes()
	at := m.all[m.IntN(len(m.all))].Workload()
	q.Set(match.Namespace, "", at.Name.Namespace).Set(match.Port, "", m.oneOf("8080", "8080", "9090"))
	to := q.Clone()
	if m.chance(60) {
		for _, l := range at.Labels {
			to.Set(match.Label, l.Key, l.Value)
		}
		to.Set(match.Account, "", at.Account)
	} else {
		to.Set(match.Label, "app", m.app()).Set(match.Account, "", "cart")
	}
	then := to.Clone()
	then.Unset(match.ClientIdentity, "")
	if m.to != "consul" && m.chance(40) { // which knows none as clients
		as := m.all[m.IntN(len(m.all))]
		to.Set(match.ClientNamespace, "", "shop").Set(match.ClientAccount, "", as.Account).Set(match.ClientTrust, "", "cluster.local").Set(match.ClientIdentity, "", as.SPIFFE("cluster.local"))
		then = to.Clone()
		if m.to == "linkerd" {
			for _, f := range []match.Field{match.ClientNamespace, match.ClientAccount, match.ClientTrust} {
				then.Unset(f, "")
			}
		}
	} else if m.to != "linkerd" {
		then = to.Clone()
	}
	m.last = to.String()
	return decide.Admit(r.Source, to, decide.NoToken).Allowed, decide.Admit(r.again, then, decide.NoToken).Allowed
}
