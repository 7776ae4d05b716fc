package consul

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
	"github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// routing asks both where requests to a service go, how long they may take, when
// they are tried again and what is changed of them, and lists where they differ.
func (w *world) routing(service string, n *tally) (wrong []string) {
	leaves := func(t *intent.Routing) bool { return t.Host == w.host(service) && t.Entry.IsZero() && toPeers(t) }
	if slices.ContainsFunc(w.model.Routing, leaves) {
		return nil // sidecars leave out what goes to peers that there are not
	}
	out, err := w.client.Outbound(service)
	if err != nil {
		return []string{err.Error()}
	}
	if w.standIns, err = w.agent.StandIns(service); err != nil {
		return []string{err.Error()}
	}
	known := w.as(new(match.Request), asker)
	var exprs []match.Expr
	m := spread(w.model)
	for _, t := range m.Routing {
		if t.Host == w.host(service) && t.Entry.IsZero() {
			for _, r := range t.Rules {
				exprs = append(exprs, r.When)
			}
		}
	}
	questions := samples(exprs, known, out.HTTP())
	for _, q := range w.more {
		if out.HTTP() {
			questions = append(questions, onto(known, q))
		}
	}
	for _, q := range questions {
		r := decide.Request{Host: w.host(service), At: *q}
		got := decide.Run(m, r)
		a := out.Decide(headers(q))
		n.routed, n.shares = n.routed+1, n.shares+len(a.Shares)
		if why := w.differ(r, got, a); why != "" {
			wrong = append(wrong, fmt.Sprintf("to %s %v: %s", service, headers(q), why))
		}
	}
	return wrong
}

// differ says how an answer of Envoy's differs from an outcome, or "". The answer
// is said as a rule, so that decide itself compares the two.
func (w *world) differ(r decide.Request, got decide.Outcome, a routes.Answer) string {
	rule, err := w.rule(a)
	if err != nil {
		return err.Error()
	}
	table := &intent.Routing{Host: r.Host, Entry: r.Entry, Port: r.Port, Protocol: protocolOf(r), Rules: []intent.Rule{rule}}
	want := decide.Run(&intent.Model{Routing: []*intent.Routing{table}, Inventory: w.model.Inventory, Env: w.model.Env}, r)
	if got.Action != want.Action || got.Status != want.Status {
		return fmt.Sprintf("the engine says %d %s, transmesh %d %s", want.Status, want.Action, got.Status, got.Action)
	}
	for _, aspect := range []intent.Aspect{intent.Rewritten, intent.Timing, intent.Retrying} {
		if http := protocolOf(r) == intent.HTTP; http && got.Parts[aspect] != want.Parts[aspect] {
			return fmt.Sprintf("%s: the engine says %q, transmesh %q", aspect, want.Parts[aspect], got.Parts[aspect])
		}
	}
	for _, l := range got.Legs {
		if a.Path != "" && l.Path != a.Path {
			return fmt.Sprintf("the path becomes %s, and transmesh says %s", a.Path, l.Path)
		}
	}
	return ""
}

func protocolOf(r decide.Request) intent.Protocol {
	if p, _ := r.At.Lookup(match.Protocol, ""); p == "tcp" {
		return intent.TCP
	}
	return intent.HTTP
}

// rule says an answer of Envoy's in the words of the model.
func (w *world) rule(a routes.Answer) (intent.Rule, error) {
	out := intent.Rule{When: match.True, Retry: retryOf(a.Retry), Timeout: &intent.Timeout{Request: &a.Timeout}}
	if a.Status != 0 {
		out.Then = intent.Respond{Status: a.Status}
		return out, nil
	}
	if a.Idle > 0 {
		out.Timeout.Idle = &a.Idle
	}
	var to []intent.Backend
	for _, s := range a.Shares {
		b, err := w.backend(s.Cluster)
		if err != nil {
			return out, err
		}
		b.Weight = int(s.Weight)
		b.Steps = append(steps(s.Request, intent.OnRequest), steps(s.Response, intent.OnResponse)...)
		b.Steps = append(b.Steps, steps(a.Request, intent.OnRequest)...)
		b.Steps = append(b.Steps, steps(a.Response, intent.OnResponse)...)
		to = append(to, b)
	}
	if len(to) == 1 {
		to[0].Weight = 1
	}
	if a.To != "" {
		p := &intent.PathRewrite{Kind: intent.PrefixPath, Match: a.Prefix, Replace: a.To}
		if a.Prefix == "" {
			p.Kind = intent.FullPath
		}
		out.Steps = []intent.Step{intent.Rewrite{Path: p}}
	}
	out.Then = intent.Forward{To: to}
	w.limit(&out, a)
	return out, nil
}

// endless is the longest that a proxy can be told by ServiceDefaults, 24 days, which
// stands for no bound.
const endless = math.MaxInt32 * time.Millisecond

// limit takes over what the proxies of the services that requests go to allow: each
// ends requests by itself, and a rule of ours has the shortest bound of all.
func (w *world) limit(rule *intent.Rule, a routes.Answer) {
	for _, s := range a.Shares {
		to, err := w.agent.Target(s.Cluster)
		in := w.inbound[to.Service]
		if err != nil || to.Datacenter != "" || in == nil {
			continue
		}
		d, ok := in.Patience()
		if now := *rule.Timeout.Request; ok && d > 0 && d < endless && (now == 0 || d < now) {
			rule.Timeout.Request = &d
		}
	}
}

// backend is what a cluster stands for. What a subset is, the model knows.
func (w *world) backend(cluster string) (intent.Backend, error) {
	to, err := w.agent.Target(cluster)
	if err != nil {
		return intent.Backend{}, err
	}
	b := w.endpoints(to)
	for _, f := range w.standIns[to] {
		if f != to { // in place of itself nothing stands in
			b.Fallback = append(b.Fallback, w.endpoints(f))
		}
	}
	return b, nil
}

// toPeers reports whether a table leads to a peer, other than as what stands in.
func toPeers(t *intent.Routing) bool {
	for _, r := range t.Rules {
		f, _ := r.Then.(intent.Forward)
		if slices.ContainsFunc(f.To, func(b intent.Backend) bool { return strings.HasSuffix(b.Host.DNS, ".peer.consul") }) {
			return true
		}
	}
	return false
}

// endpoints are those of a target. In another datacenter the default subset of its
// service counts, too, of which our name for it tells nothing.
func (w *world) endpoints(to engine.Target) intent.Backend {
	if to.Peer != "" {
		return intent.Backend{Host: intent.Host{DNS: to.Service + ".virtual." + to.Peer + ".peer.consul"}}
	}
	b := intent.Backend{Host: w.host(to.Service), SubsetName: to.Subset}
	if to.Datacenter != "" {
		b.Host = intent.Host{DNS: to.Service + ".service." + to.Datacenter + ".dc.consul"}
	}
	said := to.Datacenter == ""
	for _, t := range w.model.Routing {
		for _, r := range t.Rules {
			f, _ := r.Then.(intent.Forward)
			for _, x := range f.To {
				for _, x := range append([]intent.Backend{x}, x.Fallback...) {
					if x.Host == b.Host && x.SubsetName == to.Subset {
						b.Subset, b.Missing, said = x.Subset, x.Missing, true
					}
				}
			}
		}
	}
	if !said {
		b.SubsetName = ""
	}
	return b
}

func steps(all []routes.Change, on intent.Message) []intent.Step {
	var out []intent.Step
	for _, c := range all {
		h := intent.Headers{On: on, Op: intent.SetHeader, Name: strings.ToLower(c.Name), Value: c.Value}
		switch {
		case c.Remove:
			h.Op = intent.RemoveHeader
		case c.Append:
			h.Op = intent.AddHeader
		}
		out = append(out, h)
	}
	return out
}

// grpcWords are Envoy's conditions that are about the status of gRPC.
var grpcWords = []string{"cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"}

func retryOf(r *routes.Retry) *intent.Retry {
	if r == nil {
		return &intent.Retry{}
	}
	out := &intent.Retry{Attempts: int(r.Tries)}
	for _, on := range r.On {
		switch {
		case slices.Contains(grpcWords, on):
			out.On = append(out.On, intent.RetryOn("grpc:"+on))
		case on == "retriable-status-codes":
			for _, c := range r.Codes {
				out.On = append(out.On, intent.RetryOn(strconv.Itoa(int(c))))
			}
		default:
			out.On = append(out.On, intent.RetryOn(on))
		}
	}
	if r.PerTry > 0 {
		out.PerTry = &r.PerTry
	}
	return out
}

// spread says what rules do to headers of each of their backends, before what these
// say themselves, which is what it means.
func spread(m *intent.Model) *intent.Model {
	out := m.Clone()
	for _, t := range out.Routing {
		for i := range t.Rules {
			r := &t.Rules[i]
			if f, ok := r.Then.(intent.Forward); ok && len(f.To) > 0 {
				spreadRule(r, f)
			}
		}
	}
	return out
}

func spreadRule(r *intent.Rule, f intent.Forward) {
	isHeader := func(s intent.Step) bool { _, ok := s.(intent.Headers); return ok }
	var heads []intent.Step
	for _, s := range r.Steps {
		if isHeader(s) {
			heads = append(heads, s)
		}
	}
	r.Steps = slices.DeleteFunc(slices.Clone(r.Steps), isHeader)
	for i := range f.To {
		f.To[i].Steps = slices.Concat(heads, f.To[i].Steps)
	}
}
