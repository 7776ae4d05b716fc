package gatewayapi

import (
	"regexp"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// A missing maxAge is left unsaid: the API's default of 5 seconds is that of
// browsers too. https://fetch.spec.whatwg.org/#http-access-control-max-age

func readCORS(n *source.Node) intent.CORS {
	c := intent.CORS{
		Methods: readStrings(n.Get("allowMethods"), 9), Headers: readStrings(n.Get("allowHeaders"), 64),
		Expose: readStrings(n.Get("exposeHeaders"), 64), From: intent.From(n.Ref()),
	}
	for _, item := range atMost(n.Get("allowOrigins"), 64) {
		c.Origins = append(c.Origins, readOrigin(formOrigin.read(item), item))
	}
	if a := n.Get("maxAge"); a != nil {
		age := time.Duration(within(a, 1, 1<<31-1)) * time.Second
		c.MaxAge = &age
	}
	if cred := n.Get("allowCredentials"); cred != nil {
		b := cred.Bool()
		c.Credentials = &b
	}
	n.Kind()
	return c
}

func readStrings(n *source.Node, limit int) []string {
	var out []string
	for _, item := range atMost(n, limit) {
		out = append(out, item.Str())
	}
	return out
}

// anyOrigin is the pattern of the origin "*".
const anyOrigin = ".*"

// readOrigin reads an origin, in which "*" stands for any text.
func readOrigin(s string, n *source.Node) match.Atom {
	a := match.Atom{Field: match.Header, Key: "origin", Op: match.Exact, Value: s, Ref: new(n.Ref())}
	if strings.Contains(s, "*") {
		a.Op, a.Value = match.Regex, strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, anyOrigin)
	}
	return a
}

// origin is the inverse of readOrigin; ok is false for an atom that no origin
// says.
func origin(a match.Atom) (s string, ok bool) {
	switch {
	case a.Fold:
		return "", false
	case a.Op == match.Exact:
		return a.Value, formOrigin.fits(a.Value)
	case a.Op == match.Prefix:
		s = a.Value + "*"
	case a.Op == match.Regex:
		s = unquote(strings.ReplaceAll(a.Value, anyOrigin, "*"))
		if readOrigin(s, nil).Value != a.Value {
			return "", false
		}
	}
	return s, formOrigin.fits(s)
}

// unquote removes the backslashes of regexp.QuoteMeta.
func unquote(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func writeCORS(c intent.CORS) *manifest.Node {
	n := manifest.Map()
	origins := make([]string, len(c.Origins))
	for i, a := range c.Origins {
		origins[i], _ = origin(a)
	}
	n.Set("allowOrigins", manifest.Strs(origins...))
	n.Set("allowCredentials", manifest.OrNil(c.Credentials, manifest.Bool))
	n.Set("allowMethods", manifest.Strs(c.Methods...))
	n.Set("allowHeaders", manifest.Strs(c.Headers...))
	n.Set("exposeHeaders", manifest.Strs(c.Expose...))
	if c.MaxAge != nil {
		n.Set("maxAge", manifest.Int(int(c.MaxAge.Seconds())))
	}
	return n
}
