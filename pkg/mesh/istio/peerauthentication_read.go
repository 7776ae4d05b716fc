package istio

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// peer is one PeerAuthentication with its place in the lookup: port before
// workload before namespace before mesh.
type peer struct {
	object *source.Object
	home   *intent.Home
	scope  match.Expr
	rank   int
	facts  []*intent.Transport
}

// peerAuthentications lifts the modes of mutual TLS as served. One policy counts
// for each scope, the oldest; a mode of UNSET is that of the next wider scope.
// pilot/pkg/model/authentication.go.
func (r *reader) peerAuthentications(objs []*source.Object) {
	var peers []*peer
	first := map[string]*peer{}
	for _, o := range byAge(objs) {
		p := r.peer(o)
		if p == nil || r.selectsNobody(o) {
			continue
		}
		key := strconv.Itoa(p.rank) + match.Key(p.scope)
		if old := first[key]; old != nil {
			r.contested(old, p)
			continue
		}
		first[key] = p
		peers = append(peers, p)
	}
	slices.SortStableFunc(peers, func(a, b *peer) int { return a.rank - b.rank })
	for _, p := range peers {
		r.m.Transport = append(r.m.Transport, p.facts...)
	}
}

// contested settles two policies for one scope. Where their age is not known,
// the strictest of both counts.
func (r *reader) contested(old, p *peer) {
	r.add(diag.HostClaimedTwice, "two PeerAuthentications are for the same workloads, and the older one counts", "remove one", p.object.Ref(), old.object.Ref())
	p.object.Root.Get("spec").Inert("an older PeerAuthentication is for the same workloads")
	if !ageUnknown(old.object, p.object) {
		return
	}
	r.add(diag.OrderUnknown, "which of two PeerAuthentications counts depends on their age; the stricter is taken", "remove one", p.object.Ref(), old.object.Ref())
	for _, f := range p.facts {
		same := func(o *intent.Transport) bool { return match.Equal(o.Scope.Subject, f.Scope.Subject) }
		if !slices.ContainsFunc(old.facts, same) {
			f.Home = old.home
			old.facts = append(old.facts, f)
		}
	}
	for _, f := range old.facts {
		f.Mode = intent.Strict
	}
}

// peer lifts one object; nil for one that has no effect.
func (r *reader) peer(o *source.Object) *peer {
	spec := o.Root.Get("spec")
	home, root := r.home(o), o.Namespace == r.in.Env.Istio.RootNamespace
	labels := labelsExpr(spec.Get("selector").Get("matchLabels"))
	spec.Get("selector").Kind()
	p := &peer{object: o, home: home, scope: r.selector(spec.Get("selector"), "matchLabels", o.Namespace), rank: 1}
	switch {
	case match.IsTrue(labels) && root:
		p.rank = 3
	case match.IsTrue(labels):
		p.rank = 2
	case root:
		r.mode(spec.Get("mtls").Get("mode"))
		spec.Get("portLevelMtls").MarkRead()
		spec.Inert("Istio ignores policies for single workloads in the root namespace")
		r.add(diag.Inert, o.Ref().Object+" selects workloads from the root namespace, which Istio ignores", "move it to the workloads' namespace", o.Ref())
		return nil
	}
	mode, set := r.mode(spec.Get("mtls").Get("mode"))
	r.portModes(p, home, spec.Get("portLevelMtls"), mode, set)
	if set {
		p.facts = append(p.facts, &intent.Transport{Home: home, Scope: intent.Scope{Subject: p.scope}, Mode: mode, From: intent.From(o.Ref())})
	} else if len(p.facts) == 0 {
		r.add(diag.Inert, o.Ref().Object+" sets no mode, so that of a wider scope holds", "set a mode or remove the object", o.Ref())
		spec.Inert("no mode is set")
	}
	spec.Get("mtls").Kind()
	return p
}

// portModes lifts the modes of single ports, which are the workload's. They come
// before the workload's own.
func (r *reader) portModes(p *peer, home *intent.Home, n *source.Node, workload intent.TLSMode, set bool) {
	if n != nil && p.rank != 1 {
		n.Reject("needs a selector")
	}
	if n != nil && len(n.Entries()) == 0 {
		n.Reject("is empty")
	}
	for _, e := range entries(n) {
		mode, said := r.mode(e.Value.Get("mode"))
		if port, err := strconv.Atoi(e.Key); err != nil || port < 1 || port > 65535 {
			e.Value.Reject("is not for a port number")
		}
		if !said {
			if !set {
				continue
			}
			mode = workload
		}
		p.facts = append(p.facts, &intent.Transport{
			Home: home, Mode: mode, From: intent.From(e.Value.Ref()),
			Scope: intent.Scope{Subject: match.Conj(p.scope, match.Atom{Field: match.Port, Value: e.Key, Ref: new(e.Value.Ref())})},
		})
	}
	n.Kind()
}

// mode reads a mode; set is false for UNSET and for none.
func (r *reader) mode(n *source.Node) (mode intent.TLSMode, set bool) {
	if n == nil || n.Str() == "UNSET" {
		return 0, false
	}
	mode, ok := meaning(serverModes, n.Str())
	if !ok {
		n.Reject("is not UNSET, " + words(serverModes))
	}
	return mode, ok
}
