package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// covers tells how much of a server a scope covers. A workload belongs
// to one service: a Service that the input lacks is no other one, and none of the
// workloads of another server are its own.
func (n *namer) covers(scope match.Expr, p Party) reachOf {
	scope = n.subject(scope)
	if match.Apart(scope, p.Subject) {
		return noneOf
	}
	named := match.Key(p.Subject)
	own := serviceNames(p.Subject)
	if key := match.Key(scope); (n.written || len(own) > 0) && key != named && n.subjects[key] {
		return noneOf
	}
	scope = match.Map(scope, func(a match.Atom) match.Expr {
		if a.Field == match.Service && !slices.Contains(own, a.Value) {
			return match.False
		}
		return nil
	})
	if got := n.reach(p.Subject, scope, named, match.Key(scope)); got != partOf || p.Port == 0 {
		return got
	}
	at := match.Simplify(atPort(scope, p.Port))
	got := n.reach(p.Subject, at, named, match.Key(at))
	if got == noneOf {
		return besides
	}
	return got
}

// serviceNames are the Services that a predicate names.
func serviceNames(e match.Expr) []string {
	var out []string
	match.Atoms(e, func(a match.Atom, _ bool) {
		if a.Field == match.Service {
			out = append(out, a.Value)
		}
	})
	return out
}

// letsInOrOut reports whether a fact is one that names are told: who is asked stands in
// objects that are kept as they are.
func letsInOrOut(a *intent.Access) bool {
	return a.Mode == intent.Enforced && a.Side == intent.Served && a.Effect != intent.Ask
}

// at lists those of some facts that hold at a server. shut says that something is
// denied at its workloads' other ports.
func (n *namer) at(p Party, of []*intent.Access) (out []*intent.Access, shut bool) {
	for _, a := range of {
		if !letsInOrOut(a) {
			continue
		}
		reached := n.covers(a.Scope.Subject, p)
		if reached != noneOf {
			n.where[a] = append(n.where[a], p.Namespace+"/"+p.Name)
		}
		switch reached {
		case noneOf:
			continue
		case besides:
			n.besides(a, p, &shut)
			continue
		case partOf:
			n.lose(a, wholeOf(p))
			if a.Effect == intent.Allow {
				continue
			}
		case allOf:
		}
		out = append(out, a)
	}
	return out, shut
}

// besides settles a fact about ports that clients do not reach.
func (n *namer) besides(a *intent.Access, p Party, shut *bool) {
	if a.Effect == intent.Deny {
		*shut = true
	} else {
		n.lose(a, onePort(p))
	}
}

// defaultAt is which of some defaults decides at a server where no fact does.
func (n *namer) defaultAt(p Party, of []*intent.Default) (d *intent.Default, shut bool) {
	for _, d := range of {
		if d.Side != intent.Served {
			continue
		}
		switch n.covers(d.Scope.Subject, p) {
		case noneOf:
			continue
		case besides:
			shut = shut || d.Effect == intent.Deny
			continue
		case partOf:
			n.grow("a policy is for the whole of " + p.Name)
			if d.Effect == intent.Allow {
				continue
			}
		case allOf:
		}
		return d, shut
	}
	return &intent.Default{Effect: n.ownEffect()}, shut
}
