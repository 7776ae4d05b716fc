package consul

import (
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// What legalization makes of admission is written and reads back with the same
// meaning, under both default policies and in both editions, and lets in nobody
// who was kept out.
func TestLegalAdmissionReadsBack(t *testing.T) {
	const rounds = 120
	for _, version := range Mesh.Versions {
		for _, policy := range []string{"allow", "deny"} {
			r := rand.New(rand.NewPCG(3, 4))
			lists, sources := 0, 0
			for i := range rounds {
				m := randomAdmission(r)
				m.Env.Consul.DefaultIntention = policy
				out := checkReadBack(t, m, version)
				if t.Failed() {
					t.Fatalf("%s, %s: round %d", version, policy, i)
				}
				for _, o := range out.objs {
					for _, s := range o.Root.Get("spec").Get("sources").Items() {
						sources++
						if s.Get("permissions") != nil {
							lists++
						}
					}
				}
			}
			t.Logf("%s, %s: %d sources, %d with permissions", version, policy, sources, lists)
			if lists < rounds/4 || sources < rounds {
				t.Errorf("%s, %s: hardly anything is written", version, policy)
			}
		}
	}
}

// randomMesh has two Services in one namespace and one in another.
func randomMesh(r *rand.Rand) *intent.Model {
	m := &intent.Model{Env: intent.Defaults()}
	m.Baseline.Paths = intent.PathDots
	for _, s := range []intent.Name{{Namespace: "depot", Name: "stock"}, {Namespace: "shop", Name: "cart"}, {Namespace: "shop", Name: "web"}} {
		for _, v := range []string{"v1", "v2"} {
			w := &intent.Workload{
				Name: intent.Name{Namespace: s.Namespace, Name: s.Name + "-" + v}, Kind: "Deployment", Account: s.Name,
				Labels: []intent.Pair{{Key: "app", Value: s.Name}, {Key: "version", Value: v}},
			}
			if r.IntN(3) > 0 {
				w.Ports = []intent.WorkloadPort{{Name: "http", Port: 8080}, {Name: "admin", Port: 9090}}
			}
			m.Inventory.Workloads = append(m.Inventory.Workloads, w)
		}
		m.Inventory.Services = append(m.Inventory.Services, &intent.Service{
			Name: s, Selector: []intent.Pair{{Key: "app", Value: s.Name}}, Ports: []intent.ServicePort{{Name: "http", Port: 80, Target: 8080}},
		})
	}
	return m
}

func randomAdmission(r *rand.Rand) *intent.Model {
	m := randomMesh(r)
	for range 1 + r.IntN(3) {
		a := &intent.Access{Scope: intent.Scope{Subject: randomScope(r)}, Effect: intent.Effect(r.IntN(2)), When: match.Conj(randomClients(r), randomRequests(r))}
		m.Access = append(m.Access, a)
		if a.Effect == intent.Allow && r.IntN(2) == 0 {
			m.Default = append(m.Default, &intent.Default{Effect: intent.Deny, Scope: a.Scope})
		}
	}
	if r.IntN(3) == 0 {
		m.Default = append(m.Default, &intent.Default{Effect: intent.Deny, Scope: intent.Scope{Subject: randomScope(r)}})
	}
	m.Default = append(m.Default, &intent.Default{Effect: intent.Allow})
	if r.IntN(2) == 0 {
		m.Transport = append(m.Transport, &intent.Transport{Scope: intent.Scope{Subject: randomScope(r)}, Mode: intent.TLSMode(r.IntN(3))})
	}
	m.Transport = append(m.Transport, &intent.Transport{Mode: intent.Permissive}, &intent.Transport{Side: intent.Dialled, Mode: intent.Auto})
	return m
}

func is(f match.Field, value string) match.Atom {
	return match.Atom{Field: f, Op: match.Exact, Value: value}
}

// randomScope is everything or a namespace, perhaps with labels or a port.
func randomScope(r *rand.Rand) match.Expr {
	if r.IntN(6) == 0 {
		return match.True
	}
	and := match.And{is(match.Namespace, []string{"shop", "shop", "depot"}[r.IntN(3)])}
	if r.IntN(3) > 0 {
		and = append(and, match.Atom{Field: match.Label, Key: "app", Value: []string{"cart", "web", "stock", "other"}[r.IntN(4)]})
	}
	if r.IntN(6) == 0 {
		and = append(and, match.Atom{Field: match.Label, Key: "version", Value: "v2"})
	}
	if r.IntN(5) == 0 {
		and = append(and, is(match.Port, []string{"8080", "9090"}[r.IntN(2)]))
	}
	return match.Simplify(and)
}

// randomClients is a predicate on clients, most of which have names.
func randomClients(r *rand.Rand) match.Expr {
	one := func() match.Expr {
		switch r.IntN(9) {
		case 0:
			return is(match.ClientNamespace, "depot")
		case 1:
			return match.Not{X: is(match.ClientNamespace, "depot")}
		case 2:
			return match.Atom{Field: match.ClientAccount, Op: match.Present}
		case 3:
			return match.Atom{Field: match.ClientIP, Op: match.CIDR, Value: "10.0.0.0/8"}
		case 4:
			return match.Not{X: match.Conj(is(match.ClientAccount, "web"), is(match.ClientNamespace, "shop"))}
		case 5:
			return match.Conj(is(match.ClientAccount, "stranger"), is(match.ClientNamespace, "shop"), is(match.ClientTrust, "cluster.local"))
		}
		return match.Conj(is(match.ClientAccount, []string{"web", "cart"}[r.IntN(2)]), is(match.ClientNamespace, "shop"), is(match.ClientTrust, "cluster.local"))
	}
	switch r.IntN(5) {
	case 0:
		return match.True
	case 1:
		return match.Disj(one(), one())
	}
	return one()
}

// randomRequests is a predicate on requests, all or in part.
func randomRequests(r *rand.Rand) match.Expr {
	path := func() match.Expr {
		switch r.IntN(9) {
		case 0:
			return match.Atom{Field: match.Path, Op: match.Prefix, Value: "/a/"}
		case 1:
			return match.Atom{Field: match.Path, Op: match.Segments, Value: "/a"}
		case 2:
			return match.Atom{Field: match.Path, Op: match.Suffix, Value: "/z"}
		case 3:
			return match.Not{X: is(match.Path, "/admin")}
		case 4:
			return match.Atom{Field: match.Header, Key: "x", Op: match.Present}
		case 5:
			return match.Atom{Field: match.Query, Key: "q", Op: match.Exact, Value: "1"}
		}
		return is(match.Path, []string{"/a", "/a/b", "/healthz"}[r.IntN(3)])
	}
	method := func() match.Expr {
		var e match.Expr = is(match.Method, []string{"GET", "POST"}[r.IntN(2)])
		if r.IntN(4) == 0 {
			e = match.Not{X: e}
		}
		return e
	}
	var e match.Expr
	switch r.IntN(8) {
	case 0, 1:
		return match.True
	case 2:
		e = method()
	case 3:
		e = match.Conj(path(), method())
	case 4:
		e = match.Disj(path(), path())
	case 5:
		e = match.Conj(is(match.Host, "cart"), path())
	case 6:
		return is(match.Port, "8080")
	default:
		e = path()
	}
	if r.IntN(3) == 0 {
		return match.Disj(match.Conj(is(match.Protocol, "http"), e), is(match.Protocol, "tcp"))
	}
	return match.Conj(is(match.Protocol, "http"), e)
}
