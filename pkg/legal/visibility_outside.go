package legal

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// keepUntold has hosts outside not known to the clients from whom a fact hides them, where
// these are denied what they do not know: so what they may dial stays as narrow as it was,
// where the target says it host by host. whole says that all are denied whom the fact
// covers.
func (r *run) keepUntold(v *intent.Visibility, covered, denied match.Expr, whole bool) {
	clients := covered
	if !whole {
		clients = match.Conj(covered, denied)
	}
	var out []*intent.External
	for _, e := range r.m.External {
		out = append(out, r.untold(e, v, clients)...)
	}
	r.m.External = out
}

// untold parts an External by the clients to whom its hosts are known still.
func (r *run) untold(e *intent.External, v *intent.Visibility, clients match.Expr) []*intent.External {
	if e.Home == nil {
		return []*intent.External{e}
	}
	var out []*intent.External
	at := map[string]*intent.External{}
	for _, h := range e.Hosts {
		known := match.Simplify(e.Scope.Client)
		if hidden := match.Conj(clients, match.Negate(r.tells(v, e.Home.Namespace, h))); !match.IsFalse(hidden) {
			known = match.Conj(known, match.Negate(hidden))
		}
		key := match.Key(known)
		if at[key] == nil {
			part := *e
			part.Hosts, part.Scope.Client = nil, known
			at[key] = &part
			out = append(out, &part)
		}
		at[key].Hosts = append(at[key].Hosts, h)
	}
	return out
}

// tells holds for the clients of a fact that are told of a host that something of a
// namespace makes known.
func (r *run) tells(v *intent.Visibility, namespace string, h intent.Host) match.Expr {
	switch v.Host {
	case intent.Host{}:
		return v.Tells(namespace, r.m.Env.DNS(h))
	case h:
		return match.False
	}
	return match.True
}

// heldOf makes hosts known to those alone who are denied what they do not know, denial by
// denial, where the target says it to all at once in no words; nil is that it does not so
// either, or that they know none of it.
func (r *run) heldOf(e *intent.External, denials []*intent.Egress) *intent.External {
	if !r.t.DialsOut {
		return nil
	}
	var clients, let []match.Expr
	for _, d := range denials {
		client := match.Simplify(d.Scope.Client)
		if d.Effect != intent.Deny {
			let = append(let, match.Negate(client))
			continue
		}
		client = match.Conj(client, ofThose(client, match.Conj(append([]match.Expr{match.Simplify(e.Scope.Client)}, let...)...)))
		if meet(client, match.True) {
			clients = append(clients, client)
		}
	}
	held := *e
	held.Scope.Client = match.Disj(clients...)
	if _, why := r.noExternal(&held); why != "" || len(clients) == 0 {
		return nil
	}
	return &held
}
