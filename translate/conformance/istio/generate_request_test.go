package conformance

import (
	"github.com/transmesh/transmesh/pkg/match"
)

// question makes a request at the workload app=cart of namespace shop: a client
// with or without identity and token, over HTTP or not.
func (g *generator) question() question {
	q := question{request: base()}
	r := q.request
	r.Set(match.Port, "", pick(g, []string{"8080", "8080", "9000", "7000"}))
	r.Set(match.ClientIP, "", pick(g, []string{"10.1.2.3", "10.1.9.9", "10.3.0.1", "172.16.0.1", "2001:db8::5"}))
	r.Set(match.RemoteIP, "", pick(g, []string{"10.1.2.3", "203.0.113.7", "2001:db8::5"}))
	r.Set(match.DestIP, "", pick(g, []string{"10.1.2.3", "10.9.0.1"}))
	if g.chance(60) {
		r.Set(match.SNI, "", pick(g, []string{"cart.example.com", "pay.example.com", "cart"}))
	}
	if g.chance(80) {
		identify(r, pick(g, []string{"web/front", "web/back", "shop/front", "team-a/robot", "team-b/x", "other.example/web/front", "a.example/web/back"}))
	}
	if !g.plain && g.chance(50) { // a text or a list, never both
		r.Set(match.Found, pick(g, []string{"envoy.filters.x[y]", "envoy.filters.x[y][]"}), pick(g, []string{"1", "blue", "x", ""}))
	}
	g.http(&q)
	if g.chance(20) {
		asTCP(r)
		q.token = 0
	}
	return q
}

func (g *generator) http(q *question) {
	r := q.request
	r.Set(match.Method, "", pick(g, []string{"GET", "GET", "POST", "PUT", "DELETE"}))
	r.Set(match.Path, "", pick(g, []string{"/", "/a", "/a/b", "/a/x", "/ab", "/files/", "/files/x/y", "/x/b", "/a*b", "/x/c*", "/x/cd", "/A"}))
	r.Set(match.Authority, "", pick(g, []string{"cart.shop", "CART.shop", "cart.shop:8080", "pay.shop", "cart.web", "x"}))
	for _, h := range []string{"x-id", "x-color"} {
		if g.chance(50) {
			r.Set(match.Header, h, pick(g, []string{"1", "blue", "", "blu", "red"}))
		}
	}
	if !g.plain && g.chance(50) {
		g.token(q)
	}
}

func (g *generator) token(q *question) {
	q.bring(pick(g, []string{"https://id.example.com/ann", "https://id.example.com/joe", "other/bob", "other/ann"}))
	set := func(key string, values ...string) {
		if g.chance(70) {
			q.request.Set(match.Token, key, pick(g, values))
		}
	}
	set("audience", "cart", "pay", "pay"+match.Separator+"cart")
	set("presenter", "cart", "bot")
	set("claim:groups", "dev", "x"+match.Separator+"ops", "x")
	set("claim:deep.role", "dev", "ops")
	set(`claim:deep\.role`, "dev", "x")
}
