package istio

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// requestAuthentications lifts which tokens are accepted. All that select a
// workload are united.
func (r *reader) requestAuthentications(objs []*source.Object) {
	for _, o := range objs {
		home, spec := r.home(o), o.Root.Get("spec")
		if r.targeted(o, home, spec) {
			continue
		}
		t := &intent.Tokens{Home: home, Scope: intent.Scope{Subject: r.selector(spec.Get("selector"), "matchLabels", o.Namespace)}, From: intent.From(o.Ref())}
		spec.Get("selector").Kind()
		for _, n := range spec.Get("jwtRules").Items() {
			t.Rules = append(t.Rules, r.tokenRule(n))
		}
		if len(t.Rules) == 0 {
			spec.Inert("it accepts no issuer, so no token is looked at")
			r.add(diag.Inert, o.Ref().Object+" has no jwtRules, so no token is looked at", "add a rule or remove the object", o.Ref())
			continue
		}
		if r.selectsNobody(o) {
			continue
		}
		r.m.Tokens = append(r.m.Tokens, t)
	}
}

func (r *reader) tokenRule(n *source.Node) intent.TokenRule {
	out := intent.TokenRule{
		Issuer: n.Get("issuer").Str(), Audiences: stringsOf(n.Get("audiences")), JWKS: n.Get("jwks").Str(), JWKSURI: n.Get("jwksUri").Str(),
		Params: stringsOf(n.Get("fromParams")), Cookies: stringsOf(n.Get("fromCookies")), Forward: optionalBool(n.Get("forwardOriginalToken")),
		PayloadHeader: n.Get("outputPayloadToHeader").Str(), SpaceClaims: stringsOf(n.Get("spaceDelimitedClaims")), TimeoutText: n.Get("timeout").Str(),
		From: intent.From(n.Ref()),
	}
	if u := n.Get("jwks_uri"); u != nil {
		out.JWKSURI = u.Str()
	}
	checkTokenRule(n, out)
	for _, h := range n.Get("fromHeaders").Items() {
		out.Headers = append(out.Headers, intent.TokenHeader{Name: h.Get("name").Str(), Prefix: h.Get("prefix").Str()})
	}
	for _, c := range n.Get("outputClaimToHeaders").Items() {
		out.ClaimHeaders = append(out.ClaimHeaders, intent.Pair{Key: c.Get("header").Str(), Value: c.Get("claim").Str(), From: intent.From(c.Ref())})
	}
	return out
}
