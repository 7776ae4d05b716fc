package envoy

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

// counts is how much was asked.
type counts struct {
	// tables compared, and services whose configuration is kept as it is.
	tables, kept int
	// requests sent; samples that no client can send.
	requests, unsendable            int
	forwarded, redirected, answered int
	// splits whose shares were counted, policies whose tries were, and copies seen.
	splits, retries, mirrors, faults, cors int
}

// tally adds up what sets, which run at once, were asked.
type tally struct {
	mu sync.Mutex
	counts
}

func (t *tally) add(c counts) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tables, t.kept = t.tables+c.tables, t.kept+c.kept
	t.requests, t.unsendable = t.requests+c.requests, t.unsendable+c.unsendable
	t.forwarded, t.redirected, t.answered = t.forwarded+c.forwarded, t.redirected+c.redirected, t.answered+c.answered
	t.splits, t.retries, t.mirrors = t.splits+c.splits, t.retries+c.retries, t.mirrors+c.mirrors
	t.faults, t.cors = t.faults+c.faults, t.cors+c.cors
}

func (t *tally) String() string {
	return fmt.Sprintf("%d tables, %d kept as they are; %d requests: %d forwarded, %d redirected, %d answered, %d samples cannot be sent; %d splits, %d retries, %d mirrors, %d faults, %d CORS",
		t.tables, t.kept, t.requests, t.forwarded, t.redirected, t.answered, t.unsendable, t.splits, t.retries, t.mirrors, t.faults, t.cors)
}

// judge compares one set.
type judge struct {
	*testing.T
	*served
	envoy *engine.Envoy
	n     counts
}

func (j *judge) all() {
	if refused := j.envoy.Refused(j.prefix); refused != "" && j.known() {
		why := strings.Split(strings.TrimSpace(refused), "\n")
		j.Errorf("Envoy refuses what is read: %s", why[len(why)-1])
		return
	}
	for _, o := range j.objects {
		for _, s := range o.services {
			ports := s.Ports
			if len(ports) == 0 {
				ports = []int{0}
			}
			for _, p := range ports {
				j.service(o, s, p)
			}
		}
	}
}

// known reports whether any of the objects is understood.
func (j *judge) known() bool { return len(j.model.Routing) > 0 }

// guarded reports whether what is kept as it is may keep requests to a host out, which no
// table tells.
func (j *judge) guarded(host intent.Host) bool {
	return slices.ContainsFunc(j.model.Opaque, func(o *intent.Opaque) bool {
		return o.Security && (len(o.Hosts) == 0 || slices.Contains(o.Hosts, host))
	})
}

// service compares what becomes of requests to a service.
func (j *judge) service(o object, s service, port int) {
	host := intent.Host{Service: intent.Name{Namespace: s.Namespace, Name: s.Name}}
	listener := o.listener(s)
	table := j.table(host, port)
	if table == nil || j.guarded(host) || table.Home != nil && table.Home.Kind == "CiliumEnvoyConfig" && table.Home.Name != o.name.Name || !j.envoy.Serves(listener) {
		j.n.kept++
		for _, o := range j.model.Opaque {
			j.Log("kept: ", o.Why)
		}
		return
	}
	j.n.tables++
	a := &asker{judge: j, host: host, port: port, listener: listener, table: table, client: j.envoy.Client(listener), asked: map[int]int{}}
	defer a.client.Close()
	if table.Protocol == intent.TCP {
		a.connect()
		return
	}
	for _, q := range samples(table) {
		a.sample(q)
	}
}

// table is the one for a service and port, or for all of its ports; nil is none.
func (j *judge) table(host intent.Host, port int) *intent.Routing {
	for _, p := range []int{port, 0} {
		for _, t := range j.model.Routing {
			if t.Host == host && t.Port == p && t.Entry.IsZero() {
				return t
			}
		}
	}
	return nil
}

// asker sends requests to one service.
type asker struct {
	*judge
	host     intent.Host
	port     int
	listener string
	table    *intent.Routing
	client   *engine.Client
	asked    map[int]int // how often, by the number of the rule
}

// rule is the one that takes a request, with its number; the table's Else has the
// number of rules. What is passed on goes to the Service itself.
func (a *asker) rule(q *match.Request) (intent.Rule, int) {
	found, i := intent.Rule{Then: a.table.Else}, slices.IndexFunc(a.table.Rules, func(r intent.Rule) bool { return match.Eval(r.When, q) })
	if i < 0 {
		i = len(a.table.Rules)
	} else {
		found = a.table.Rules[i]
	}
	if _, passes := found.Then.(intent.Passthrough); passes {
		found.Then = intent.Forward{To: []intent.Backend{{Host: a.host, Port: a.port, Weight: 1}}}
	}
	return found, i
}

// sample sends a request and compares what becomes of it.
func (a *asker) sample(q *match.Request) {
	r, ok := a.wire(q)
	if !ok {
		a.n.unsendable++
		return
	}
	rule, i := a.rule(q)
	a.asked[i]++
	w := a.expect(decide.Run(a.model, decide.Request{Host: a.host, Port: a.port, At: *q}), rule, q, r)
	r.Give = w.give()
	got, err := a.client.Send(r)
	a.n.requests++
	if err != nil {
		a.Errorf("%s: %v", a.says(r), err)
		return
	}
	if why := w.differs(a, r, got); why != "" {
		a.Errorf("%s: %s\nby rule %d: %s", a.says(r), why, i, strings.TrimSpace(intent.Print(&intent.Model{Routing: []*intent.Routing{{Host: a.host, Port: a.port, Rules: []intent.Rule{rule}}}})))
		return
	}
	if a.asked[i] == 1 {
		a.once(w, r, q, rule)
	}
}

func (a *asker) says(r engine.Request) string {
	return fmt.Sprintf("%s at %s:%d: %s %s host %s %v", a.name, a.host, a.port, r.Method, r.Path, r.Host, r.Headers)
}

// connect sends bytes, which are passed on as they are.
func (a *asker) connect() {
	got, err := a.client.Send(engine.Request{Method: "GET", Path: "/", Host: "any"})
	a.n.requests++
	if err != nil || got.Seen == nil {
		a.Errorf("%s at %s:%d: %v %v", a.name, a.host, a.port, got, err)
		return
	}
	a.n.forwarded++
	f, _ := a.table.Else.(intent.Forward)
	for _, b := range f.To {
		if a.set(b) == a.published(got.Seen.Cluster) && b.Weight > 0 {
			return
		}
	}
	a.Errorf("%s at %s:%d: bytes reach %s", a.name, a.host, a.port, got.Seen.Cluster)
}
