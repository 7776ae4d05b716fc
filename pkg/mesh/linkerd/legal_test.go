package linkerd

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// What legalization makes of admission as other meshes say it is written and
// reads back with the same meaning, and lets nobody in who was kept out. Enough
// of what is let in must survive for that to say something.
func TestLegalAdmissionReadsBack(t *testing.T) {
	const rounds = 300
	r := rand.New(rand.NewPCG(11, 12))
	allows, policies := 0, 0
	for i := range rounds {
		m := randomAdmission(r)
		allows += len(m.Access)
		for _, o := range checkReadBack(t, m, "istio", versionRoutes).objs {
			if o.Kind == "AuthorizationPolicy" {
				policies++
			}
		}
		if t.Failed() {
			t.Fatalf("round %d", i)
		}
	}
	t.Logf("%d facts became %d policies", allows, policies)
	if policies < rounds/2 {
		t.Errorf("only %d policies are written for %d facts", policies, allows)
	}
}

// randomAdmission is a mesh of a few workloads whose policies allow and deny, as
// Istio's do.
func randomAdmission(r *rand.Rand) *intent.Model {
	m := randomMesh(r)
	if r.IntN(3) > 0 {
		m.Default = append(m.Default, &intent.Default{Scope: intent.Scope{Subject: randomScope(r)}, Effect: intent.Deny})
	}
	for range 1 + r.IntN(4) {
		a := &intent.Access{
			Home:  &intent.Home{Namespace: "shop", Name: fmt.Sprint("p", r.IntN(3)), Kind: "AuthorizationPolicy"},
			Scope: intent.Scope{Subject: randomScope(r)}, When: match.Conj(randomClients(r), randomRequests(r)),
		}
		if r.IntN(4) == 0 {
			a.Effect = intent.Deny
		} else if r.IntN(2) == 0 {
			m.Default = append(m.Default, &intent.Default{Home: a.Home, Scope: a.Scope, Effect: intent.Deny})
		}
		m.Access = append(m.Access, a)
	}
	m.Default = append(m.Default, &intent.Default{Effect: intent.Allow})
	modes := []intent.TLSMode{intent.Strict, intent.Permissive, intent.Permissive}
	if r.IntN(2) == 0 {
		m.Transport = append(m.Transport, &intent.Transport{Scope: intent.Scope{Subject: randomScope(r)}, Mode: modes[r.IntN(3)]})
	}
	m.Transport = append(m.Transport, &intent.Transport{Mode: intent.Permissive}, &intent.Transport{Side: intent.Dialled, Mode: intent.Auto})
	return m
}

// randomMesh has workloads and Services in two namespaces; some have probes.
func randomMesh(r *rand.Rand) *intent.Model {
	m := &intent.Model{Env: intent.Defaults()}
	m.Baseline.Paths = intent.PathForm(r.IntN(2))
	for _, ns := range []string{"depot", "shop"} {
		for _, app := range []string{"cart", "web"} {
			for _, v := range []string{"v1", "v2"} {
				w := &intent.Workload{
					Name: intent.Name{Namespace: ns, Name: app + "-" + v}, Kind: "Deployment", Account: app,
					Labels: []intent.Pair{{Key: "app", Value: app}, {Key: "version", Value: v}},
					Ports:  []intent.WorkloadPort{{Name: "http", Port: 8080}, {Name: "http-admin", Port: 9090}},
				}
				if r.IntN(3) == 0 {
					w.Probes = []intent.Probe{{Path: "/healthz", Port: 8080}}
				}
				m.Inventory.Workloads = append(m.Inventory.Workloads, w)
			}
			m.Inventory.Services = append(m.Inventory.Services, &intent.Service{
				Name: intent.Name{Namespace: ns, Name: app}, Selector: []intent.Pair{{Key: "app", Value: app}},
				Ports: []intent.ServicePort{{Name: "http", Port: 80, Target: 8080}, {Name: "http-admin", Port: 81, Target: 9090}},
			})
		}
	}
	return m
}

func is(f match.Field, value string) match.Atom {
	return match.Atom{Field: f, Op: match.Exact, Value: value}
}

// randomScope is a namespace, perhaps with labels, perhaps with a port.
func randomScope(r *rand.Rand) match.Expr {
	and := match.And{is(match.Namespace, []string{"shop", "shop", "depot"}[r.IntN(3)])}
	if r.IntN(2) == 0 {
		and = append(and, match.Atom{Field: match.Label, Key: "app", Value: []string{"cart", "web"}[r.IntN(2)]})
	}
	if r.IntN(5) == 0 {
		and = append(and, match.Atom{Field: match.Label, Key: "version", Value: "v2"})
	}
	if r.IntN(4) == 0 {
		and = append(and, is(match.Port, "8080"))
	}
	return match.Simplify(and)
}

// randomClients is a predicate on clients, most of which can be said.
func randomClients(r *rand.Rand) match.Expr {
	one := func() match.Expr {
		switch r.IntN(9) {
		case 0:
			return is(match.ClientNamespace, "depot")
		case 1:
			return match.Conj(is(match.ClientNamespace, "depot"), is(match.ClientTrust, "cluster.local"))
		case 2:
			return match.Atom{Field: match.ClientAccount, Op: match.Present}
		case 3:
			return match.Atom{Field: match.ClientIP, Op: match.CIDR, Value: "10.0.0.0/8"}
		case 4:
			return match.And{match.Atom{Field: match.ClientIP, Op: match.CIDR, Value: "10.0.0.0/8"}, match.Not{X: match.Atom{Field: match.ClientIP, Op: match.CIDR, Value: "10.1.0.0/16"}}}
		case 5:
			return match.Not{X: is(match.ClientNamespace, "depot")}
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
		switch r.IntN(7) {
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
		}
		return is(match.Path, []string{"/a", "/a/b", "/healthz"}[r.IntN(3)])
	}
	method := func() match.Expr { return is(match.Method, []string{"GET", "POST"}[r.IntN(2)]) }
	var e match.Expr
	switch r.IntN(7) {
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
	default:
		e = path()
	}
	return match.Conj(overHTTP, e)
}

// What legalization makes of tables in which rules are taken as listed is
// written and reads back with the same meaning, by routes and by profiles.
func TestLegalTablesReadBack(t *testing.T) {
	const rounds = 150
	for _, version := range Mesh.Versions {
		r := rand.New(rand.NewPCG(7, 8))
		tables, written := 0, 0
		for i := range rounds {
			m := randomTables(r)
			tables += len(m.Routing)
			written += len(checkReadBack(t, m, "istio", version).fit.Routing)
			if t.Failed() {
				t.Fatalf("%s: round %d", version, i)
			}
		}
		t.Logf("%s: %d of %d tables are written", version, written, tables)
		if written*8 < tables {
			t.Errorf("%s: only %d of %d tables are written", version, written, tables)
		}
	}
}

func host(name string) intent.Host {
	return intent.Host{Service: intent.Name{Namespace: "shop", Name: name}}
}

// randomTables is a table of the Service cart, for all its ports or one, and
// perhaps one for the clients of a namespace; and circuit breaking.
func randomTables(r *rand.Rand) *intent.Model {
	m := randomMesh(r)
	m.Default, m.Transport = defaultAccess(m.Env), defaultTransport(m.Env)
	m.Baseline = baseline(m.Env)
	m.Inventory.Services = append(m.Inventory.Services, &intent.Service{Name: host("zone").Service, Ports: []intent.ServicePort{{Port: 80, Target: 80}}})
	at := []string{"cart", "zone"}[r.IntN(2)]
	one := &intent.Routing{Home: &intent.Home{Namespace: "shop", Name: "routes"}, Host: host(at), Else: intent.Respond{Status: 404}}
	one.Port = []int{0, 80}[r.IntN(2)]
	if r.IntN(2) == 0 {
		one.Else = intent.Passthrough{}
	}
	alike := randomAction(r, at)
	for i := range 1 + r.IntN(4) {
		then := alike
		if r.IntN(4) == 0 {
			then = randomAction(r, at)
		}
		one.Rules = append(one.Rules, randomRule(r, i, then))
	}
	if r.IntN(2) == 0 {
		one.Rules = append(one.Rules, intent.Rule{Then: alike})
	}
	m.Routing = []*intent.Routing{one}
	if r.IntN(5) == 0 {
		consumer := one.Clone()
		consumer.Scope.Client = is(match.ClientNamespace, "depot")
		consumer.Home = &intent.Home{Namespace: "depot", Name: "ours"}
		m.Routing = []*intent.Routing{consumer, one}
	}
	if r.IntN(3) == 0 {
		m.Upstream = append(m.Upstream, &intent.Upstream{Host: host(at), Outlier: randomOutlier(r)})
	}
	return m
}

func randomAction(r *rand.Rand, at string) intent.Action {
	to := func(name string, weight int) intent.Backend {
		return intent.Backend{Host: host(name), Port: []int{0, 80}[r.IntN(2)], Weight: weight}
	}
	switch r.IntN(5) {
	case 0:
		return intent.Passthrough{}
	case 1:
		return intent.Forward{To: []intent.Backend{to(at, 1)}}
	case 2:
		return intent.Redirect{Status: 301, Host: "x.example.com"}
	}
	return intent.Forward{To: []intent.Backend{to("web", 90), to("cart", 10)}}
}

func randomRule(r *rand.Rand, i int, then intent.Action) intent.Rule {
	rule := intent.Rule{When: randomRequests(r), Then: then}
	rule.When = match.Map(rule.When, func(a match.Atom) match.Expr {
		if a.Field == match.Protocol {
			return match.True
		}
		return a
	})
	if r.IntN(3) == 0 {
		rule.Name = fmt.Sprint("rule-", i)
	}
	d := []time.Duration{time.Second, 90 * time.Second, 1500 * time.Millisecond, 100500 * time.Millisecond}[r.IntN(4)]
	switch r.IntN(6) {
	case 0:
		rule.Timeout = &intent.Timeout{Request: &d}
	case 1:
		rule.Timeout = &intent.Timeout{Request: &d, Idle: &d}
	case 2:
		rule.Retry = &intent.Retry{Attempts: 1 + r.IntN(3), On: []intent.RetryOn{intent.On5xx, intent.OnConnectFailure, "429"}[r.IntN(3):], PerTry: &d}
	case 3:
		rule.Retry = &intent.Retry{}
	}
	return rule
}

func randomOutlier(r *rand.Rand) *intent.Outlier {
	o := &intent.Outlier{Consecutive5xx: pointer(5), BaseEjection: pointer(30 * time.Second)}
	switch r.IntN(4) {
	case 0:
		o.Interval = pointer(time.Second)
	case 1:
		o.ConsecutiveGateway = pointer(3)
	case 2:
		o.SuccessRate, o.Window = pointer(0.9), pointer(10*time.Second)
	}
	return o
}

func below(prefix string) match.Expr {
	return match.Atom{Field: match.Path, Op: match.Segments, Value: prefix}
}
