package cilium

import (
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/cilium/engine"
)

// pods are all workloads, and a client outside.
var pods = []engine.Endpoint{
	{Namespace: "shop", Account: "cart", Labels: map[string]string{"app": "cart", "tier": "back"}},
	{Namespace: "shop", Account: "web", Labels: map[string]string{"app": "web"}},
	{Namespace: "shop", Account: "job", Labels: map[string]string{"job": "x"}},
	{Namespace: "depot", Account: "web", Labels: map[string]string{"app": "web", "tier": "back"}},
	{Address: "198.51.100.1"},
	{Address: "203.0.113.9"},
}

// workloads is how many of pods are in the cluster.
const workloads = 4

var requests = []*engine.HTTP{
	nil,
	{Method: "GET", Path: "/a", Host: "cart"},
	{Method: "GET", Path: "/a?x=1", Host: "cart:80"},
	{Method: "POST", Path: "/a/7", Host: "CART", Headers: map[string]string{"x-a": "1"}},
	{Method: "PUT", Path: "/b", Host: "cart", Headers: map[string]string{"x-b": "2", "x-a": "3"}},
	{Method: "GET", Path: "/ab/b", Host: "other"},
}

// outside are places outside of the cluster.
var outside = []engine.Endpoint{
	{Address: "198.51.100.1", Host: "api.example.com"},
	{Address: "198.51.100.200", Host: "a.b.example.com"},
	{Address: "203.0.113.9", Host: "www.example.com"},
	{Address: "192.0.2.1", Host: "other.example"},
}

// leaving asks the model about a request to a place outside.
func leaving(m *intent.Model, r engine.Request) bool {
	q := point(r)
	q.Set(match.DestIP, "", r.To.Address)
	out := decide.Run(m, decide.Request{Host: intent.Host{DNS: r.To.Host}, Port: r.Port, At: *q})
	return len(out.Legs) == 1 && out.Legs[0].Admission.Allowed
}

// point is a request in the words of the model.
func point(r engine.Request) *match.Request {
	q := &match.Request{}
	q.Set(match.Protocol, "", "tcp").Set(match.Port, "", "80")
	if r.Port != 80 {
		q.Set(match.Port, "", "8080")
	}
	if !r.From.IsWorld() {
		q.Set(match.ClientNamespace, "", r.From.Namespace).Set(match.ClientAccount, "", r.From.Account).Set(match.ClientTrust, "", "cluster.local")
		q.Set(match.ClientIP, "", "10.1.2.3")
		for k, v := range r.From.Labels {
			q.Set(match.ClientLabel, k, v)
		}
	} else {
		q.Set(match.ClientIdentity, "", "reserved:world").Set(match.ClientIP, "", r.From.Address)
	}
	if r.SNI != "" {
		q.Set(match.SNI, "", r.SNI)
	}
	if !r.To.IsWorld() {
		q.Set(match.Namespace, "", r.To.Namespace).Set(match.Account, "", r.To.Account)
	}
	for k, v := range r.To.Labels {
		q.Set(match.Label, k, v)
	}
	if r.HTTP == nil {
		return q
	}
	path, query, queried := strings.Cut(r.HTTP.Path, "?")
	host, _, _ := strings.Cut(strings.ToLower(r.HTTP.Host), ":")
	q.Set(match.Protocol, "", "http").Set(match.Path, "", path).Set(match.Method, "", r.HTTP.Method).Set(match.Authority, "", r.HTTP.Host).Set(match.Host, "", host)
	if queried {
		q.Set(match.Query, "", query)
	}
	for k, v := range r.HTTP.Headers {
		q.Set(match.Header, k, v)
	}
	return q
}

// Of the values in policies the translation must understand, and of the requests
// each answer must have, at least so many in a hundred.
const (
	perSet               = 60
	leastPairs           = 10_000
	leastSaid, leastSide = 60, 30
	// Of the requests that are let in at most so many in a hundred may not be where
	// the policies are written again.
	mostNarrower = 8
)

var (
	sets = flag.Int("sets", 400, "how many random sets of policies are asked about")
	seed = flag.Uint64("seed", 0, "of the first random set")
)

// tally counts what random policies and requests came to.
type tally struct {
	pairs, allowed     int
	out, beside        int
	values, said       int
	refused, undecided int
	liftedLess         int
	same, narrower     int
	findings           map[string]int
}

// TestRandom holds the engine, the model that is lifted, and the engine on what
// is written to the same answers about random sets of policies. Where a finding
// says that a rule is not translated, less may be let in, and never more.
func TestRandom(t *testing.T) {
	n := tally{findings: map[string]int{}}
	for i := range uint64(*sets) {
		g := gen{rand.New(rand.NewPCG(*seed+i, 1))}
		set := g.set()
		before, err := start(set, pods)
		if err != nil {
			n.refused++
			continue
		}
		n.compare(t, g, set, before)
		if t.Failed() {
			t.Fatalf("in set %d:\n%s", *seed+i, strings.Join(set, "---\n"))
		}
	}
	n.report(t)
}

func (n *tally) compare(t *testing.T, g gen, set []string, before *engine.Cluster) {
	t.Helper()
	r := rewritten(set)
	n.count(t, r)
	docs := printed(t, r)
	after, err := start(docs, pods)
	if err != nil {
		t.Errorf("the engine refuses what is written: %v", err)
		return
	}
	less := slices.ContainsFunc(r.Source.Opaque, func(o *intent.Opaque) bool { return o.Kind != "NetworkPolicy" })
	for range perSet {
		q := g.question()
		was, errWas := before.Judge(q)
		is, errIs := after.Judge(q)
		if errWas != nil || errIs != nil || was.Refused || is.Refused {
			n.undecided++
			continue
		}
		n.pairs++
		if was.Allowed() {
			n.allowed++
		}
		model := decide.Admit(r.Source, point(q), decide.NoToken).Allowed
		if q.To.IsWorld() {
			n.out++
			model = leaving(r.Source, q)
		}
		if q.Over != 0 {
			n.beside, model = n.beside+1, was.Allowed() // the model holds what TCP carries
		}
		switch {
		case model == was.Allowed():
		case less && was.Allowed() && r.Verdict != decide.Same:
			n.liftedLess++
		default:
			t.Errorf("%+v http %+v: lifted as %v, the engine says %+v\n%s", q, q.HTTP, model, was, intent.Print(r.Source))
			return
		}
		switch {
		case was.Allowed() == is.Allowed():
			n.same++
		case was.Allowed() && r.Verdict != decide.Same:
			n.narrower++
		default:
			t.Errorf("%+v http %+v: the engine said %+v, and of what is written %+v (%s)\n%s", q, q.HTTP, was, is, r.Verdict, strings.Join(docs, "---\n"))
			return
		}
	}
}

// count adds the values of a set, and those that were understood.
func (n *tally) count(t *testing.T, r *translate.Result) {
	t.Helper()
	for e := range r.Ledger.All() {
		if !strings.HasPrefix(e.Ref.Path, "spec.") {
			continue
		}
		n.values++
		switch e.Fate {
		case ledger.Carried, ledger.Rewritten, ledger.Inert, ledger.Ignored:
			n.said++
		}
	}
	for _, f := range r.Findings {
		n.findings[string(f.Code)]++
		if f.Code == diag.CheckFailed {
			t.Errorf("%s\n%s", f.Summary, f.Detail)
		}
	}
}

func (n *tally) report(t *testing.T) {
	t.Helper()
	allowed, said := 100*n.allowed/n.pairs, 100*n.said/n.values
	t.Logf("%d pairs leave the cluster, %d are of UDP, SCTP or ICMP", n.out, n.beside)
	t.Logf("%d pairs, %d%% allowed, %d%% denied; %d values in policies, %d%% said", n.pairs, allowed, 100-allowed, n.values, said)
	t.Logf("reader: %d lifted as narrower with a finding; writer: %d the same, %d narrower", n.liftedLess, n.same, n.narrower)
	t.Logf("%d of %d sets are refused by Cilium, %d pairs have no verdict; findings: %v", n.refused, *sets, n.undecided, n.findings)
	if n.pairs < leastPairs || said < leastSaid || min(allowed, 100-allowed) < leastSide {
		t.Error("too few pairs, too few values said, or too few requests on one side")
	}
	if n.narrower*100 > n.allowed*mostNarrower {
		t.Errorf("%d of %d requests that are let in are not as written", n.narrower, n.allowed)
	}
}
