package intent

import "github.com/transmesh/transmesh/pkg/match"

// Unknown says what becomes of a machine as a client where its certificate tells nobody
// who it is: whether some fact then lets it in, or no longer keeps it out, and whether
// some fact no longer lets it in.
func (m *Model) Unknown(x *Machine) (wider, narrower bool) {
	for _, a := range m.Access {
		if a.Side != Served || a.Mode != Enforced {
			continue
		}
		known, unknown := m.Asked(a.When, x), asked(a.When, new(match.Request))
		lets, shuts := misses(known, unknown), misses(unknown, known)
		if a.Effect == Allow {
			lets, shuts = shuts, lets
		}
		wider, narrower = wider || lets, narrower || shuts
	}
	return wider, narrower
}

// Asked is a condition as it is for a machine as a client.
func (m *Model) Asked(when match.Expr, x *Machine) match.Expr {
	return m.AskedAs(when, x, x.SPIFFE(m.Env.TrustDomain))
}

// AskedAs is Asked of a client whose certificate has another name than is usual for its
// account, such as a pod's; "" is one that no condition names.
func (m *Model) AskedAs(when match.Expr, x *Machine, name string) match.Expr {
	who := x.Workload().Calling()
	if x.Account != "" {
		who.Set(match.ClientTrust, "", m.Env.TrustDomain).Set(match.ClientIdentity, "", name)
	}
	return asked(when, who)
}

// asked is a condition as it is for one client.
func asked(when match.Expr, who *match.Request) match.Expr {
	return match.Simplify(match.Map(match.Simplify(when), func(a match.Atom) match.Expr {
		switch a.Field {
		case match.ClientNamespace, match.ClientAccount, match.ClientTrust, match.ClientIdentity, match.ClientLabel:
			if match.Eval(a, who) {
				return match.True
			}
			return match.False
		}
		return nil
	}))
}

// misses reports whether something may be in a that is not in b.
func misses(a, b match.Expr) bool {
	_, implied := match.Implies(a, b)
	return implied != match.Yes
}
