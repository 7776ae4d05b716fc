package rbac

// Verdict is what a chain of filters decides.
type Verdict struct {
	Allowed bool
	// Asked says that a provider must agree, too; of allowed requests only.
	Asked bool
	// By is the policy that decided last; "" where none held.
	By string
	// Shadow are the policies that hold without effect.
	Shadow []string
}

// Judge sends a request through the filters. What shadow rules find is visible
// to the filters behind.
func Judge(filters []Filter, r *Request) Verdict {
	out := Verdict{Allowed: true}
	for _, f := range filters {
		if f.asks {
			out.Asked = out.Asked || f.enabled == nil || metadata(f.enabled, r)
			continue
		}
		if f.shadow != nil {
			if name := matched(f.shadow, r); name != "" {
				out.Shadow = append(out.Shadow, name)
				r = r.with(f.name, f.prefix+"shadow_effective_policy_id", name)
			}
		}
		if f.rules == nil {
			continue
		}
		if out.Allowed, out.By = admits(f.rules, r); !out.Allowed {
			return Verdict{By: out.By, Shadow: out.Shadow}
		}
	}
	return out
}
