package cilium

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// rule prints a rule as one route for each of its matches.
func (c *config) rule(t *intent.Routing, r intent.Rule) (out []*manifest.Node) {
	for i, ls := range routeAlternativesOf(r.When) {
		n := manifest.Map().Because(r.From...)
		if i == 0 {
			n.Above(r.Comment)
		}
		if r.Name != "" {
			n.Set("name", manifest.Str(r.Name))
		}
		n.Set("match", routeMatch(ls))
		c.action(n, t, &r, pathOf(ls))
		writeHeaders(n, r.Steps)
		n.Set("typedPerFilterConfig", c.perFilter(r.Steps))
		out = append(out, n)
	}
	return out
}

// action prints what becomes of a request.
func (c *config) action(n *manifest.Node, t *intent.Routing, r *intent.Rule, path match.Atom) {
	switch then := r.Then.(type) {
	case intent.Forward:
		if weightOf(then.To) == 0 {
			n.Set("directResponse", respondNode(intent.Respond{Status: 500}))
			return
		}
		n.Set("route", c.forward(t, r, then.To, path))
	case intent.Passthrough:
		n.Set("route", c.forward(t, r, []intent.Backend{{Host: t.Host, Port: t.Port, Weight: 1}}, path))
	case intent.Redirect:
		n.Set("redirect", redirectNode(t, then, path))
	case intent.Respond:
		n.Set("directResponse", respondNode(then))
	default:
		panic("cilium: unknown action")
	}
}

func weightOf(to []intent.Backend) int {
	sum := 0
	for _, b := range to {
		sum += b.Weight
	}
	return sum
}

func respondNode(r intent.Respond) *manifest.Node {
	n := manifest.Map().Because(r.From...).Set("status", manifest.Int(r.Status))
	if r.Body != "" {
		n.Set("body", manifest.Map().Set("inlineString", manifest.Str(r.Body)))
	}
	return n
}

// redirectCodes are Envoy's words for statuses.
var redirectCodes = map[int]string{
	301: "MOVED_PERMANENTLY", 302: "FOUND", 303: "SEE_OTHER", 307: "TEMPORARY_REDIRECT", 308: "PERMANENT_REDIRECT",
}

// schemePorts are the ports that schemes have by themselves.
var schemePorts = map[string]int{"http": 80, "https": 443}

// redirectNode prints another address. Envoy keeps the request's port where it
// is told none, and drops it with the host: both are said.
func redirectNode(t *intent.Routing, r intent.Redirect, path match.Atom) *manifest.Node {
	n := manifest.Map().Because(r.From...)
	if r.Scheme != "" {
		n.Set("schemeRedirect", manifest.Str(r.Scheme))
	}
	if r.Host != "" {
		n.Set("hostRedirect", manifest.Str(r.Host))
	}
	port := cmp.Or(r.Port, schemePorts[r.Scheme])
	if port == 0 && r.Host != "" && t.Port != 80 {
		port = t.Port
	}
	if port != 0 {
		n.Set("portRedirect", manifest.Int(port))
	}
	if r.Path != nil {
		setPath(n, *r.Path, path, "pathRedirect")
	}
	return n.Set("responseCode", manifest.Str(redirectCodes[r.Status]))
}

// setPath prints a new path: what replaces the prefix that the route matched, the
// whole path under the key of a redirect, or a regular expression.
func setPath(n *manifest.Node, to intent.PathRewrite, on match.Atom, whole string) {
	prefix := strings.TrimRight(to.Match, "/")
	switch {
	case to.Kind == intent.FullPath && whole != "":
		n.Set(whole, manifest.Str(to.Replace))
	case to.Kind == intent.FullPath:
		n.Set("regexRewrite", rewriteRegex("^/.*$", literalReplacement(to.Replace)))
	case to.Kind == intent.RegexPath:
		n.Set("regexRewrite", rewriteRegex(to.Match, to.Replace))
	case to.Kind == intent.PrefixPath && on.Op == match.Prefix && on.Value == to.Match && to.Replace != "":
		n.Set("prefixRewrite", manifest.Str(to.Replace))
	case to.Kind == intent.PrefixPath:
		n.Set("regexRewrite", rewriteRegex("^"+regexp.QuoteMeta(to.Match), literalReplacement(to.Replace)))
	case strings.TrimRight(to.Replace, "/") == "":
		n.Set("regexRewrite", rewriteRegex("^"+regexp.QuoteMeta(prefix)+"/*", "/"))
	case on.Op == match.Segments && strings.TrimRight(on.Value, "/") == prefix && prefix != "":
		n.Set("prefixRewrite", manifest.Str(strings.TrimRight(to.Replace, "/")))
	default:
		n.Set("regexRewrite", rewriteRegex("^"+regexp.QuoteMeta(prefix), literalReplacement(strings.TrimRight(to.Replace, "/"))))
	}
}

// forward prints where requests go, and how long and how often that is tried.
func (c *config) forward(t *intent.Routing, r *intent.Rule, to []intent.Backend, path match.Atom) *manifest.Node {
	n := manifest.Map()
	if len(to) == 1 && len(to[0].Steps) == 0 {
		n.Set("cluster", manifest.Str(c.cluster(t, to[0])).Because(to[0].From...))
	} else {
		shares := manifest.List()
		for _, b := range to {
			s := manifest.Map().Because(b.From...).Set("name", manifest.Str(c.cluster(t, b))).Set("weight", manifest.Int(b.Weight))
			writeHeaders(s, b.Steps)
			shares.Append(s)
		}
		n.Set("weightedClusters", manifest.Map().Set("clusters", shares))
	}
	mirrors := manifest.List()
	for _, s := range r.Steps {
		switch s := s.(type) {
		case intent.Rewrite:
			n.Because(s.From...)
			if s.Path != nil {
				setPath(n, *s.Path, path, "")
			}
			if s.Host != "" {
				n.Set("hostRewriteLiteral", manifest.Str(s.Host))
			}
		case intent.Mirror:
			mirrors.Append(manifest.Map().Because(s.From...).Set("cluster", manifest.Str(c.cluster(t, s.To))).
				Set("runtimeFraction", manifest.Map().Set("defaultValue", share(s.Percent))))
		}
	}
	writeTimes(n, r)
	if len(mirrors.Kids) > 0 {
		n.Set("requestMirrorPolicies", mirrors)
	}
	return n.Set("hashPolicy", c.hashPolicy(t, to))
}

// writeTimes prints timeouts and retries. Envoy has a timeout of its own where
// none is said, so that one always is.
func writeTimes(n *manifest.Node, r *intent.Rule) {
	timeout := intent.Timeout{}
	if r.Timeout != nil {
		timeout = *r.Timeout
	}
	whole, perTry := time.Duration(0), (*time.Duration)(nil)
	retries := r.Retry != nil && r.Retry.Attempts > 0
	if timeout.Request != nil {
		whole = *timeout.Request
	}
	switch b := timeout.Backend; {
	case b == nil:
	case retries:
		perTry = b
	case whole == 0 || *b != 0 && *b < whole:
		whole = *b
	}
	n.Set("timeout", durationNode(whole).Because(timeout.From...))
	n.Set("idleTimeout", manifest.OrNil(timeout.Idle, durationNode).Because(timeout.From...))
	if retries {
		n.Set("retryPolicy", retryNode(r.Retry, perTry))
	}
}

// otherHostTries is how often Envoy looks for an endpoint that was not tried, as
// its documentation advises.
const otherHostTries = 5

func retryNode(r *intent.Retry, perTry *time.Duration) *manifest.Node {
	n := manifest.Map().Because(r.From...)
	var words []string
	codes := manifest.List()
	for _, on := range r.On {
		word, statuses, _ := retryWord(on)
		if word != "" {
			words = append(words, word)
		}
		for _, s := range statuses {
			codes.Append(manifest.Int(s))
		}
	}
	if len(codes.Kids) > 0 && !slices.Contains(r.On, intent.OnRetriableCodes) {
		words = append(words, string(intent.OnRetriableCodes))
	}
	n.Set("retryOn", manifest.Str(strings.Join(words, ","))).Set("numRetries", manifest.Int(r.Attempts))
	n.Set("perTryTimeout", manifest.OrNil(cmp.Or(r.PerTry, perTry), durationNode))
	if r.OtherHosts != nil && *r.OtherHosts {
		n.Set("retryHostPredicate", manifest.List(extension(namePrevious, typed(typePrevious))))
		n.Set("hostSelectionRetryMaxAttempts", manifest.Str(strconv.Itoa(otherHostTries)))
	}
	if len(codes.Kids) > 0 {
		n.Set("retriableStatusCodes", codes)
	}
	if r.Backoff != nil {
		n.Set("retryBackOff", manifest.Map().Set("baseInterval", durationNode(*r.Backoff)))
	}
	return n
}

// writeHeaders prints what header steps come to; a percent sign begins a command
// of Envoy's.
func writeHeaders(n *manifest.Node, steps []intent.Step) {
	for _, side := range []struct {
		key string
		on  intent.Message
	}{{"request", intent.OnRequest}, {"response", intent.OnResponse}} {
		add, remove := manifest.List(), manifest.List()
		for _, h := range gatewayapi.OneChange(steps, side.on) {
			if h.Op == intent.RemoveHeader {
				remove.Append(manifest.Str(h.Name).Because(h.From...))
				continue
			}
			action := "OVERWRITE_IF_EXISTS_OR_ADD"
			if h.Op == intent.AddHeader {
				action = "APPEND_IF_EXISTS_OR_ADD"
			}
			header := manifest.Map().Set("key", manifest.Str(h.Name)).Set("value", manifest.Str(strings.ReplaceAll(h.Value, "%", "%%")))
			one := manifest.Map().Because(h.From...).Set("header", header).Set("appendAction", manifest.Str(action))
			if h.Value == "" {
				one.Set("keepEmptyValue", manifest.Bool(true))
			}
			add.Append(one)
		}
		if len(add.Kids) > 0 {
			n.Set(side.key+"HeadersToAdd", add)
		}
		if len(remove.Kids) > 0 {
			n.Set(side.key+"HeadersToRemove", remove)
		}
	}
}
