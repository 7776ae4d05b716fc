package linkerd

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// profileForm is how ServiceProfiles say predicates: routes are taken as listed,
// and the clients of a namespace can have a profile of their own.
var profileForm = legal.RouteForm{
	Can: profileCan, Alternatives: profileAlternatives, RetriesOn: profileRetriesOn, NearestRetry: nearestRetry,
	Clients: legal.ClientsNamespaced, PerPort: true, PortsMerge: true,
	EndsOutlier: endsBreaking,
}

var profileLimits = legal.Limits{MaxWeight: 1_000_000, Duration: roundDuration}

const (
	noFilter = "a route of a ServiceProfile changes no requests"
	noMatch  = "a route of a ServiceProfile matches paths and methods only"
)

// endsBreaking says why a table puts circuit breaking out of force, or "".
func endsBreaking(t *intent.Routing) string {
	if profiled, inSplit := asProfiles(t); profiled || inSplit {
		return "a ServiceProfile puts circuit breaking out of force"
	}
	return ""
}

// profileCaps are the answers of "2.20-serviceprofile".
func profileCaps() legal.Caps {
	caps := routeCaps()
	maps.Copy(caps, legal.Caps{
		legal.RouteHTTP:     legal.Conditional("all requests to a Service are split alike, and those that no route matches pass", docProfile, asProfile),
		legal.RouteGRPC:     legal.Unsupported("a profile's routes are of HTTP", docProfile),
		legal.RouteTLS:      legal.Unsupported("a profile's routes are of HTTP", docProfile),
		legal.RouteTCP:      legal.Unsupported("what a profile splits it splits of all traffic alike, HTTP too", docProfile),
		legal.RouteClients:  legal.Conditional("a profile in the clients' namespace is for these clients", docProfile, nil),
		legal.RoutePort:     legal.Unsupported("a profile is for all ports of a Service", docProfile),
		legal.RouteOrder:    legal.Supported(),
		legal.RouteSplit:    legal.Conditional("all requests to a Service are split alike", docSplit, nil),
		legal.RouteRedirect: legal.Unsupported("a route of a ServiceProfile answers nothing", docProfile),
		legal.RouteRespond:  legal.Unsupported("a route of a ServiceProfile answers nothing", docProfile),
		legal.MatchHeader:   legal.Unsupported(noMatch, docProfile), legal.MatchHeaderPattern: legal.Unsupported(noMatch, docProfile),
		legal.MatchNoHeader: legal.Unsupported(noMatch, docProfile), legal.MatchQuery: legal.Unsupported(noMatch, docProfile),
		legal.MatchHost:          legal.Unsupported(noMatch, docProfile),
		legal.MatchPathExact:     legal.Conditional("written as a regular expression", docProfile, nil),
		legal.MatchPathSegments:  legal.Conditional("written as a regular expression", docProfile, nil),
		legal.StepHeadersRequest: legal.Unsupported(noFilter, docProfile), legal.StepHeadersResponse: legal.Unsupported(noFilter, docProfile),
		legal.StepHeadersBackend: legal.Unsupported(noFilter, docProfile),
		legal.TimeoutStream:      legal.Unsupported("a route of a ServiceProfile bounds requests only", docProfile),
		legal.RetryAttempts:      legal.Conditional("as many as the budget allows", docProfile, unlimitedRetries),
		legal.RetryConditions:    legal.Conditional("on statuses", docProfile, nil),
		legal.RetryPerTry:        legal.Unsupported("a route of a ServiceProfile bounds requests only", docProfile),
		legal.RetryBudgets:       legal.Conditional("one for all routes of a profile, of 1 to 60 seconds", docProfile, profileBudget),
	})
	return caps
}

// asProfile holds for tables that treat all requests alike but for their
// timeouts and retries.
func asProfile(p intent.Part) string {
	t, ok := p.(*intent.Routing)
	if !ok {
		return ""
	}
	const pass = "on"
	first, closed := "", false
	for i := range t.Rules {
		r := &t.Rules[i]
		action := pass
		if !passes(t, r.Then) {
			action = (&intent.Rule{Then: r.Then}).Answer()
		}
		if f, ok := r.Then.(intent.Forward); ok && len(f.To) == 0 {
			return "a ServiceProfile does not let requests fail"
		}
		if first == "" {
			first = action
		}
		if action != first {
			return "all requests to a Service are split alike"
		}
		closed = closed || everyPath(r.When)
	}
	if !closed && (!passes(t, t.Else) || len(t.Rules) > 0 && first != pass) {
		return "requests that no route of a ServiceProfile matches reach the Service"
	}
	return oneBudget(t)
}

// oneBudget holds for tables whose retries have one budget, or none.
func oneBudget(t *intent.Routing) string {
	budget := ""
	for i := range t.Rules {
		r := t.Rules[i].Retry
		if r == nil || r.Budget == nil {
			continue
		}
		text := intent.Describe(r.Budget)
		if budget != "" && budget != text {
			return "a profile has one retry budget"
		}
		budget = text
	}
	return ""
}

// passes reports whether an action sends requests where they were addressed to.
func passes(t *intent.Routing, a intent.Action) bool {
	if _, ok := a.(intent.Passthrough); ok {
		return true
	}
	f, ok := a.(intent.Forward)
	if !ok || len(f.To) != 1 {
		return false
	}
	b := f.To[0]
	return b.Host == t.Host && (b.Port == 0 || b.Port == t.Port) && len(b.Steps) == 0 && !b.Missing
}

// profileCan says why a route's condition cannot say a literal, or "".
func profileCan(p intent.Protocol, l match.Literal) string {
	a := l.Atom
	switch {
	case p != intent.HTTP:
		return "ServiceProfiles are for HTTP"
	case a.Field == match.Method && a.Op == match.Exact && !a.Fold:
		return ""
	case a.Field == match.Path && a.Op == match.Regex && !a.Fold:
		if _, err := regexp.Compile(a.Value); err != nil {
			return "the regular expression does not compile"
		}
		return ""
	case a.Field == match.Path && looseText(a) != "":
		return ""
	case a.Field == match.Path || a.Field == match.Method:
		return "a path is matched by a regular expression, and a method by its name"
	}
	return noMatch
}

// profileAlternatives writes conditions on paths as regular expressions.
func profileAlternatives(_ intent.Protocol, l match.Literal) []match.Expr {
	a := l.Atom
	if a.Field != match.Path {
		return nil
	}
	if everyPath(a) || a.Op == match.Present || a.Op == match.Prefix && (a.Value == "/" || a.Value == "") {
		if l.Not {
			return []match.Expr{match.False}
		}
		return []match.Expr{match.True}
	}
	text, ok := gatewayapi.Regex(a)
	if !ok {
		return nil
	}
	a.Op, a.Value, a.Fold = match.Regex, text, false
	if l.Not {
		return []match.Expr{match.Not{X: a}}
	}
	return []match.Expr{a}
}

// looseText is what a pathRegex with an alternation outside all groups says; ""
// is that the atom is none such. See pathRegex.
func looseText(a match.Atom) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(a.Value, "^"), "$")
	if a.Op != match.Search || a.Fold || a.Value != "^"+inner+"$" || !loose(inner) {
		return ""
	}
	return inner
}

// profileRetriesOn says why a retryable route cannot retry on a condition.
func profileRetriesOn(_ intent.Protocol, on intent.RetryOn) string {
	if statuses(string(on)) {
		return ""
	}
	return "a ServiceProfile retries on statuses only"
}

func unlimitedRetries(p intent.Part) string {
	r, ok := p.(*intent.Retry)
	if ok && r != nil && (r.Attempts != unlimited || r.Budget == nil) {
		return "a ServiceProfile retries as often as its budget allows"
	}
	return ""
}

func profileBudget(p intent.Part) string {
	b, ok := p.(*intent.RetryBudget)
	if r, is := p.(*intent.Retry); is && r != nil {
		b, ok = r.Budget, r.Budget != nil
	} else if ok {
		return "a budget is for the retries of a profile's routes"
	}
	if !ok {
		return ""
	}
	switch {
	case b.MinActive != 0:
		return "a budget allows retries by the second"
	case b.Percent < 0 || b.Percent > 100*budgetMaxRate || b.Interval < time.Second || b.Interval > budgetMaxTTL || !whole(&b.Interval):
		return "a budget has a ratio from 0 to 1000 and a ttl from 1s to 60s"
	}
	return ""
}

// nearestRetry says retries by statuses, within the budget that a profile has if
// it says none, instead of a number of tries.
func nearestRetry(r intent.Retry) (intent.Retry, string) {
	if r.Attempts == 0 {
		return r, ""
	}
	near, differs := r, []string(nil)
	if near.On = onStatuses(r.On); len(near.On) == 0 {
		return r, ""
	}
	if near.Budget == nil {
		near.Budget = defaultBudget()
	}
	if r.Attempts != unlimited {
		near.Attempts = unlimited
		differs = append(differs, "not "+strconv.Itoa(r.Attempts)+" times at most, but as often as the retry budget allows")
	}
	if !slices.Equal(near.On, r.On) {
		differs = append(differs, "on statuses only")
	}
	return near, strings.Join(differs, ", and ")
}

func defaultBudget() *intent.RetryBudget {
	return &intent.RetryBudget{Percent: 100 * budgetRatio, MinPerSecond: budgetMin, Interval: budgetTTL}
}

// onStatuses are the statuses among conditions, as ranges.
func onStatuses(on []intent.RetryOn) []intent.RetryOn {
	retried := map[int]bool{}
	for _, c := range on {
		switch {
		case c == intent.On5xx:
			c = "500-599"
		case c == intent.OnGatewayError:
			c = "502-504"
		case !statuses(string(c)):
			continue
		}
		low, high := statusBounds(c)
		for s := low; s <= high; s++ {
			retried[s] = true
		}
	}
	return statusRanges(func(s int) bool { return retried[s] })
}

// statusBounds are those of a status or a range of them.
func statusBounds(on intent.RetryOn) (low, high int) {
	first, last, ranged := strings.Cut(string(on), "-")
	if !ranged {
		last = first
	}
	low, _ = strconv.Atoi(first)
	high, _ = strconv.Atoi(last)
	return low, high
}
