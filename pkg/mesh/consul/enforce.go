package consul

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// What intentions do is what the RBAC filter does that Consul makes of them, which
// is not always what the documented precedence says: agent/xds/rbac.go.
//
//   - Of the intentions of one source, the one for the more exact destination
//     counts.
//   - From an intention, those more exact sources are subtracted that come before
//     it by precedence, whatever they say. Nothing else is subtracted: "web to all:
//     allow" is not touched by "all to db: deny".
//   - In a list of permissions the first that holds counts. Requests for which none
//     holds fall to the default, not to the next intention.
//   - What says the same as the default is left out, with its tokens.

// verdict is one fact of a destination. A redundant one changes nothing there.
type verdict struct {
	effect    intent.Effect
	when      match.Expr
	of        *intention
	from      intent.Origin
	redundant bool
	key       string // what it says, and of what it stems
}

// enforced is what holds at one destination.
type enforced struct {
	facts []*verdict
	// otherwise is what decides where no fact does, and by whose word; nil is the
	// default policy's.
	otherwise intent.Effect
	by        *intention
	// list are the intentions that count, by precedence, one for each source.
	list []*intention
}

// enforcer judges the intentions of one destination.
type enforcer struct {
	*reader
	dest service
	list []*intention // by precedence, one for each source
	http bool
	out  *enforced
}

// enforce judges the intentions that cover a destination.
func (r *reader) enforce(dest service, all []*intention) *enforced {
	e := &enforcer{reader: r, dest: dest, http: dest.wild() > 0 || r.http(dest), out: &enforced{otherwise: defaultEffect(r.in.Env)}}
	for _, x := range all {
		if x.destination.covers(dest) {
			e.list = append(e.list, x)
		}
	}
	slices.SortStableFunc(e.list, func(a, b *intention) int { return b.precedence - a.precedence })
	var kept []*intention
	for _, x := range e.list {
		i := slices.IndexFunc(kept, func(y *intention) bool { return y.source == x.source })
		if i < 0 {
			kept = append(kept, x)
			continue
		}
		kept[i].used = kept[i].used || kept[i].action != x.action // it keeps the other from counting
	}
	e.list, e.out.list = kept, kept
	closed := e.out.otherwise == intent.Deny
	if e.out.by = e.general(); e.out.by != nil && e.out.by.action != allow {
		e.out.otherwise = intent.Deny
	}
	for i, x := range e.list {
		switch {
		case closed:
			e.closed(i, x)
		case e.out.otherwise == intent.Deny:
			e.closedByAll(i, x)
		default:
			e.open(i, x)
		}
	}
	return e.out
}

// general is the intention of all sources, if it says one thing of all requests
// and so can be said as what holds otherwise.
func (e *enforcer) general() *intention {
	for _, x := range e.list {
		all := x.source.name == anyName && (x.source.ns == "" || x.source.ns == anyName)
		open := e.out.otherwise == intent.Allow
		if all && e.tokenOf(x) == nil && (x.action == deny || x.action == allow && open || x.action == layer7 && open && closes(x)) {
			return x
		}
	}
	return nil
}

// tokenOf is what an intention demands, which is nothing on tcp. Where the
// protocol is only assumed, an allow keeps its demand and a denial does not wait
// for a token, so that nobody is let in whichever it is.
func (e *enforcer) tokenOf(x *intention) *tokenDemand {
	if !e.http || e.assumed[e.dest] && x.action == deny {
		return nil
	}
	return x.token
}

// clients of an intention: its source without the more exact ones before it for
// which except holds.
func (e *enforcer) clients(i int, x *intention, except func(*intention) bool) match.Expr {
	all := []match.Expr{e.client(x)}
	for _, y := range e.list[:i] {
		if y.source.wild() < x.source.wild() && x.source.covers(y.source) && except(y) {
			y.used = true
			all = append(all, match.Negate(e.client(y)))
		}
	}
	return match.Conj(all...)
}

// closed judges an intention where the default is to deny: allows remain.
func (e *enforcer) closed(i int, x *intention) {
	switch x.action {
	case deny:
		e.deniedApart(i, x)
	case allow:
		by := e.clients(i, x, func(y *intention) bool { return !e.plain(y, allow) && !e.apart(y) })
		e.add(intent.Allow, x, nil, false, by, e.tokenOf(x).holds())
	case layer7:
		e.allowed(i, x, e.clients(i, x, func(y *intention) bool { return !e.plain(y, allow) && !e.apart(y) }))
	}
}

// plain reports whether an intention does one thing to all requests of its source.
func (e *enforcer) plain(x *intention, a action) bool {
	return x.action == a && (a == deny || e.tokenOf(x) == nil)
}

// apart reports whether a denial is said as a fact of its own, where otherwise it
// would have to be subtracted from a later intention.
func (e *enforcer) apart(x *intention) bool {
	i := slices.Index(e.list, x)
	for _, y := range e.list[:i] {
		if y.source.covers(x.source) {
			return false
		}
	}
	return x.action == deny && x.source.wild() == 0
}

// deniedApart says a denial of one source that a later, wider intention does not
// reach. Without a wider one it changes nothing.
func (e *enforcer) deniedApart(i int, x *intention) {
	wider := slices.ContainsFunc(e.list[i+1:], func(y *intention) bool { return y.action != deny && y.source.covers(x.source) })
	if e.apart(x) {
		e.add(intent.Deny, x, nil, !wider, e.client(x))
	}
}

// allowed says what a list of permissions allows: each that allows, without those
// that deny before it.
func (e *enforcer) allowed(i int, x *intention, by match.Expr) {
	var before []match.Expr
	for _, p := range x.permissions {
		if !p.deny {
			e.add(intent.Allow, x, p, false, append([]match.Expr{by, isHTTP(p), p.when, e.tokenOf(x).holds(), p.token.holds()}, without(p.when, before)...)...)
		}
		if p.deny || p.token != nil {
			before = append(before, p.when)
			p.used = true
		}
	}
}

// closedByAll judges an intention where the default is to allow, but all sources
// are denied: those before that denial are let in as far as they are not denied
// themselves. Tokens are not asked for.
func (e *enforcer) closedByAll(i int, x *intention) {
	if i > slices.Index(e.list, e.out.by) || x == e.out.by && x.action != layer7 {
		if x != e.out.by && x.action == deny {
			x.byAll = true
			e.add(intent.Deny, x, nil, true, e.client(x))
		}
		return
	}
	by := e.clients(i, x, func(y *intention) bool { return !e.plain(y, allow) })
	switch {
	case x.action == allow:
		e.add(intent.Allow, x, nil, false, by)
	case x.action == deny && e.tokenOf(x) == nil:
		x.byAll = true
		e.add(intent.Deny, x, nil, true, by)
	case x.action == deny || e.demandsToken(x):
		e.add(intent.Allow, x, nil, false, by)
		e.open(i, x)
	default:
		e.notDenied(x, by)
	}
}

func (e *enforcer) demandsToken(x *intention) bool {
	return slices.ContainsFunc(x.demands(), func(d *tokenDemand) bool { return d != nil })
}

// notDenied says what a list of permissions leaves to the default, as allows: what
// each allows without those that deny before it, and what none speaks of.
func (e *enforcer) notDenied(x *intention, by match.Expr) {
	var denied, all []match.Expr
	for _, p := range x.permissions {
		p.used = true
		all = append(all, p.when)
		if p.deny {
			denied = append(denied, p.when)
			continue
		}
		e.add(intent.Allow, x, p, false, append([]match.Expr{by, isHTTP(p), p.when}, without(p.when, denied)...)...)
	}
	if rest := match.Negate(match.Disj(all...)); !everyPath(x.permissions) {
		e.add(intent.Allow, x, nil, false, by, match.Atom{Field: match.Protocol, Value: "http", Ref: new(x.node.Node.Ref())}, rest)
	}
}

// without subtracts what comes before a condition, as far as it has something in
// common with it.
func without(when match.Expr, before []match.Expr) []match.Expr {
	var out []match.Expr
	for _, b := range before {
		if _, common := match.Overlap(when, b); common != match.No {
			out = append(out, match.Negate(b))
		}
	}
	return out
}

// closes reports whether permissions deny all that they do not allow, and ask for
// no token.
func closes(x *intention) bool {
	return everyPath(slices.DeleteFunc(slices.Clone(x.permissions), func(p *permission) bool { return !p.deny })) &&
		!slices.ContainsFunc(x.permissions, func(p *permission) bool { return p.token != nil })
}

// everyPath reports whether one of a list holds for all requests.
func everyPath(list []*permission) bool {
	return slices.ContainsFunc(list, func(p *permission) bool {
		a, ok := p.when.(match.Atom)
		return ok && a.Field == match.Path && a.Op == match.Prefix && a.Value == "/"
	})
}

// open judges an intention where the default is to allow: denials remain.
func (e *enforcer) open(i int, x *intention) {
	by := e.clients(i, x, func(y *intention) bool { return !e.plain(y, deny) })
	switch x.action {
	case allow:
		e.add(intent.Allow, x, nil, true, by)
	case deny:
		e.add(intent.Deny, x, nil, false, by, e.tokenOf(x).holds())
	case layer7:
		e.denied(x, by)
	}
}

// denied says what a list of permissions denies, each without those that let in
// before it. Where one is enforced the listener takes HTTP only, so that each
// denies other connections besides.
func (e *enforcer) denied(x *intention, by match.Expr) {
	other := match.Conj(by, match.Atom{Field: match.Protocol, Value: "tcp", Ref: new(x.node.Node.Ref())})
	var before []match.Expr
	for i, p := range x.permissions {
		if p.deny {
			requests := match.Conj(append([]match.Expr{by, isHTTP(p), p.when, e.tokenOf(x).holds(), p.token.holds()}, without(p.when, before)...)...)
			e.add(intent.Deny, x, p, false, match.Disj(requests, other))
		}
		if !p.deny || p.token != nil {
			before = append(before, p.when)
			p.used = p.used || slices.ContainsFunc(x.permissions[i+1:], func(q *permission) bool { return q.deny })
		}
	}
	if everyPath(x.permissions) && !slices.ContainsFunc(x.permissions, func(p *permission) bool { return p.deny }) {
		e.add(intent.Deny, x, nil, false, other)
	}
}

// isHTTP holds for requests, which alone have what permissions test.
func isHTTP(p *permission) match.Expr {
	return match.Atom{Field: match.Protocol, Value: "http", Ref: new(p.node.Node.Ref())}
}

func (e *enforcer) add(effect intent.Effect, x *intention, p *permission, redundant bool, all ...match.Expr) {
	v := &verdict{effect: effect, when: match.Conj(all...), of: x, from: x.origin(), redundant: redundant}
	if p != nil {
		p.used, v.from = true, intent.From(p.node.Node.Ref())
	}
	v.key = effect.String() + match.Key(v.when) + v.from[0].String()
	e.out.facts = append(e.out.facts, v)
}
