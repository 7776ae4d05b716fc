package consul

import "github.com/transmesh/transmesh/pkg/match"

// requests are of the same pools as conditions, so that they fall on either side.
func (g *generator) requests(n int) []*match.Request {
	var out []*match.Request
	for range n {
		q := new(match.Request).Set(match.Path, "", g.one("/", "/a", "/a/", "/a/b", "/a/7", "/ab", "/b", "/b/x", "/A", "/A/b"))
		q.Set(match.Method, "", g.one("GET", "GET", "PUT", "POST", "DELETE")).Set(match.Scheme, "", "http")
		host := g.one("a", "b", "ab", "any")
		q.Set(match.Host, "", host).Set(match.Authority, "", host)
		for _, name := range []string{"x-a", "x-b", "x-c"} {
			if g.in(2) {
				q.Set(match.Header, name, g.one("a", "b", "ab", "A", "xB", "cabc"))
			}
		}
		for _, name := range []string{"q", "r"} {
			if g.in(3) {
				q.Set(match.Query, name, g.one("1", "2", "12"))
			}
		}
		if g.in(2) {
			issuer, subject := g.one("https://login", "https://login", "https://other", "https://nobody"), g.one("ann", "bob")
			q.Set(match.Token, "issuer", issuer).Set(match.Token, "subject", subject).Set(match.Token, "principal", issuer+"/"+subject)
			q.Set(match.Token, "claim:"+g.one("team", "role"), g.one("blue", "red", "blue"+match.Separator+"red"))
			if g.in(2) {
				q.Set(match.Token, "audience", g.one("shop", "shop", "bank", "bank"+match.Separator+"shop"))
			}
		}
		out = append(out, q)
	}
	return out
}
