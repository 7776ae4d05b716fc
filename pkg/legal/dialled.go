package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// dialled drops how callers secure connections, where the target has no say in
// it, and replaces what the source's callers do by themselves by what the
// target's do.
func dialled(r *run) {
	var rest []*intent.Transport
	own := r.ownDials()
	list, kept := r.m.Transport, Kept(r.m, r.t.Mesh)
	for i, t := range list {
		if t.Side != intent.Dialled {
			rest = append(rest, t)
			continue
		}
		if t.From.Defaulted() {
			r.dialsByItself(t, own)
			continue // the target's own stands behind
		}
		f, why := r.noDial(t)
		if why == "" || kept.Dial(t) {
			rest = append(rest, t)
			continue
		}
		r.dropDial(t, nextDial(t, append(list[i+1:len(list):len(list)], own...)), f, why)
	}
	r.m.Transport = append(rest, own...)
}

// ownDials is how the target's callers secure connections by themselves; nil where nothing
// tells.
func (r *run) ownDials() []*intent.Transport {
	if r.t.Transport == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.t.Transport(r.m.Env)), func(t *intent.Transport) bool { return t.Side != intent.Dialled })
}

// dialsByItself notes that callers secure connections of which nothing is said in
// another way than those of the source.
func (r *run) dialsByItself(t *intent.Transport, own []*intent.Transport) {
	if len(own) == 0 || own[len(own)-1].Mode == t.Mode {
		return
	}
	next := own[len(own)-1]
	c := Change{
		Pass: "dialled", Feature: TransportDial, Code: diag.DefaultDiffers, Drift: intent.Other, Aspect: intent.Securing, Fate: FateDrifted, From: t.From,
		Summary: "how callers secure connections by themselves is not that of the source",
		Detail:  dialsSaid[t.Mode] + " before, " + dialsSaid[next.Mode] + " after",
		Fix:     "nothing, if that is why you move", Before: r.fragment(), After: r.fragment(),
	}
	c.Before.Transport, c.After.Transport = []*intent.Transport{t}, own
	r.record(c)
}

// dialsSaid are the ways of dialling, in words.
var dialsSaid = map[intent.TLSMode]string{
	intent.Plain: "plaintext", intent.Auto: "mutual TLS where the server takes it, plaintext elsewhere", intent.Mutual: "mutual TLS",
	intent.Simple: "TLS", intent.SimpleMutual: "TLS with a certificate",
}

// noDial says why a fact about dialled connections cannot be said.
func (r *run) noDial(t *intent.Transport) (Feature, string) {
	if t.Originate != nil || t.Mode == intent.Simple || t.Mode == intent.SimpleMutual {
		return TransportOriginate, r.t.Caps.Says(TransportOriginate, t)
	}
	return TransportDial, r.t.Caps.Says(TransportDial, t)
}

// nextDial is the fact that decides about the same connections instead, or nil.
func nextDial(t *intent.Transport, later []*intent.Transport) *intent.Transport {
	for _, n := range later {
		about := n.Host == (intent.Host{}) || n.Host == t.Host
		if n.Side == intent.Dialled && about && (n.Port == 0 || n.Port == t.Port) && n.Subset == nil && match.IsTrue(n.Scope.Client) {
			return n
		}
	}
	return nil
}

// dropDial notes that a fact is dropped. Mutual TLS of the mesh where the target
// chooses it by itself is nearly the same; a server outside that is sent
// plaintext instead of TLS is not.
func (r *run) dropDial(t, next *intent.Transport, f Feature, why string) {
	c := Change{
		Pass: "dialled", Feature: f, Code: diag.Dropped, Drift: intent.Other, Aspect: intent.Securing, Fate: FateDropped, From: t.From,
		Summary: "how connections to " + t.Host.String() + " are secured is not written: " + why, Detail: "callers do what the target does by itself",
		Fix: "nothing, if both sides are in the mesh",
	}
	switch {
	case f == TransportOriginate:
		c.Code, c.Detail, c.Fix = diag.Refused, "callers send plaintext", "let the workload use TLS itself"
	case next != nil && next.Mode == t.Mode && next.Originate == nil:
		c.Code, c.Drift, c.Fate, c.Fix = diag.Approximated, intent.Same, FateRewritten, "nothing"
	case t.Mode == intent.Mutual:
		c.Code = diag.Approximated
	}
	c.Before, c.After = r.fragment(), r.fragment()
	c.Before.Transport = []*intent.Transport{t}
	if next != nil {
		c.Before.Transport, c.After.Transport = append(c.Before.Transport, next), []*intent.Transport{next}
	}
	r.record(c)
}
