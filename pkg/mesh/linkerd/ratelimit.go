package linkerd

import (
	"math"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
)

// rateForm is how an HTTPLocalRateLimitPolicy puts the limits of a Server together.
var rateForm = legal.RateForm{Together: limitedTogether}

// notApart refuses buckets apart with and without mutual TLS.
func notApart(intent.Part) string {
	return "requests by mutual TLS and others draw from one bucket"
}

// perOneSecond wants a rate of one second that is also what may come at once.
func perOneSecond(p intent.Part) string {
	if l, ok := p.(*intent.RateLimit); ok && perSecondOf(l) == 0 {
		return "a rate is of one second, and as many requests may come at once"
	}
	return ""
}

// perSecondOf is the rate of a limit that a policy can say; 0 where it cannot.
func perSecondOf(l *intent.RateLimit) int {
	if l.Interval <= 0 || l.Requests > math.MaxInt64/int(time.Second) {
		return 0
	}
	each := l.Requests * int(time.Second)
	if rate := each / int(l.Interval); each%int(l.Interval) == 0 && rate == l.Burst && rate <= math.MaxUint32 {
		return rate
	}
	return 0
}

// plainly wants the answers that Linkerd gives.
// linkerd2-proxy linkerd/app/core/src/errors/respond.rs rate_limited
func plainly(p intent.Part) string {
	switch l, ok := p.(*intent.RateLimit); {
	case ok && l.Unavailable:
		return "callers by gRPC are told RESOURCE_EXHAUSTED"
	case ok && len(l.Headers) > 0:
		return "answers to requests over the rate have no headers of one's own"
	}
	return ""
}

// ofAccounts wants service accounts, or all clients but some.
func ofAccounts(p intent.Part) string {
	l, ok := p.(*intent.RateLimit)
	if !ok {
		return ""
	}
	when := l.When
	if l.Per == intent.PerClient {
		when = match.Negate(when)
	}
	if _, named := accountsNamed(when); !named {
		return "clients are named by their service accounts"
	}
	return ""
}

// accountsNamed lists the service accounts of this mesh that a predicate holds
// for, in its order; ok is false where it is another. The trust domain is that of the
// mesh, which wrote it.
func accountsNamed(e match.Expr) (names []limitedClient, ok bool) {
	dnf, ok := match.DNF(e, manyClients)
	if !ok {
		return nil, false
	}
	for _, ls := range dnf {
		c, fits := accountNamed(ls)
		if !fits {
			return nil, false
		}
		names = append(names, c)
	}
	return names, true
}

// limitedClient is a service account, with the conditions that name it.
type limitedClient struct {
	name  intent.Name
	trust string
	ls    []match.Literal
}

func accountNamed(ls []match.Literal) (limitedClient, bool) {
	c := limitedClient{ls: ls}
	for _, l := range ls {
		var to *string
		switch l.Atom.Field {
		case match.ClientAccount:
			to = &c.name.Name
		case match.ClientNamespace:
			to = &c.name.Namespace
		case match.ClientTrust:
			to = &c.trust
		}
		if to == nil || *to != "" || l.Not || l.Atom.Fold || l.Atom.Op != match.Exact {
			return c, false
		}
		*to = l.Atom.Value
	}
	return c, c.name.Name != "" && c.name.Namespace != "" && c.trust != ""
}

// limitedTogether says why a limit cannot stand in one policy with others: it has
// one total, and one rate for each client that no override names.
func limitedTogether(said []*intent.RateLimit, l *intent.RateLimit) string {
	var overridden match.Or
	for _, x := range said {
		switch {
		case x.Per == l.Per && isTotal(x) && isTotal(l):
			return "a Server has one total rate"
		case x.Per == intent.PerClient && l.Per == intent.PerClient:
			return "a Server has one rate of each client"
		case x.Per == intent.PerWorkload && !isTotal(x):
			overridden = append(overridden, x.When)
		}
	}
	if l.Per != intent.PerClient {
		return ""
	}
	others := match.Negate(match.Simplify(overridden))
	if _, more := match.Implies(l.When, others); more != match.Yes {
		return "clients that an override names have no other rate"
	}
	if _, less := match.Implies(others, l.When); less != match.Yes {
		return "the rate of each client is of all that no override names"
	}
	return ""
}

// isTotal reports whether a limit is the total of a Server.
func isTotal(l *intent.RateLimit) bool { return l.Per == intent.PerWorkload && match.IsTrue(l.When) }
