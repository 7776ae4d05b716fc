package consul

import (
	"fmt"
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/match"
)

// tally counts what was asked.
type tally struct{ allowed, denied, shared, routed, shares, left int }

func (a tally) String() string {
	return fmt.Sprintf("%d requests let in, %d kept out, %d kept out by the server alone where services share workloads, %d routed to %d shares, %d calls of what is outside", a.allowed, a.denied, a.shared, a.routed, a.shares, a.left)
}

func (a *tally) add(b tally) {
	a.shared, a.left = a.shared+b.shared, a.left+b.left
	a.allowed, a.denied, a.routed, a.shares = a.allowed+b.allowed, a.denied+b.denied, a.routed+b.routed, a.shares+b.shares
}

// stranger is a client of no service that anything speaks of.
const stranger = "a-stranger"

// admission asks both who is let in at a service, and lists where they differ.
func (w *world) admission(service string, n *tally) (wrong []string) {
	in := w.inbound[service]
	for _, from := range append(slices.Clone(w.services), stranger) {
		if w.ambiguous(from) {
			continue
		}
		questions := w.questions(service, from)
		for _, q := range w.more {
			if w.inbound[service].HTTP() {
				questions = append(questions, onto(w.at(w.as(new(match.Request), from), service).Set(match.Protocol, "", "http"), q))
			}
		}
		for _, q := range questions {
			state := decide.NoToken
			if _, there := q.Lookup(match.Token, "principal"); there {
				state = decide.GoodToken
			}
			r := request(q, from)
			want, got := in.Admits(r), decide.Admit(w.model, q, state).Allowed
			if want {
				n.allowed++
			} else {
				n.denied++
			}
			switch {
			case !want && got && (w.shares(service) || w.shares(from)):
				n.shared++
			case want != got:
				wrong = append(wrong, fmt.Sprintf("%s to %s %v token %v: the engine says %v, transmesh %v", from, service, r.HTTP, r.Token, want, got))
			}
		}
	}
	return wrong
}

// questions are the samples of what decides about a client at a service.
func (w *world) questions(service, from string) []*match.Request {
	known := w.at(w.as(new(match.Request), from), service)
	var exprs []match.Expr
	for _, a := range w.model.Access {
		if match.Eval(a.Scope.Subject, known) {
			exprs = append(exprs, a.When)
		}
	}
	return samples(exprs, known, w.inbound[service].HTTP())
}
