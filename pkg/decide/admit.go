package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Admission is what becomes of a request at a workload.
type Admission struct {
	Allowed bool
	// Asks are the providers that must agree, sorted; of admitted requests only.
	Asks []string
	// Status is what a denied client sees: 401, 403 or another that the deciding
	// fact says; 0 where the connection is not accepted.
	Status int
	// Because are the input values that decided.
	Because intent.Origin
}

// Admit decides about a request at a workload. r holds the attributes of the
// request, of its client, and of the workload (fields Namespace, Label, Account,
// Service, Port). It decides for the server and for the caller's own proxy.
func Admit(m *intent.Model, r *match.Request, token TokenState) Admission {
	if refused, ok := letsOut(m, r); !ok {
		return refused
	}
	q := r.Clone()
	if t := served(m, q); t != nil {
		switch {
		case !match.Eval(t.Takes(), q), t.Mode != intent.Plain && !match.Eval(taken(m.Baseline.Trusts), q):
			return Admission{Because: t.From}
		case t.Mode == intent.Plain:
			for _, f := range []match.Field{match.ClientNamespace, match.ClientAccount, match.ClientTrust, match.ClientIdentity} {
				q.Unset(f, "")
			}
		}
	}
	if a, refused := checkToken(m, q, token); refused {
		return a
	}
	return decideAccess(m, q)
}

// served is the transport that decides for the workload.
func served(m *intent.Model, q *match.Request) *intent.Transport {
	for _, t := range m.Transport {
		if t.Side == intent.Served && match.Eval(t.Scope.Subject, q) {
			return t
		}
	}
	return nil
}

// checkToken refuses bad tokens where tokens are looked at, or takes them for
// none, and takes token attributes away where no valid one is.
func checkToken(m *intent.Model, q *match.Request, token TokenState) (Admission, bool) {
	var rules []intent.TokenRule
	var from intent.Origin
	lenient := false
	for _, t := range m.Tokens {
		if match.Eval(t.Scope.Subject, q) {
			rules, from, lenient = append(rules, t.Rules...), append(from, t.From...), t.Lenient
		}
	}
	if token == GoodToken && len(rules) > 0 && !accepted(rules, q) {
		token = BadToken
	}
	if len(rules) > 0 && token == BadToken && !lenient {
		return Admission{Status: 401, Because: from}, true
	}
	if len(rules) == 0 || token != GoodToken {
		for _, v := range q.Values(match.Token) {
			q.Unset(match.Token, v.Key)
		}
	}
	return Admission{}, false
}

// accepted reports whether some rule accepts the token's issuer and one of its
// audiences. A rule without an issuer accepts any.
func accepted(rules []intent.TokenRule, q *match.Request) bool {
	issuer, _ := q.Lookup(match.Token, "issuer")
	principal, _ := q.Lookup(match.Token, "principal")
	all, _ := q.Lookup(match.Token, "audience")
	audiences := strings.Split(all, match.Separator)
	return slices.ContainsFunc(rules, func(r intent.TokenRule) bool {
		issued := r.Issuer == "" || r.Issuer == issuer || issuer == "" && strings.HasPrefix(principal, r.Issuer+"/")
		return issued && (len(r.Audiences) == 0 || slices.ContainsFunc(audiences, func(a string) bool { return slices.Contains(r.Audiences, a) }))
	})
}

// decideAccess applies the facts: deny, allow, default, then askers.
func decideAccess(m *intent.Model, q *match.Request) Admission {
	var allowed, asks []*intent.Access
	for _, a := range m.Access {
		if a.Mode != intent.Enforced || a.Side != intent.Served || !match.Eval(a.Scope.Subject, q) || !match.Eval(a.When, q) {
			continue
		}
		switch a.Effect {
		case intent.Deny:
			return Admission{Status: statusOr(a.Status), Because: a.From}
		case intent.Allow:
			allowed = append(allowed, a)
		case intent.Ask:
			asks = append(asks, a)
		}
	}
	out := Admission{Allowed: len(allowed) > 0}
	for _, a := range allowed {
		out.Because = append(out.Because, a.From...)
	}
	if len(allowed) == 0 {
		d := defaultAt(m, q)
		out.Allowed = d == nil || d.Effect == intent.Allow
		if d != nil {
			out.Because = d.From
		}
		if !out.Allowed {
			out.Status = 403
			return out
		}
	}
	for _, a := range asks {
		out.Asks, out.Because = append(out.Asks, a.Provider), append(out.Because, a.From...)
	}
	slices.Sort(out.Asks)
	out.Asks = slices.Compact(out.Asks)
	return out
}

func statusOr(status int) int {
	if status == 0 {
		return 403
	}
	return status
}

func defaultAt(m *intent.Model, q *match.Request) *intent.Default {
	for _, d := range m.Default {
		if d.Side == intent.Served && match.Eval(d.Scope.Subject, q) {
			return d
		}
	}
	return nil
}
