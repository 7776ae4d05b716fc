package istio

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// dryRun is the annotation of policies that enforce nothing.
const dryRun = "istio.io/dry-run"

// actions are the actions of policies; the zero value is ALLOW.
var actions = []spelling[intent.Effect]{{"ALLOW", intent.Allow}, {"DENY", intent.Deny}, {"CUSTOM", intent.Ask}}

// authorizationPolicies lifts who may do what. All policies that select a
// workload hold together; one that allows denies all else:
// pilot/pkg/security/authz.
func (r *reader) authorizationPolicies(objs []*source.Object) {
	var denials []*intent.Default
	for _, o := range objs {
		said := len(r.m.Access)
		switch d := r.authorizationPolicy(o); {
		case r.selectsNobody(o):
			r.m.Access = r.m.Access[:said]
		case d != nil:
			denials = append(denials, d)
		}
	}
	r.m.Default = append(r.m.Default, denials...)
}

// authorizationPolicy lifts one object; the default is that of an enforced ALLOW
// policy, nil for others.
func (r *reader) authorizationPolicy(o *source.Object) *intent.Default {
	home, spec := r.home(o, dryRun), o.Root.Get("spec")
	o.Root.Get("spec").Kind()
	if r.targeted(o, home, spec) {
		return nil
	}
	p := &authorization{reader: r, object: o, home: home}
	p.scope = intent.Scope{Subject: r.selector(spec.Get("selector"), "matchLabels", o.Namespace)}
	spec.Get("selector").Kind()
	p.action(spec)
	rules := spec.Get("rules")
	for _, n := range rules.Items() {
		p.rule(n)
	}
	if len(rules.Items()) == 0 && p.effect != intent.Allow && p.mode != intent.Audit {
		spec.Get("action").Reject("needs rules")
	}
	if p.effect != intent.Allow || p.mode != intent.Enforced {
		if len(rules.Items()) == 0 {
			const why = "a policy without rules does nothing unless it allows and is enforced"
			o.Root.Inert(why)
			r.add(diag.Inert, o.Ref().Object+" has no effect: "+why, "give it rules, or remove it", o.Ref())
		}
		return nil
	}
	return &intent.Default{Home: home, Scope: p.scope, Effect: intent.Deny, From: intent.From(o.Ref())}
}

// authorization is one AuthorizationPolicy on its way.
type authorization struct {
	*reader
	object   *source.Object
	home     *intent.Home
	scope    intent.Scope
	effect   intent.Effect
	mode     intent.Mode
	provider string
}

// action reads what the policy does and whether it is enforced. AUDIT holds where
// DENY would.
func (p *authorization) action(spec *source.Node) {
	if a := spec.Get("action"); a != nil {
		switch effect, ok := meaning(actions, a.Str()); {
		case ok:
			p.effect = effect
		case a.Str() == "AUDIT":
			p.effect, p.mode = intent.Deny, intent.Audit
		default:
			a.Reject("is not AUDIT, " + words(actions))
		}
	}
	p.dryRun(p.object.Root.Get("metadata").Get("annotations").Get(dryRun))
	p.provider = spec.Get("provider").Get("name").Str()
	switch asks := p.effect == intent.Ask; {
	case asks && p.provider == "":
		spec.Get("action").Reject("needs provider.name")
	case !asks && p.provider != "":
		spec.Get("provider").Reject("is for CUSTOM policies only")
	}
}

// dryRun reads the annotation of policies that enforce nothing: any spelling of
// a boolean, on policies that allow or deny.
// istio pkg/config/validation checkDryRunAnnotation
func (p *authorization) dryRun(n *source.Node) {
	if n == nil {
		return
	}
	switch on, err := strconv.ParseBool(n.Str()); {
	case err != nil:
		n.Reject("is not true or false")
	case p.mode == intent.Audit || p.effect == intent.Ask:
		n.Reject("is for policies that allow or deny")
	case on:
		p.mode = intent.DryRun
	}
}

// rule lifts one rule: one of from, one of to, and all of when. On connections
// that are not HTTP, conditions on HTTP attributes make a rule that allows hold
// nowhere, and are left out of rules that deny, ask or record.
func (p *authorization) rule(n *source.Node) {
	if n.Kind() == source.Null {
		n.Reject("is no rule")
	}
	and := []match.Expr{p.from(n.Get("from")), p.to(n.Get("to"))}
	for _, w := range n.Get("when").Items() {
		and = append(and, p.when(w))
	}
	a := &intent.Access{
		Home: p.home, Scope: p.scope, Effect: p.effect, Mode: p.mode, Provider: p.provider, FailOpen: p.effect == intent.Ask && slices.Contains(p.in.Env.Istio.FailOpen, p.provider), Comment: n.Comment(), From: intent.From(n.Ref()),
		When: onProtocols(match.Conj(and...), p.effect == intent.Allow),
	}
	p.m.Access = append(p.m.Access, a)
}

// onProtocols writes what a rule means on HTTP and on other connections. allow
// tells how HTTP attributes are taken there.
func onProtocols(when match.Expr, allow bool) match.Expr {
	if !asksHTTP(when) {
		return when
	}
	http := match.Conj(match.Atom{Field: match.Protocol, Value: "http"}, when)
	if allow {
		return http
	}
	return match.Disj(http, match.Conj(match.Atom{Field: match.Protocol, Value: "tcp"}, withoutHTTP(when)))
}

func asksHTTP(e match.Expr) bool {
	asks := false
	match.Atoms(e, func(a match.Atom, _ bool) { asks = asks || a.Field.HTTP() })
	return asks
}

// withoutHTTP leaves out what asks for HTTP attributes: in a list of
// alternatives the attribute, not the alternative.
func withoutHTTP(e match.Expr) match.Expr {
	return match.Weaken(e, func(l match.Literal) bool { return !l.Atom.Field.HTTP() })
}
