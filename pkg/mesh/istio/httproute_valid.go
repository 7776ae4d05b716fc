package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// validHTTPRoute rejects a route as pkg/config/validation validateHTTPRoute does;
// delegated is for those of a VirtualService without hosts.
func validHTTPRoute(n *source.Node, delegated bool) {
	validChoice(n, delegated)
	for _, m := range n.Get("match").Items() {
		validHTTPMatch(m)
	}
	validHeaders(n.Get("headers"))
	validCORS(n.Get("corsPolicy"))
	validFault(n.Get("fault"))
	validMirrors(n)
	validRedirect(n.Get("redirect"), n.Get("match"))
	validResponse(n.Get("directResponse"))
	validRetries(n.Get("retries"))
	validRewrite(n.Get("rewrite"))
	oneAuthority(n)
	for _, d := range n.Get("route").Items() {
		validHeaders(d.Get("headers"))
	}
	validWeights(n.Get("route"))
	optionalDuration(n.Get("timeout"))
}

// validChoice rejects routes that say more than one thing to do, or none.
func validChoice(n *source.Node, delegated bool) {
	route, redirect, response := n.Get("route"), n.Get("redirect"), n.Get("directResponse")
	switch delegate := n.Get("delegate"); {
	case delegate != nil && !delegated:
		for _, x := range []*source.Node{redirect, route} {
			x.Reject("stands beside delegate")
		}
		return
	case delegate != nil:
		delegate.Reject("stands in a delegate")
	}
	forwards := len(route.Items()) > 0
	switch {
	case !forwards && redirect == nil && response == nil:
		n.Reject("needs one of route, redirect and directResponse")
	case forwards && redirect != nil:
		redirect.Reject("stands beside route")
	case forwards && response != nil:
		response.Reject("stands beside route")
	case redirect != nil && response != nil:
		response.Reject("stands beside redirect")
	}
	for _, key := range []string{"fault", "rewrite"} {
		if x := n.Get(key); redirect != nil || response != nil {
			x.Reject("stands beside redirect or directResponse")
		}
	}
}

// oneAuthority rejects a route that says the authority in more than one place.
func oneAuthority(n *source.Node) {
	said := n.Get("rewrite").Get("authority").Str()
	for _, op := range []string{"set", "add"} {
		for _, e := range n.Get("headers").Get("request").Get(op).Entries() {
			if !isAuthority(e.Key) {
				continue
			}
			if said != "" {
				e.Value.Reject("is an authority beside another one")
			}
			said = e.Value.Str()
		}
	}
}

// validWeights rejects destinations and their shares.
func validWeights(route *source.Node) {
	items, sum := route.Items(), 0
	for _, d := range items {
		if d.Get("destination") == nil {
			d.Reject("has no destination")
		}
		validDestination(d.Get("destination"))
		w := d.Get("weight")
		between(w, 0, maxInt32, "is no weight from 0 to 2147483647")
		sum += w.Int()
	}
	if sum == 0 && len(items) > 1 {
		route.Reject("has weights that sum to 0")
	}
}

// validDestination rejects hosts, subsets and ports.
func validDestination(n *source.Node) {
	if n == nil {
		return
	}
	h := n.Get("host")
	switch {
	case h == nil:
		n.Reject("has no host")
	case h.Str() == "*" || !isWildDomain(h.Str()):
		h.Reject("is no host name")
	}
	if s := n.Get("subset"); s.Str() != "" && !isLabel(s.Str()) {
		s.Reject("is no name of a subset")
	}
	if p := n.Get("port"); p != nil {
		if p.Get("number") == nil {
			p.Reject("has no number")
		}
		validPort(p.Get("number"), false)
	}
}

// validRedirect rejects redirects that change nothing, or that replace a prefix
// of what is not matched by one.
func validRedirect(n, matches *source.Node) {
	if n == nil {
		return
	}
	uri, prefix := n.Get("uri").Str(), n.Get("prefixRewrite")
	switch {
	case uri != "" && prefix.Str() != "":
		prefix.Reject("stands beside uri")
	case prefix.Str() != "":
		for _, m := range matches.Items() {
			if u := m.Get("uri"); u != nil && u.Get("prefix") == nil {
				prefix.Reject("replaces a prefix, and not all matches are of prefixes")
			}
		}
	case uri+n.Get("authority").Str()+n.Get("scheme").Str() == "" && n.Get("port") == nil && n.Get("derivePort") == nil:
		n.Reject("changes nothing")
	}
	if s := n.Get("scheme").Str(); s != "" && s != "http" && s != "https" {
		n.Get("scheme").Reject("is not http or https")
	}
	if n.Get("port") != nil && n.Get("derivePort") != nil {
		n.Get("derivePort").Reject("stands beside port")
	}
	validPort(n.Get("port"), true)
	if c := n.Get("redirectCode"); c.Int() != 0 {
		between(c, 300, 399, "is no status from 300 to 399")
	}
}

// longestBody is how much an answer may say, in bytes.
const longestBody = 1 << 20

func validResponse(n *source.Node) {
	if n == nil {
		return
	}
	if n.Get("status") == nil {
		n.Reject("has no status")
	}
	between(n.Get("status"), 200, 600, "is not a status from 200 to 599")
	body := n.Get("body")
	if len(body.Get("string").Str()) > longestBody {
		body.Get("string").Reject("is more than a mebibyte")
	}
	if body.Get("string") != nil && body.Get("bytes") != nil {
		body.Get("bytes").Reject("stands beside string")
	}
}

// validRewrite rejects rewrites that say nothing, or two things.
func validRewrite(n *source.Node) {
	if n == nil {
		return
	}
	re := n.Get("uriRegexRewrite")
	uri, authority := n.Get("uri").Str(), n.Get("authority").Str()
	switch {
	case uri != "" && re != nil:
		re.Reject("stands beside uri")
	case uri == "" && re == nil && authority == "":
		n.Reject("rewrites nothing")
	case re != nil && (re.Get("match").Str() == "" || re.Get("rewrite").Str() == ""):
		re.Reject("needs match and rewrite")
	}
	validRegex(re.Get("match"))
}

// validRetries rejects policies that say how to retry without retrying.
func validRetries(n *source.Node) {
	if n == nil {
		return
	}
	attempts, on := n.Get("attempts"), n.Get("retryOn")
	between(attempts, 0, maxInt32, "is no number of attempts from 0 to 2147483647")
	if attempts.Int() == 0 && (on.Str() != "" || n.Get("perTryTimeout") != nil || n.Get("retryRemoteLocalities") != nil) {
		n.Reject("says how to retry, but no attempts")
	}
	for _, word := range strings.Split(on.Str(), ",") {
		if _, bad := parseRetryOn([]string{word}); bad != "" || on.Str() != "" && (word == "" || word != strings.TrimSpace(word)) {
			on.Reject("names the condition " + quoted(word) + ", which Envoy does not know")
		}
	}
}

const maxInt32 = 1<<31 - 1
