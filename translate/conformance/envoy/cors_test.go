package envoy

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

// preflight asks, as browsers do for a page of an origin, whether a request may be
// sent: of an origin that is allowed, and of one that is not.
func (a *asker) preflight(r engine.Request, q *match.Request, rule intent.Rule) {
	i := slices.IndexFunc(rule.Steps, func(s intent.Step) bool { _, is := s.(intent.CORS); return is })
	if _, forwards := rule.Then.(intent.Forward); i < 0 || !forwards {
		return
	}
	cors := rule.Steps[i].(intent.CORS)
	r.Method = http.MethodOptions
	for _, origin := range []string{originOf(cors), "https://nobody.invalid"} {
		asked := r
		asked.Headers = append(slices.Clone(r.Headers), [2]string{"origin", origin}, [2]string{"access-control-request-method", "POST"})
		at := q.Clone().Set(match.Method, "", asked.Method).Set(match.Header, "origin", origin).Set(match.Header, "access-control-request-method", "POST")
		if by, _ := a.rule(at); origin == "" || len(by.From) == 0 || by.From[0] != rule.From[0] {
			continue
		}
		a.n.cors++
		got, err := a.client.Send(asked)
		a.n.requests++
		if err != nil {
			a.Errorf("%s: %v", a.says(asked), err)
		} else if why := allowed(a, cors, origin, got); why != "" {
			a.Errorf("%s: %s, by %+v", a.says(asked), why, cors)
		}
	}
}

// originOf is one that is allowed; "" is none that is known.
func originOf(c intent.CORS) string {
	for _, o := range c.Origins {
		for _, text := range []string{o.Value, o.Value + "x", "https://x.example.com", "https://example.com"} {
			if o.Holds(text) {
				return text
			}
		}
	}
	return ""
}

// allowed says what is wrong with the answer to a question of a browser.
func allowed(a *asker, c intent.CORS, origin string, got engine.Response) string {
	yes := slices.ContainsFunc(c.Origins, func(o match.Atom) bool { return o.Holds(origin) })
	passed := reached(a.envoy, got) != nil
	if !yes {
		forwards := c.ForwardPreflight == nil || *c.ForwardPreflight
		if passed != forwards || got.Header.Get("Access-Control-Allow-Origin") != "" {
			return fmt.Sprintf("of an origin that is not allowed reaches a server: %v, with %v", passed, got.Header)
		}
		return ""
	}
	if passed || got.Status != http.StatusOK {
		return fmt.Sprintf("of an origin that is allowed is answered with %d", got.Status)
	}
	credentials, age := "", ""
	if c.Credentials != nil && *c.Credentials {
		credentials = "true"
	}
	if c.MaxAge != nil {
		age = fmt.Sprint(int(c.MaxAge.Seconds()))
	}
	said := func(header, must string) string {
		if have := strings.ReplaceAll(got.Header.Get(header), " ", ""); have != must {
			return fmt.Sprintf("%s is %q, and must be %q", header, have, must)
		}
		return ""
	}
	return cmp.Or(
		said("Access-Control-Allow-Origin", origin), said("Access-Control-Allow-Methods", strings.Join(c.Methods, ",")),
		said("Access-Control-Allow-Headers", strings.Join(c.Headers, ",")), said("Access-Control-Allow-Credentials", credentials),
		said("Access-Control-Max-Age", age))
}
