package conformance

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	told "github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// ruleOf says an answer of Envoy's in the words of the model.
func ruleOf(c *caller, a told.Answer, port int) intent.Rule {
	out := intent.Rule{When: match.True}
	switch {
	case a.Redirect != nil:
		out.Then = redirectOf(a, port, "http")
		return out
	case a.Status == http.StatusBadGateway, len(a.Shares) == 1 && a.Shares[0].Cluster == "BlackHoleCluster": // what is not known is kept in
		out.Then = intent.Forward{}
		return out
	case a.Status != 0:
		out.Then = intent.Respond{Status: a.Status, Body: a.Body}
		return out
	}
	out.Timeout, out.Retry, out.Steps = &intent.Timeout{Request: &a.Timeout}, retryOf(a.Retry), stepsOf(c, a)
	out.Then = intent.Forward{To: backendsOf(c, a)}
	return out
}

// backendsOf are where requests are sent, with all that is done to headers.
func backendsOf(c *caller, a told.Answer) []intent.Backend {
	var to []intent.Backend
	for _, s := range a.Shares {
		b := backendOf(c, s.Cluster)
		b.Weight = int(s.Weight)
		b.Steps = slices.Concat(changesOf(s.Request, intent.OnRequest), changesOf(s.Response, intent.OnResponse),
			changesOf(a.Request, intent.OnRequest), changesOf(a.Response, intent.OnResponse))
		if s.Host != "" && a.Host == "" { // the route's is set after it
			b.Steps = append(b.Steps, intent.Rewrite{Host: s.Host})
		}
		to = append(to, b)
	}
	if len(to) == 1 {
		to[0].Weight = 1
	}
	return to
}

// stepsOf are a new path and host, and copies.
func stepsOf(c *caller, a told.Answer) []intent.Step {
	var out []intent.Step
	rewrite := intent.Rewrite{Host: a.Host}
	switch {
	case a.Regex != "":
		rewrite.Path = &intent.PathRewrite{Kind: intent.RegexPath, Match: a.Regex, Replace: a.Substitution}
	case a.To != "" && a.Prefix == "":
		rewrite.Path = &intent.PathRewrite{Kind: intent.FullPath, Replace: a.To}
	case a.To != "":
		rewrite.Path = &intent.PathRewrite{Kind: intent.PrefixPath, Match: a.Prefix, Replace: a.To}
	}
	if rewrite.Path != nil || rewrite.Host != "" {
		out = append(out, rewrite)
	}
	out = append(out, filtersOf(a)...)
	for _, m := range a.Mirrors {
		out = append(out, intent.Mirror{To: backendOf(c, m.Cluster), Percent: float64(m.Weight) / 1e4})
	}
	return out
}

// redirectOf is where Envoy sends a client that came to a port by a scheme: with no other host
// it keeps the port, unless that goes without saying and the scheme is another.
// source/common/router/config_impl.cc RouteEntryImplBase::processRequestHost
func redirectOf(a told.Answer, port int, by string) intent.Action {
	r := a.Redirect
	out := intent.Redirect{Status: a.Status, Scheme: r.GetSchemeRedirect(), Host: r.GetHostRedirect(), Port: int(r.GetPortRedirect())}
	unsaid := map[string]int{"http": 80, "https": 443}
	came, own := unsaid[by], unsaid[cmp.Or(out.Scheme, by)]
	switch {
	case out.Port != 0 || strings.Contains(out.Host, ":"):
	case out.Host != "", own != came && port == came:
		out.Port = own
	default:
		out.Port = port
	}
	switch {
	case r.GetPathRedirect() != "":
		out.Path = &intent.PathRewrite{Kind: intent.FullPath, Replace: r.GetPathRedirect()}
	case r.GetPrefixRewrite() != "":
		out.Path = &intent.PathRewrite{Kind: intent.PrefixPath, Match: a.Prefix, Replace: r.GetPrefixRewrite()}
		if a.Prefix == "" {
			out.Path.Kind = intent.FullPath
		}
	}
	return out
}

// backendOf is what a cluster stands for: "outbound|80|v1|cart.shop.svc.cluster.local".
func backendOf(c *caller, cluster string) intent.Backend {
	parts := strings.Split(cluster, "|")
	if cluster == "PassthroughCluster" {
		return intent.Backend{Host: intent.Host{Service: c.asked}}
	}
	if len(parts) != 4 {
		return intent.Backend{Host: intent.Host{DNS: cluster}, Missing: true}
	}
	port, _ := strconv.Atoi(parts[1])
	env := intent.Defaults()
	b := intent.Backend{Host: env.Host(parts[3]), Port: port, SubsetName: parts[2], Missing: !c.Has(cluster)}
	if b.SubsetName != "" {
		var and []match.Expr
		for k, v := range c.Subset(parts[3], parts[2]) {
			and = append(and, match.Atom{Field: match.Label, Key: k, Value: v})
		}
		b.Subset = match.Conj(and...)
	}
	return b
}

func changesOf(all []told.Change, on intent.Message) []intent.Step {
	var out []intent.Step
	for _, c := range all {
		h := intent.Headers{On: on, Op: intent.SetHeader, Name: strings.ToLower(c.Name), Value: c.Value}
		switch {
		case c.Remove:
			h.Op, h.Value = intent.RemoveHeader, ""
		case c.Append:
			h.Op = intent.AddHeader
		}
		out = append(out, h)
	}
	return out
}

func retryOf(r *told.Retry) *intent.Retry {
	if r == nil {
		return &intent.Retry{}
	}
	out := &intent.Retry{Attempts: int(r.Tries)}
	for _, on := range r.On {
		switch {
		case slices.Contains([]string{"cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"}, on):
			out.On = append(out.On, intent.RetryOn("grpc:"+on))
		case on == "retriable-status-codes":
			for _, c := range r.Codes {
				out.On = append(out.On, intent.RetryOn(strconv.Itoa(int(c))))
			}
		default:
			out.On = append(out.On, intent.RetryOn(on))
		}
	}
	if r.PerTry > 0 {
		out.PerTry = &r.PerTry
	}
	return out
}
