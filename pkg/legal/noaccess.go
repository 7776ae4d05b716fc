package legal

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// noAccess is for targets without any admission, or that enforce none in the
// environment. What keeps requests out cannot be said there, not even as a deny-all,
// so that the output of the namespaces that it guards is withheld.
func noAccess(r *run) {
	n := guard{run: r, closed: map[string]bool{}, why: "the target has no authorization"}
	if r.t.Access.Combine != NoAccess {
		if n.why = r.unenforced(); n.why == "" {
			return
		}
	}
	for _, a := range r.m.Access {
		n.drop(merge(a.From, atomRefs(a.When, a.Scope.Subject)), guardedBy(a.Side, a.Scope), a.Mode == intent.Enforced && a.Effect != intent.Allow, func(f *intent.Model) { f.Access = append(f.Access, a) })
	}
	for _, d := range r.m.Default {
		n.drop(d.From, guardedBy(d.Side, d.Scope), d.Effect == intent.Deny, func(f *intent.Model) { f.Default = append(f.Default, d) })
	}
	for _, t := range served(r.m.Transport) {
		n.drop(t.From, t.Scope.Subject, t.Mode == intent.Strict, func(f *intent.Model) { f.Transport = append(f.Transport, t) })
	}
	for _, t := range r.m.Tokens {
		n.drop(tokenOrigin(t), t.Scope.Subject, true, func(f *intent.Model) { f.Tokens = append(f.Tokens, t) })
	}
	for _, o := range r.m.Opaque {
		if o.Security && !r.understands(o) {
			n.drop(o.From, o.Scope.Subject, true, func(f *intent.Model) { f.Opaque = append(f.Opaque, o) })
		}
	}
	n.record()
	n.clear()
}

// unenforced says why policies are not enforced in the environment; "" is that they are.
// Then nothing says what leaves the cluster either.
func (r *run) unenforced() string {
	if r.t.Unenforced == nil {
		return ""
	}
	why := r.t.Unenforced(r.m.Env)
	if why != "" {
		r.t.DialsOut, r.t.Caps = false, maps.Clone(r.t.Caps)
		for _, f := range []Feature{EgressDefault, ExternalHosts, AccessDialled} {
			r.t.Caps[f] = Unsupported(why, r.t.Caps[f].Link)
		}
	}
	return why
}

// guardedBy is whose output goes with a fact: the subject's, or the callers'.
func guardedBy(side intent.Side, s intent.Scope) match.Expr {
	if side == intent.Served {
		return s.Subject
	}
	named := match.Weaken(s.Client, func(l match.Literal) bool { return l.Atom.Field == match.ClientNamespace })
	return match.Map(named, func(a match.Atom) match.Expr {
		a.Field = match.Namespace
		return a
	})
}

// guard collects what keeps requests out, object by object.
type guard struct {
	*run
	objects []*guarded
	closed  map[string]bool // namespaces; "" is all
	unsaid  []*unsaid
	// why is why the target keeps nothing out.
	why string
}

// unsaid is output of one aspect that closed namespaces go without.
type unsaid struct {
	about intent.Aspect
	hosts []string
	from  intent.Origin
}

// guarded is an object whose facts are dropped.
type guarded struct {
	name   string
	from   intent.Origin
	keeps  bool // requests out
	before *intent.Model
	names  []string // of namespaces
	open   bool     // others too
}

// drop takes note of a fact; put adds it to a fragment.
func (n *guard) drop(from intent.Origin, subject match.Expr, keeps bool, put func(*intent.Model)) {
	if from.Defaulted() && !keeps {
		return
	}
	name := objectOf(from)
	i := slices.IndexFunc(n.objects, func(g *guarded) bool { return g.name == name })
	if i < 0 {
		i = len(n.objects)
		n.objects = append(n.objects, &guarded{name: name, before: n.fragment()})
	}
	g := n.objects[i]
	names, open := namespacesOf(subject)
	g.from, g.keeps = merge(g.from, from), g.keeps || keeps
	g.names, g.open = append(g.names, names...), g.open || open
	put(g.before)
}

// atomRefs are the input values that predicates stem from.
func atomRefs(es ...match.Expr) intent.Origin {
	var out intent.Origin
	for _, e := range es {
		match.Atoms(e, func(a match.Atom, _ bool) { out = append(out, a.Place()) })
	}
	return merge(nil, out)
}

// record notes what becomes of each object.
func (n *guard) record() {
	for _, g := range n.objects {
		g.before.Default = append(g.before.Default, &intent.Default{Effect: intent.Allow})
		c := Change{
			Pass: "no-access", Feature: AccessDeny, Code: diag.Dropped, Drift: intent.Same, Aspect: intent.Admission, Fate: FateDropped, From: g.from,
			Summary: g.name + " is not written: " + n.why, Detail: "it kept nothing out", Fix: "nothing",
			Before: g.before, After: n.denying(),
		}
		if g.records() {
			c.Aspect, c.Drift, c.Detail = intent.Auditing, intent.Other, "requests that it recorded are not recorded"
		}
		if g.keeps {
			c.Code, c.Drift, c.Detail, c.Fix = diag.Widened, intent.Wider, "requests that it kept out are let in", "keep it in force beside the output"
			if !n.accepts(c) {
				n.withholdOutput(g, &c)
			}
		}
		if len(g.before.Access) > 0 {
			n.besidePlain(&c)
		}
		if (g.before.Opaque != nil || g.before.Tokens != nil) && !g.denies() {
			c.Before, c.After = nil, nil
		} else {
			g.before.Opaque, g.before.Tokens, c.After.Tokens = nil, n.m.Tokens, n.m.Tokens // rules of tokens hold for valid ones
		}
		n.run.record(c)
	}
}

// besidePlain has a change hold where workloads take plaintext, which tells no identity of
// those whom policies let in by it.
func (n *guard) besidePlain(c *Change) {
	for _, t := range served(n.m.Transport) {
		if t.Mode == intent.Strict {
			continue
		}
		if !slices.Contains(c.Before.Transport, t) {
			c.Before.Transport = append(c.Before.Transport, t)
		}
		c.After.Transport = append(c.After.Transport, t)
	}
}

// denies reports whether the object keeps requests out by more than what it demands of
// tokens and what only its mesh understands.
func (g *guarded) denies() bool {
	return slices.ContainsFunc(g.before.Access, func(a *intent.Access) bool { return a.Mode == intent.Enforced && a.Effect != intent.Allow }) ||
		slices.ContainsFunc(g.before.Default, func(d *intent.Default) bool { return d.Effect == intent.Deny }) ||
		slices.ContainsFunc(g.before.Transport, func(t *intent.Transport) bool { return t.Mode == intent.Strict })
}

// records reports whether the object only records what it would do.
func (g *guarded) records() bool {
	return len(g.before.Access) > 0 && !slices.ContainsFunc(g.before.Access, func(a *intent.Access) bool { return a.Mode == intent.Enforced })
}

// withholdOutput closes the namespaces of an object.
func (n *guard) withholdOutput(g *guarded, c *Change) {
	c.Code, c.Fate = diag.Withheld, FateWithheld
	c.Summary = g.why() + ", and " + n.why
	c.Detail = "nothing is written for the namespaces that it guards"
	c.Fix = "name an implementation as target, which keeps the policies in force, or go without them: accept widened for the object"
	if n.t.Access.Combine != NoAccess {
		c.Fix = "have policies enforced, and say so in the environment, or go without them: accept widened for the object"
	}
	for _, name := range g.names {
		n.closed[name] = true
	}
	if g.open {
		n.closed[""] = true
	}
}

// why says what is closed by the object.
func (g *guarded) why() string {
	for _, d := range g.before.Default {
		if d.Withheld {
			return d.Why
		}
	}
	return g.name + " keeps requests out"
}

// clear takes admission out of the model, and all output of closed namespaces.
func (n *guard) clear() {
	m := n.m
	m.Access, m.Tokens = nil, nil
	m.Default = n.ownDefaults()
	m.Transport = slices.DeleteFunc(m.Transport, isServed)
	if n.t.Transport != nil {
		m.Transport = append(m.Transport, served(n.t.Transport(m.Env))...)
	}
	m.Opaque = slices.DeleteFunc(m.Opaque, func(o *intent.Opaque) bool { return o.Security && !n.understands(o) })
	m.Routing = slices.DeleteFunc(m.Routing, func(t *intent.Routing) bool {
		return n.withheld(t.Host, t.Home, intent.Routed, tableOrigin(t))
	})
	m.Upstream = slices.DeleteFunc(m.Upstream, func(u *intent.Upstream) bool {
		return n.withheld(u.Host, u.Home, intent.Balancing, u.From)
	})
	m.Entries = slices.DeleteFunc(m.Entries, func(e *intent.Entry) bool {
		return n.withheld(intent.Host{Service: e.Name}, e.Home, intent.Entering, wholeEntry(e))
	})
	n.recordUnsaid()
}

// withheld reports whether output is about a closed namespace, and takes note that it
// is not written.
func (n *guard) withheld(h intent.Host, home *intent.Home, about intent.Aspect, from intent.Origin) bool {
	at := h.Service.Namespace
	if at == "" && home != nil {
		at = home.Namespace
	}
	if !n.closed[""] && !n.closed[at] || from.Defaulted() {
		return false
	}
	i := slices.IndexFunc(n.unsaid, func(u *unsaid) bool { return u.about == about })
	if i < 0 {
		i = len(n.unsaid)
		n.unsaid = append(n.unsaid, &unsaid{about: about})
	}
	u := n.unsaid[i]
	u.from = append(u.from, from...)
	if !slices.Contains(u.hosts, h.String()) {
		u.hosts = append(u.hosts, h.String())
	}
	return true
}

// unsaidWords name what is not written.
var unsaidWords = map[intent.Aspect]string{intent.Routed: "routes", intent.Balancing: "traffic policies", intent.Entering: "gateways"}

// recordUnsaid notes once for each aspect what is not written.
func (n *guard) recordUnsaid() {
	for _, u := range n.unsaid {
		slices.Sort(u.hosts)
		n.run.record(Change{
			Pass: "no-access", Feature: AccessDeny, Code: diag.Withheld, Drift: intent.Other, Aspect: u.about, Fate: FateWithheld, From: merge(nil, u.from),
			Summary: "the " + unsaidWords[u.about] + " of " + someOf(u.hosts) + " are not written: policies that guard them cannot be said",
			Detail:  "what is there stays as it is", Fix: "see what is told of the policies",
		})
	}
}

// someOf lists a few names, and how many more there are.
func someOf(names []string) string {
	const few = 3
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:few], ", ") + " and " + strconv.Itoa(len(names)-few) + " more"
}
