package routes

import (
	"fmt"
	"testing"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/encoding/protojson"
)

// TestDecide sends GET /a/b?q=1&q=2 at cart.shop with x-id: Blue through one route
// of a table, and says where it went.
func TestDecide(t *testing.T) {
	const to = `,"route":{"cluster":"c"}}`
	for _, c := range []struct{ route, want string }{
		{`{"match":{"prefix":"/"}` + to, "[c:1] /a/b 15s"},
		{`{"match":{"prefix":"/a"},"route":{"cluster":"c","prefixRewrite":"/z"}}`, "[c:1] /z/b 15s"},
		{`{"match":{"prefix":"/A","caseSensitive":false},"route":{"cluster":"c","prefixRewrite":"/"}}`, "[c:1] //b 15s"},
		{`{"match":{"path":"/a/b"},"route":{"cluster":"c","prefixRewrite":"/z","timeout":"0s"}}`, "[c:1] /z 0s"},
		{`{"match":{"path":"/a"}` + to, "404"},
		{`{"match":{"path":"/A/B","caseSensitive":false}` + to, "[c:1] /a/b 15s"},
		{`{"match":{"safeRegex":{"regex":"/a/."}}` + to, "[c:1] /a/b 15s"},
		{`{"match":{"safeRegex":{"regex":"/a"}}` + to, "404"},
		{`{"match":{"pathSeparatedPrefix":"/a"}` + to, "[c:1] /a/b 15s"},
		{`{"match":{"pathSeparatedPrefix":"/a/b/c"}` + to, "404"},
		{`{"match":{"prefix":"/","headers":[{"name":"x-id","stringMatch":{"exact":"Blue"}},{"name":"x-no","presentMatch":true,"invertMatch":true}]}` + to, "[c:1] /a/b 15s"},
		{`{"match":{"prefix":"/","headers":[{"name":"x-no","stringMatch":{"exact":"Blue"},"invertMatch":true}]}` + to, "404"},
		{`{"match":{"prefix":"/","queryParameters":[{"name":"q","stringMatch":{"exact":"1"}},{"name":"q","presentMatch":true}]}` + to, "[c:1] /a/b 15s"},
		{`{"match":{"prefix":"/","queryParameters":[{"name":"q","stringMatch":{"exact":"2"}}]}` + to, "404"},
		{`{"match":{"prefix":"/","queryParameters":[{"name":"r","presentMatch":true}]}` + to, "404"},
		{`{"match":{"prefix":"/"},"route":{"weightedClusters":{"clusters":[{"name":"c","weight":3},{"name":"d","weight":1}]},"timeout":"2s"}}`, "[c:3 d:1] /a/b 2s"},
		{`{"match":{"prefix":"/"},"route":{"cluster":"c","retryPolicy":{"numRetries":3}}}`, "[c:1] /a/b 15s"},
		{`{"match":{"prefix":"/"},"route":{"cluster":"c","retryPolicy":{"retryOn":"5xx,reset"}}}`, "[c:1] /a/b 15s retry 1 on [5xx reset]"},
		{`{"match":{"prefix":"/"},"redirect":{"responseCode":"FOUND"}}`, "302"},
		{`{"match":{"prefix":"/"},"directResponse":{"status":418}}`, "418"},
		{`{"match":{"prefix":"/"},"route":{"cluster":"c"},"requestHeadersToRemove":["x-a"],"requestHeadersToAdd":[{"header":{"key":"x-a","value":"1"}},{"header":{"key":"x-b","value":"2"},"appendAction":"OVERWRITE_IF_EXISTS_OR_ADD"}]}`,
			"[c:1] /a/b 15s -x-a =x-b=2 +x-a=1"},
	} {
		table := parse(t, `{"virtualHosts":[{"name":"v","domains":["*"],"routes":[`+c.route+`]}]}`)
		if got := text(Decide(table, sample())); got != c.want {
			t.Errorf("%s: %s", c.route, got)
		}
	}
}

// TestHosts chooses a virtual host, whose routes alone then count.
func TestHosts(t *testing.T) {
	for _, c := range []struct{ domains, want string }{
		{`["*"],["cart.shop"]`, "1"}, {`["*.shop"],["*"]`, "0"}, {`["cart.*"],["*.shop"]`, "1"}, {`["*"],["cart.*"]`, "1"}, {`["*p"],["*.shop"]`, "1"}, {`["pay.shop"],["CART.shop"]`, "1"}, {`["pay"],["x"]`, "404"},
	} {
		var all string
		for i, d := range split(c.domains) {
			all += fmt.Sprintf(`%s{"name":"%d","domains":%s,"routes":[{"match":{"prefix":"/"},"route":{"cluster":"%d"}}]}`, map[bool]string{true: ","}[i > 0], i, d, i)
		}
		got := Decide(parse(t, `{"virtualHosts":[`+all+`]}`), sample())
		if text := fmt.Sprint(got.Status); got.Status == 0 && got.Shares[0].Cluster != c.want || got.Status != 0 && text != c.want {
			t.Errorf("%s: %+v", c.domains, got)
		}
	}
}

// TestUnknown refuses to guess about what it does not know.
func TestUnknown(t *testing.T) {
	for _, r := range []string{
		`{"match":{"prefix":"/","grpc":{}},"route":{"cluster":"c"}}`, `{"match":{"connectMatcher":{}},"route":{"cluster":"c"}}`,
		`{"match":{"prefix":"/"},"route":{"clusterHeader":"x"}}`, `{"match":{"prefix":"/"},"route":{"cluster":"c","autoHostRewrite":true}}`,
		`{"match":{"prefix":"/"},"nonForwardingAction":{}}`,
	} {
		table := parse(t, `{"virtualHosts":[{"name":"v","domains":["*"],"routes":[`+r+`]}]}`)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was judged", r)
				}
			}()
			Decide(table, sample())
		}()
	}
}

func sample() *Request {
	return &Request{Headers: map[string]string{":method": "GET", ":path": "/a/b?q=1&q=2#f", ":authority": "cart.shop", "x-id": "Blue"}}
}

func split(domains string) []string {
	var out []string
	for i, depth, from := 0, 0, 0; i < len(domains); i++ {
		switch domains[i] {
		case '[':
			if depth++; depth == 1 {
				from = i
			}
		case ']':
			if depth--; depth == 0 {
				out = append(out, domains[from:i+1])
			}
		}
	}
	return out
}

func text(a Answer) string {
	if a.Status != 0 {
		return fmt.Sprint(a.Status)
	}
	var shares []string
	for _, s := range a.Shares {
		shares = append(shares, fmt.Sprintf("%s:%d", s.Cluster, s.Weight))
	}
	out := fmt.Sprint(shares, " ", a.Path, " ", a.Timeout)
	if a.Retry != nil {
		out += fmt.Sprintf(" retry %d on %v", a.Retry.Tries, a.Retry.On)
	}
	for _, c := range a.Request {
		switch {
		case c.Remove:
			out += " -" + c.Name
		case c.Append:
			out += " +" + c.Name + "=" + c.Value
		default:
			out += " =" + c.Name + "=" + c.Value
		}
	}
	return out
}

func parse(t *testing.T, s string) *route.RouteConfiguration {
	t.Helper()
	var out route.RouteConfiguration
	if err := protojson.Unmarshal([]byte(s), &out); err != nil {
		t.Fatal(s, err)
	}
	return &out
}
