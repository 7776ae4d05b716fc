package intent

import (
	"fmt"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/match"
)

func stepText(s Step) string {
	switch s := s.(type) {
	case Headers:
		on := [...]string{"request", "response"}[s.On]
		op := [...]string{"set", "add", "remove"}[s.Op]
		if s.Op == RemoveHeader {
			return fmt.Sprintf("%s %s header %s", op, on, s.Name)
		}
		return fmt.Sprintf("%s %s header %s: %s", op, on, s.Name, s.Value)
	case Rewrite:
		out := "rewrite" + pathText(" path ", s.Path)
		if s.Host != "" {
			out += " host to " + s.Host
		}
		return out
	case Mirror:
		return fmt.Sprintf("mirror %v%% to %s", s.Percent, backendText(s.To))
	case Delay:
		return fmt.Sprintf("delay %v%% by %v", s.Percent, s.Fixed)
	case Abort:
		if s.GRPC != "" {
			return fmt.Sprintf("abort %v%% with %s", s.Percent, s.GRPC)
		}
		return fmt.Sprintf("abort %v%% with %d", s.Percent, s.Status)
	case CORS:
		return corsText(s)
	}
	panic("intent: unknown step")
}

func corsText(c CORS) string {
	var origins []string
	for _, o := range c.Origins {
		origins = append(origins, match.String(o))
	}
	return fmt.Sprintf("cors origins %v methods %v headers %v expose %v max-age %s credentials %s forward-preflight %s",
		origins, c.Methods, c.Headers, c.Expose, orUnset(c.MaxAge), orUnset(c.Credentials), orUnset(c.ForwardPreflight))
}

func orUnset[T any](p *T) string {
	if p == nil {
		return "-"
	}
	return fmt.Sprint(*p)
}

func timeoutText(t *Timeout) string {
	if t == nil {
		return ""
	}
	return settings("timeout", durations{"request", t.Request}, durations{"backend", t.Backend}, durations{"idle", t.Idle}, durations{"response", t.Response})
}

type durations struct {
	name  string
	value *time.Duration
}

func settings(label string, ds ...durations) string {
	for _, d := range ds {
		if d.value != nil {
			label += " " + d.name + " " + d.value.String()
		}
	}
	return label
}

func retryText(r *Retry) string {
	if r == nil {
		return ""
	}
	s := fmt.Sprintf("retry %d on %v", r.Attempts, r.On)
	s = settings(s, durations{"per-try", r.PerTry}, durations{"backoff", r.Backoff})
	if r.OtherHosts != nil || r.OtherLocalities != nil {
		s += " other hosts " + orUnset(r.OtherHosts) + " localities " + orUnset(r.OtherLocalities)
	}
	return s + budgetText(r.Budget)
}

func budgetText(b *RetryBudget) string {
	if b == nil {
		return ""
	}
	return fmt.Sprintf(" budget %v%% min %d/s min %d active in %v", b.Percent, b.MinPerSecond, b.MinActive, b.Interval)
}

func (p *printer) transport(t *Transport) {
	side := [...]string{"served", "dialled"}[t.Side]
	host := ""
	switch {
	case t.Side == Dialled:
		host = "to " + t.Host.String()
	case t.Accounts:
		host = "for service accounts"
	}
	originate := ""
	if t.Originate != nil {
		o := *t.Originate
		o.From = nil
		originate = fmt.Sprintf("as %s %v %q", o.SNI, o.SubjectNames, []string{o.CACertificates, o.ClientCert, o.PrivateKey, o.Credential, o.CACRL, orUnset(o.SkipVerify)}) + authoritiesText(o.Authorities)
	}
	p.line(side, t.Mode.String(), host, number("port", t.Port), t.SubsetName, where("at", t.Scope.Subject), where("from", t.Scope.Client), originate)
}

func (p *printer) upstream(u *Upstream) {
	at := [...]string{"backend", "parent"}[u.At]
	p.line("upstream", u.Host.String(), number("port", u.Port), u.SubsetName, "at", at, where("from", u.Scope.Client))
	p.nested(func() {
		if u.Balance != nil {
			p.line("balance", balanceText(*u.Balance))
		}
		if l := u.Limits; l != nil {
			p.line("limits", limitsText(l))
		}
		if o := u.Outlier; o != nil {
			p.line("outlier", outlierText(o))
		}
		if u.RetryBudget != nil {
			p.line(strings.TrimSpace(budgetText(u.RetryBudget)))
		}
	})
}

func balanceText(b Balance) string {
	s := string(b.Policy)
	if h := b.Hash; h != nil {
		s += fmt.Sprintf(" header %q query %q address %v table %q", h.Header, h.Query, h.SourceIP, h.Table)
		if c := h.Cookie; c != nil {
			s += fmt.Sprintf(" cookie %s %s ttl %s %s", c.Name, c.Path, orUnset(c.TTL), pairsText(c.Attributes))
		}
	}
	if l := b.Locality; l != nil {
		s += fmt.Sprintf(" locality enabled %s failover %s priority %v", orUnset(l.Enabled), pairsText(l.Failover), l.Priority)
		if l.ByZone {
			s += " by zone of at least " + orUnset(l.MinEndpoints)
		}
		for _, d := range l.Distribute {
			s += " from " + d.FromLocality + " " + pairsText(d.To)
		}
	}
	return strings.TrimSpace(settings(s, durations{"warmup", b.Warmup}) + " " + b.WarmupShape)
}

// named prints settings that are said, in order.
func named(values ...any) string {
	var parts []string
	for i := 0; i+1 < len(values); i += 2 {
		if text := values[i+1].(string); text != "-" {
			parts = append(parts, values[i].(string)+" "+text)
		}
	}
	return strings.Join(parts, ", ")
}

func limitsText(l *Limits) string {
	text := named("connections", orUnset(l.MaxConnections), "connect", orUnset(l.ConnectTimeout), "tcp-idle", orUnset(l.TCPIdle),
		"duration", orUnset(l.MaxConnDuration), "pending", orUnset(l.MaxPending), "requests", orUnset(l.MaxRequests),
		"per-connection", orUnset(l.MaxPerConnection), "retries", orUnset(l.MaxRetries), "http-idle", orUnset(l.HTTPIdle),
		"http2", orUnset(l.UpgradeHTTP2), "client-protocol", orUnset(l.UseClientProtocol), "streams", orUnset(l.MaxStreams),
		"ping", orUnset(l.HTTP2PingInterval), "ping-timeout", orUnset(l.HTTP2PingTimeout))
	if k := l.Keepalive; k != nil {
		text += ", keepalive " + named("probes", orUnset(k.Probes), "time", orUnset(k.Time), "interval", orUnset(k.Interval))
	}
	return text
}

func outlierText(o *Outlier) string {
	return named("5xx", orUnset(o.Consecutive5xx), "gateway", orUnset(o.ConsecutiveGateway), "local", orUnset(o.ConsecutiveLocal),
		"split", orUnset(o.SplitLocal), "interval", orUnset(o.Interval), "ejection", orUnset(o.BaseEjection), "longest", orUnset(o.MaxEjection),
		"jitter", orUnset(o.Jitter), "max-percent", orUnset(o.MaxPercent), "min-healthy", orUnset(o.MinHealthy),
		"success-rate", orUnset(o.SuccessRate), "window", orUnset(o.Window), "min-requests", orUnset(o.MinRequests), "retry-after", orUnset(o.RetryAfter))
}

// Policy writes the timeouts and retries of a rule, for comparing rules that
// must share an object; origins are left out.
func (r *Rule) Policy() string { return timeoutText(r.Timeout) + "; " + retryText(r.Retry) }

// Alternatives are the members of the rule's condition, if it is an Or, or the
// condition alone.
func (r *Rule) Alternatives() []match.Expr {
	if or, ok := match.Simplify(r.When).(match.Or); ok {
		return or
	}
	return []match.Expr{match.Simplify(r.When)}
}
