package translate

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/source"
)

var policySeed = flag.Uint64("policyseed", 0, "other random sets of policies in TestNeverWider; faults that are known are those of 0")

var policySets = flag.Int("policies", 10, "random sets of policies for each pair of meshes in TestNeverWider; 500 in full")

const (
	requestsPerSet = 24
	// Of the values in conditions the target must say, and of the requests each
	// answer must have, at least so many in a hundred.
	leastSaid, leastSide = 60, 30
)

// widerTargets are the targets of TestNeverWider.
var widerTargets = []string{"istio", "linkerd", "linkerd@2.20-serviceprofile", "consul", "consul@1.20-enterprise", "cilium", "gatewayapi"}

// TestNeverWider translates random policies from each mesh to each other: no
// request of which the comparison thinks, and no random one, is let in after that
// was kept out before, but for what a change declares as an error.
func TestNeverWider(t *testing.T) {
	for i, from := range []string{"istio", "linkerd", "consul", "cilium", "gatewayapi"} {
		for j, to := range widerTargets {
			if strings.HasPrefix(to, from) {
				continue
			}
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				p := pair{from: from, to: to, seed: uint64(i*len(widerTargets)+j) + *policySeed<<8, seen: map[string]bool{}}
				for n := 0; len(p.seen) < *policySets && !t.Failed(); n++ {
					p.numbered(t, n)
				}
				if *policySeed == 0 {
					p.knownFail(t)
				}
				p.report(t)
			})
		}
	}
}

// pair is one direction with what it came to.
type pair struct {
	from, to string
	seed     uint64
	g        policies
	cluster  string // that of the set
	// registered says of which of two Services a pod is.
	registered registration
	seen       map[string]bool
	// requests are those asked, of which admitted are let in before, kept also
	// after; rerouted are let in after a change of routes that is told.
	requests, admitted, kept, rerouted int
	atoms, said                        int
	hard                               int // sets with much that the target cannot say
	withheld                           int // sets of which nothing is written
	// faults are what is wrong with the set that is tried.
	faults []string
}

// numbered tries the set of a number, unless another one was the same.
func (p *pair) numbered(t *testing.T, n int) {
	p.g, p.faults = newPolicies(p.seed, uint64(n), p.to), nil
	text := p.g.set(p.from)
	if p.seen[text] {
		return
	}
	p.register(n)
	p.seen[text] = true
	if p.g.hard {
		p.hard++
	}
	r := p.try(t, text)
	unknown := slices.DeleteFunc(slices.Clone(p.faults), p.isKnown)
	for _, fault := range unknown {
		t.Errorf("set %d: %s", n, fault)
	}
	if len(unknown) > 0 {
		t.Logf("of:\n%s\nwritten:\n%s\n%s", text, printed(t, r), reportText(r))
	}
}

const (
	ofBoth registration = iota
	ofWhole
	ofPart
)

func (p *pair) fault(format string, args ...any) {
	p.faults = append(p.faults, fmt.Sprintf(format, args...))
}

func (p *pair) environment() *intent.Environment {
	env := intent.Defaults()
	env.Complete.Services, env.Complete.Workloads = true, true
	yes := true
	env.Consul.ACLs = &yes
	if p.from == "consul" {
		env.Consul.DefaultIntention = "deny"
	}
	return &env
}

// try translates one set and asks about requests.
func (p *pair) try(t *testing.T, text string) *Result {
	from, _ := findMesh(t, p.from)
	to, version := findMesh(t, p.to)
	objs, problems := source.Parse("in.yaml", []byte(p.cluster+text), source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems, text)
	}
	r := runGuarded(t, []byte(text), Input{Objects: objs}, Options{From: from, To: to, ToVersion: version, Env: p.environment()})
	p.faults = append(p.faults, lawsBroken(r)...)
	if r.Unreadable {
		p.fault("not readable: %v", r.Findings)
	}
	p.count(r)
	p.ask(r)
	return r
}

// ask looks for requests that are let in after and not before.
func (p *pair) ask(r *Result) {
	if withholds(r) {
		p.withheld++
		if len(r.Manifests) > 0 {
			p.fault("something is written for a namespace whose policies cannot be said")
		}
		if r.Verdict == decide.Same || r.Verdict == decide.Narrower { // policies that keep nothing out are no more than different
			p.fault("policies are withheld, for which the target has no words, and the verdict is %s", r.Verdict)
		}
		return
	}
	declared := declaredWider(r)
	for _, d := range r.Differences {
		scope, _, _ := strings.Cut(d.Scope, " on port ")
		if d.Verdict == decide.Wider && !declared[scope] && !declared[d.Scope] && !toldOf(r, d) {
			p.fault("wider: %s %s: %s; %s", d.Scope, d.Witness, d.A, d.B)
		}
	}
	if slices.ContainsFunc(p.faults, func(f string) bool { return strings.Contains(f, notDelivered) }) {
		return
	}
	for range requestsPerSet {
		p.routed(r, p.request())
	}
	for range requestsPerSet {
		q := p.atWorkload()
		if before, after := decide.Admit(r.Source, q, decide.NoToken), decide.Admit(r.again, q, decide.NoToken); after.Allowed && !before.Allowed {
			p.fault("let in: %s", q)
		}
	}
}

// notDelivered is said of what would let in more: none of it is given out.
const notDelivered = "the output admits what the input keeps out"

// declaredWider are the scopes in which changes say that more is let in, each with
// a finding that stops the translation.
func declaredWider(r *Result) map[string]bool {
	out := map[string]bool{}
	for _, c := range r.Changes {
		stops := func(f diag.Diagnostic) bool {
			return f.Severity == diag.Error && f.Code == c.Code && strings.HasSuffix(f.Summary, ": "+c.Summary)
		}
		if c.Drift != intent.Wider || c.Before == nil || c.After == nil || !slices.ContainsFunc(r.Findings, stops) {
			continue
		}
		for _, d := range decide.Compare(c.Before, c.After, decide.Options{Defaults: true}).Differences {
			if d.Verdict == decide.Wider {
				out[d.Scope] = true
			}
		}
	}
	return out
}

// withholds reports whether the target has no authorization for what the input
// keeps out, so that nothing may be written.
func withholds(r *Result) bool {
	return slices.ContainsFunc(r.Changes, func(c legal.Change) bool { return c.Pass == "no-access" && c.Fate == legal.FateWithheld })
}

// routed sends a request to a Service.
func (p *pair) routed(r *Result, q decide.Request) {
	before, after := decide.Run(r.Source, q), decide.Run(r.again, q)
	p.requests++
	switch {
	case reaches(before) && reaches(after):
		p.admitted, p.kept = p.admitted+1, p.kept+1
	case reaches(before):
		p.admitted++
	case reaches(after) && told(r, q.Host) && elsewhere(before, after):
		p.rerouted++
	case reaches(after) && told(r, q.Host) && arrivesTold(r, q.Host) && !samePaths(before, after):
		p.rerouted++
	case reaches(after) && told(r, q.Host) && !samePaths(before, after):
		p.fault("let in with another path: %s\nbefore %s\nafter %s", &q.At, before, after)
	case reaches(after):
		p.fault("let in: %s\nbefore %s\nafter %s", &q.At, before, after)
	}
}

// reaches reports whether some share of a request is let in somewhere.
func reaches(o decide.Outcome) bool {
	return slices.ContainsFunc(o.Legs, func(l decide.Leg) bool { return l.Admission.Allowed })
}

// elsewhere reports whether a request is let in only where it did not go before.
func elsewhere(before, after decide.Outcome) bool {
	return !slices.ContainsFunc(after.Legs, func(l decide.Leg) bool {
		return l.Admission.Allowed && slices.ContainsFunc(before.Legs, func(b decide.Leg) bool { return b.Endpoints == l.Endpoints })
	})
}

// samePaths reports whether workloads see the same path before and after.
func samePaths(before, after decide.Outcome) bool {
	return slices.EqualFunc(before.Legs, after.Legs, func(a, b decide.Leg) bool { return a.Path == b.Path })
}

// told reports whether a finding says that the routes to a host are lost or
// changed. Then a request may come to another workload, whose policies let it in.
func told(r *Result, h intent.Host) bool {
	return slices.ContainsFunc(r.Findings, func(f diag.Diagnostic) bool {
		routes := f.Aspect == string(intent.Routed) || f.Aspect == string(intent.Rewritten)
		return routes && f.Severity != diag.Info && f.Drift != string(intent.Same) && strings.Contains(f.Summary, h.String())
	})
}

// arrivesTold reports whether the verdict counts that some requests to a host are
// let in as they were sent, and an error tells of it.
func arrivesTold(r *Result, h intent.Host) bool {
	return slices.ContainsFunc(r.Differences, func(d decide.Difference) bool {
		return d.Verdict == decide.Wider && d.Request != nil && d.Request.Subject == nil && d.Request.Host == h && toldOf(r, d)
	})
}

// toldOf reports whether an error shows the witness of a difference.
func toldOf(r *Result, d decide.Difference) bool {
	return slices.ContainsFunc(r.Findings, func(f diag.Diagnostic) bool {
		return f.Severity == diag.Error && f.Code == diag.Widened && f.Witness != "" && f.Witness == d.Witness
	})
}

func (p *pair) report(t *testing.T) {
	percent := func(n, of int) int { return 100 * n / max(of, 1) }
	side, said := percent(p.admitted, p.requests), percent(p.said, p.atoms)
	t.Logf("%d sets, %d of them hard, %d withheld; %d requests: %d%% let in, %d%% kept out; %d%% of the first also after, %d rerouted; %d values in conditions, %d%% said",
		len(p.seen), p.hard, p.withheld, p.requests, side, 100-side, percent(p.kept, p.admitted), p.rerouted, p.atoms, said)
	why := saysLittle[p.from+" to "+p.to]
	if why != "" {
		t.Log("not held to what is said: " + why)
	}
	// Few sets tell little of rates.
	const enough = 30
	if len(p.seen) < enough {
		return
	}
	if p.requests > 0 && min(side, 100-side) < leastSide {
		t.Error("too few requests on one side")
	}
	if said < leastSaid != (why != "") {
		t.Errorf("%d%% of the values are said, and the list of pairs of which little is says %q", said, why)
	}
}
