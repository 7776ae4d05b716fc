package linkerd

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// writeProfiles prints tables as ServiceProfiles, and the shares of their
// backends as TrafficSplits where these can say them.
func writeProfiles(m *intent.Model) []*manifest.Object {
	var out []*manifest.Object
	kept := legal.Kept(m, Name)
	for _, t := range m.Routing {
		if kept.Table(t) {
			continue
		}
		split := splitOf(t)
		profiled, inSplit := asProfiles(t)
		if profiled {
			out = append(out, writeProfile(m.Env, t, profileRoutes(t), split, inSplit))
		}
		if inSplit {
			out = append(out, writeSplit(t, split, profiled))
		}
	}
	return out
}

// asProfiles reports whether a table becomes a ServiceProfile, and whether its
// shares become a TrafficSplit.
func asProfiles(t *intent.Routing) (profiled, inSplit bool) {
	split := splitOf(t)
	inSplit = len(split) > 0 && splits(t, split)
	return len(profileRoutes(t).Kids) > 0 || len(split) > 0 && !inSplit, inSplit
}

// splitOf are the backends among which all requests of a table are shared; nil
// is that they go on to the Service.
func splitOf(t *intent.Routing) []intent.Backend {
	then := t.Else
	if len(t.Rules) > 0 {
		then = t.Rules[0].Then
	}
	if f, ok := then.(intent.Forward); ok && !passes(t, then) {
		return f.To
	}
	return nil
}

// profileOwner is the namespace of a table's profile: the clients' or the
// Service's own.
func profileOwner(t *intent.Routing) string {
	if a, ok := match.Simplify(t.Scope.Client).(match.Atom); ok {
		return a.Value
	}
	return t.Host.Service.Namespace
}

func writeProfile(env intent.Environment, t *intent.Routing, routes *manifest.Node, split []intent.Backend, inSplit bool) *manifest.Object {
	o := manifest.New(groupProfile+"/v1alpha2", "ServiceProfile", profileOwner(t), env.DNS(t.Host))
	gatewayapi.WriteHome(o, t.Home, nil)
	o.From = append(o.From, t.From...)
	spec := manifest.Map()
	if len(routes.Kids) > 0 {
		spec.Set("routes", routes)
	}
	spec.Set("retryBudget", writeBudget(t))
	if len(split) > 0 && !inSplit {
		list := manifest.List()
		for _, b := range split {
			authority := env.DNS(b.Host)
			if b.Port != 0 {
				authority += ":" + strconv.Itoa(b.Port)
			}
			list.Append(manifest.Map().Because(b.From...).Set("authority", manifest.Str(authority)).Set("weight", manifest.Int(b.Weight)))
		}
		spec.Set("dstOverrides", list)
	}
	o.Root.Set("spec", spec)
	return o
}

// writeBudget prints the retry budget of a table, if it is not the one that a
// profile has anyway.
func writeBudget(t *intent.Routing) *manifest.Node {
	for i := range t.Rules {
		r := t.Rules[i].Retry
		if r == nil || r.Budget == nil || len(r.Budget.From) == 0 && intent.Describe(r.Budget) == intent.Describe(defaultBudget()) {
			continue
		}
		b := r.Budget
		return manifest.Map().Because(b.From...).Set("retryRatio", manifest.Float(b.Percent/100)).
			Set("minRetriesPerSecond", manifest.Int(b.MinPerSecond)).Set("ttl", manifest.Str(formatDuration(b.Interval)))
	}
	return nil
}

// profileRoutes prints the rules of a table that can hold, but for a last one
// that says no more than what a profile does by itself.
func profileRoutes(t *intent.Routing) *manifest.Node {
	list := manifest.List()
	for _, r := range t.Rules {
		all := match.IsTrue(r.When)
		if all && r.Timeout == nil && r.Retry == nil && r.Name == "" {
			break
		}
		list.Append(profileRoute(r))
		if all {
			break
		}
	}
	return list
}

// profileRoute prints one rule.
func profileRoute(r intent.Rule) *manifest.Node {
	n := manifest.Map().Because(r.From...).Above(r.Comment)
	n.Set("name", manifest.Str(cmp.Or(r.Name, routeTitle(r.When)))).Set("condition", writeCondition(r.When, true))
	n.Set("responseClasses", responseClasses(r.Retry))
	if r.Retry != nil {
		n.Set("isRetryable", manifest.Bool(true).Because(r.Retry.From...))
	}
	if r.Timeout != nil && r.Timeout.Request != nil {
		n.Set("timeout", manifest.Str(formatDuration(*r.Timeout.Request)).Because(r.Timeout.From...))
	}
	return n
}

// routeTitle names a route by its method and path, as "linkerd profile" does.
func routeTitle(when match.Expr) string {
	var words []string
	match.Atoms(when, func(a match.Atom, negated bool) {
		switch {
		case negated:
		case a.Field == match.Method:
			words = slices.Insert(words, 0, a.Value)
		default:
			words = append(words, a.Value)
		}
	})
	if len(words) == 0 {
		return "default"
	}
	return strings.Join(words, " ")
}

// writeCondition prints a predicate as a RequestMatch. A negation cannot stand at
// the top.
func writeCondition(e match.Expr, top bool) *manifest.Node {
	n := manifest.Map()
	switch x := match.Simplify(e).(type) {
	case match.Atom:
		return n.Set(conditionKey(x), conditionValue(x))
	case match.Not:
		not := n.Set("not", writeCondition(x.X, false))
		if top {
			return manifest.Map().Set("all", manifest.List(not))
		}
		return not
	case match.Or:
		return n.Set("any", writeConditions(x))
	case match.And:
		return writeAll(x)
	default:
		panic("linkerd: unknown expression")
	}
}

// writeAll prints a conjunction: by fields where there is one method and one path
// at most.
func writeAll(and match.And) *manifest.Node {
	if len(and) == 0 {
		return manifest.Map().Set("pathRegex", manifest.Str(anyPath))
	}
	fields := map[string]*manifest.Node{}
	for _, e := range and {
		a, ok := e.(match.Atom)
		if !ok || fields[conditionKey(a)] != nil {
			return manifest.Map().Set("all", writeConditions(and))
		}
		fields[conditionKey(a)] = conditionValue(a)
	}
	return manifest.Map().Set("method", fields["method"]).Set("pathRegex", fields["pathRegex"])
}

func writeConditions(all []match.Expr) *manifest.Node {
	list := manifest.List()
	for _, e := range all {
		list.Append(writeCondition(e, false))
	}
	return list
}

func conditionKey(a match.Atom) string {
	if a.Field == match.Method {
		return "method"
	}
	return "pathRegex"
}

// conditionValue prints a method or a regular expression; one whose ends Linkerd
// would take for anchors, or whose alternation for two expressions, is grouped.
func conditionValue(a match.Atom) *manifest.Node {
	text := a.Value
	switch {
	case a.Field == match.Method:
	case looseText(a) != "":
		text = looseText(a)
	case strings.HasPrefix(text, "^"), strings.HasSuffix(text, "$"), loose(text):
		text = "(?:" + text + ")"
	}
	return manifest.Str(text).Because(a.Place())
}

// serverErrors are the statuses that a profile takes for failures by itself.
const serverErrors intent.RetryOn = "500-599"

// responseClasses prints which statuses are failures; nil where these are the
// 5xx, which a profile takes by itself.
func responseClasses(r *intent.Retry) *manifest.Node {
	if r == nil || slices.Equal(r.On, []intent.RetryOn{serverErrors}) {
		return nil
	}
	list := manifest.List()
	class := func(low, high int, fails bool) {
		status := manifest.Map().Set("min", manifest.Int(low)).Set("max", manifest.Int(high))
		list.Append(manifest.Map().Set("condition", manifest.Map().Set("status", status)).Set("isFailure", manifest.Bool(fails)))
	}
	covered := 0
	for _, on := range r.On {
		low, high := statusBounds(on)
		if on != serverErrors {
			class(low, high, true)
		}
		covered += max(0, min(high, 599)-max(low, 500)+1)
	}
	if covered < 100 {
		class(500, 599, false)
	}
	return list
}
