package decide

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Outcome is what becomes of a request from the client to the workload.
type Outcome struct {
	// Action is what the routes decide, in words; Status is that of an answer
	// that no workload gives (redirect, direct response, no route), or 0.
	Action string
	Status int
	// Legs are the shares of requests with where they go.
	Legs []Leg
	// Parts are the other aspects of the answer, in words: rewrites, mirrors,
	// faults, CORS, timeouts, retries.
	Parts   map[intent.Aspect]string
	Because intent.Origin
}

// Leg is a share of requests at one set of endpoints.
type Leg struct {
	Host       intent.Host
	SubsetName string
	// Endpoints names the pods in the same way for all spellings.
	Endpoints string
	// Weight of Sum of the requests.
	Weight, Sum int
	// Path is what the workload sees.
	Path string
	// Admission is what the workload's side decides.
	Admission Admission
}

// Run decides about one request, from the client's side to the workload's.
func Run(m *intent.Model, r Request) Outcome {
	k, found := tablesOf(m).about(m, r)
	q := r.At.Clone()
	if r.Port != 0 {
		q.Set(match.ServicePort, "", itoa(r.Port))
	}
	an := &answerer{servicesOf(m), m.Baseline}
	rule, told := choose(found, q, k), hidingOf(m).rules(k)
	if i := slices.IndexFunc(told, func(u intent.Rule) bool { return match.Eval(u.When, q) }); i >= 0 {
		rule = told[i]
	}
	a := an.answer(&rule, &k)
	out := Outcome{Action: a.parts[routed].text, Parts: map[intent.Aspect]string{}, Because: rule.From}
	for i, p := range a.parts[1:] {
		out.Parts[routedAspects[i+1]] = p.text
	}
	switch then := rule.Then.(type) {
	case intent.Redirect:
		out.Status = then.Status
	case intent.Respond:
		out.Status = then.Status
	case intent.Forward:
		out.legs(m, an, r, q, then.To, rule)
	case intent.Passthrough:
		out.legs(m, an, r, q, []intent.Backend{{Host: r.Host, Port: r.Port, Weight: 1}}, rule)
	}
	return out
}

// about finds the tables that decide about a request: of connections that are not
// HTTP those of TLS, where the client names a server and there are any, or where those that
// name none are taken for unknown too. Where both come in at one port, those for the more
// specific name.
func (t tables) about(m *intent.Model, r Request) (tableKey, []*intent.Routing) {
	k := tableKey{r.Entry, intent.HTTP, r.Host, r.Port}
	if p, _ := r.At.Lookup(match.Protocol, ""); p == "tcp" {
		k.protocol = intent.TCP
	}
	found := t.find(k, m.Env.DNS(r.Host))
	if _, named := r.At.Lookup(match.SNI, ""); k.protocol == intent.TCP {
		tls := k
		tls.protocol = intent.TLS
		passing := t.find(tls, m.Env.DNS(r.Host))
		if !named {
			if found == nil && slices.ContainsFunc(passing, restUnknown) {
				return tls, passing
			}
			return k, found
		}
		switch in := comesIn(m, r, intent.TCP); {
		case !in && (passing != nil || comesIn(m, r, intent.TLS)), in && comesIn(m, r, intent.TLS) && moreSpecific(passing, found):
			return tls, passing
		}
	}
	return k, found
}

// moreSpecific reports whether the first of some tables is for a more specific host than that
// of others.
func moreSpecific(a, b []*intent.Routing) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) > 0
	}
	return !wildcard(a[0].Host) && wildcard(b[0].Host) || wildcard(a[0].Host) && wildcard(b[0].Host) && len(a[0].Host.DNS) > len(b[0].Host.DNS)
}

// comesIn reports whether a request comes in at a listener for a protocol.
func comesIn(m *intent.Model, r Request, p intent.Protocol) bool {
	for _, e := range m.Entries {
		for _, l := range e.Listeners {
			if e.Name == r.Entry && l.Port == r.Port && l.Serves(p) {
				return true
			}
		}
	}
	return false
}

// choose finds the rule that takes a request.
func choose(found []*intent.Routing, q *match.Request, k tableKey) intent.Rule {
	for _, t := range found {
		if !match.Eval(t.Scope.Client, q) {
			continue
		}
		for _, rule := range t.Rules {
			if match.Eval(rule.When, q) {
				return rule
			}
		}
		if t.Else != nil {
			return intent.Rule{Then: t.Else, From: t.From}
		}
		break
	}
	return intent.Rule{Then: unrouted(k.entry, k.protocol)}
}

func (o *Outcome) legs(m *intent.Model, an *answerer, r Request, q *match.Request, to []intent.Backend, rule intent.Rule) {
	sum := 0
	for _, b := range to {
		sum += b.Weight
	}
	if sum == 0 && len(to) != 1 {
		o.Status = 503
	}
	beyond := outsideOf(m)
	for _, b := range to {
		leg := Leg{Host: b.Host, SubsetName: b.SubsetName, Endpoints: an.services.endpoints(b.Host, b.Subset, b.SubsetName), Weight: b.Weight, Sum: sum}
		if len(to) == 1 {
			leg.Weight, leg.Sum = 1, 1
		}
		if leg.Weight == 0 || b.Missing {
			continue
		}
		at := arrived(q, slices.Concat(rule.Steps, b.Steps))
		leg.Path, _ = at.Lookup(match.Path, "")
		if beyond.is(b.Host) {
			var place string
			place, leg.Admission = beyond.leaves(at, b.Host, cmp.Or(b.Port, r.Port))
			leg.Endpoints = strings.TrimSpace(leg.Endpoints + " " + place)
		} else {
			leg.Admission = o.admit(m, an, r, at, b)
		}
		o.Legs = append(o.Legs, leg)
	}
}

// arrived is the request as the workload sees it.
func arrived(q *match.Request, steps []intent.Step) *match.Request {
	at := q.Clone()
	for _, s := range steps {
		switch s := s.(type) {
		case intent.Rewrite:
			if s.Host != "" {
				at.Set(match.Host, "", s.Host)
				at.Set(match.Authority, "", s.Host)
			}
			if path, ok := at.Lookup(match.Path, ""); ok && s.Path != nil {
				at.Set(match.Path, "", RewritePath(*s.Path, path))
			}
		case intent.Headers:
			arrivedHeader(at, s)
		}
	}
	return at
}

func arrivedHeader(at *match.Request, s intent.Headers) {
	if s.On != intent.OnRequest {
		return
	}
	old, there := at.Lookup(match.Header, s.Name)
	switch {
	case s.Op == intent.RemoveHeader:
		at.Unset(match.Header, s.Name)
	case s.Op == intent.AddHeader && there:
		at.Set(match.Header, s.Name, old+","+s.Value)
	default:
		at.Set(match.Header, s.Name, s.Value)
	}
}

// admit asks the workloads behind a backend: those of the inventory that its
// Service selects, or one with just the labels that are known. They must agree;
// the strictest counts.
func (o *Outcome) admit(m *intent.Model, an *answerer, r Request, at *match.Request, b intent.Backend) Admission {
	port := b.Port
	if port == 0 {
		port = r.Port
	}
	at = at.Clone()
	at.Set(match.Namespace, "", b.Host.Service.Namespace)
	if !b.Host.Service.IsZero() {
		at.Set(match.Service, "", b.Host.Service.String())
	}
	if n := an.services.target(b.Host.Service, port, m.Inventory.Workloads); n != 0 {
		at.Set(match.Port, "", itoa(n))
	}
	var worst *Admission
	for _, labels := range subjects(m, an.services, b) {
		q := at.Clone()
		for _, l := range labels {
			q.Set(match.Label, l.Key, l.Value)
		}
		if a := Admit(m, q, r.Token); worst == nil || !a.Allowed || len(a.Asks) > len(worst.Asks) && worst.Allowed {
			worst = &a
		}
	}
	return *worst
}

// subjects lists the labels of the workloads behind a backend.
func subjects(m *intent.Model, s services, b intent.Backend) [][]intent.Pair {
	svc := s.Service(b.Host.Service)
	if svc == nil {
		return [][]intent.Pair{nil}
	}
	var out [][]intent.Pair
	for _, w := range m.Inventory.WorkloadsIn(svc.Name.Namespace) {
		q := &match.Request{}
		for _, l := range w.Labels {
			q.Set(match.Label, l.Key, l.Value)
		}
		if svc.Selects(w.Labels) && match.Eval(b.Subset, q) {
			out = append(out, w.Labels)
		}
	}
	if len(out) == 0 {
		out = append(out, svc.Selector)
	}
	return out
}

// RewritePath is the path after a rewrite. Regular expressions that do not
// compile change nothing.
func RewritePath(p intent.PathRewrite, path string) string {
	switch p.Kind {
	case intent.FullPath:
		return p.Replace
	case intent.PrefixPath:
		// What was matched is replaced, in whatever letter case that was.
		if n := len(p.Match); len(path) >= n && strings.EqualFold(path[:n], p.Match) {
			return p.Replace + path[n:]
		}
		return path
	case intent.SegmentPrefix:
		rest, ok := strings.CutPrefix(path, strings.TrimRight(p.Match, "/"))
		if !ok {
			return path
		}
		if rest == "" {
			return orSlash(strings.TrimRight(p.Replace, "/"))
		}
		return strings.TrimRight(p.Replace, "/") + "/" + strings.TrimPrefix(rest, "/")
	case intent.RegexPath:
		return replaceAll(p, path)
	}
	panic("decide: unknown rewrite")
}

func orSlash(s string) string {
	if s == "" {
		return "/"
	}
	return s
}

// String writes the outcome on one line: where requests go, and who is let in
// there.
func (o Outcome) String() string {
	if o.Status != 0 {
		return fmt.Sprintf("status %d", o.Status)
	}
	var parts []string
	for _, l := range o.Legs {
		s := fmt.Sprintf("%d/%d %s", l.Weight, l.Sum, l.Endpoints)
		if !l.Admission.Allowed {
			s += " denied"
		}
		parts = append(parts, s)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
