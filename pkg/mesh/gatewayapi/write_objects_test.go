package gatewayapi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// What a table becomes, as a person would write it.
func TestWrite(t *testing.T) {
	home := &intent.Home{Namespace: "shop", Name: "cart", Comment: "# the cart", Labels: []intent.Pair{{Key: "team", Value: "a"}}}
	gateway := &intent.Entry{
		Name: intent.Name{Namespace: "infra", Name: "gw"}, Class: "istio",
		Listeners: []intent.Listener{
			{Name: "http", Port: 80, Protocol: "HTTP", Routes: "All"},
			{Name: "https", Port: 443, Protocol: "HTTPS", Routes: "All", TLS: &intent.ListenerTLS{Mode: "Terminate", Certificates: []intent.Name{{Namespace: "infra", Name: "cert"}}}},
		},
	}
	at := func(port int, host string, rules ...intent.Rule) *intent.Routing {
		return &intent.Routing{Home: home, Entry: gateway.Name, Host: intent.Host{DNS: host}, Port: port, Rules: rules, Else: notFound}
	}
	tests := []struct {
		name  string
		model intent.Model
		file  string // under testdata/write: the end of what is written
	}{
		{"matches of one rule, weights, name and comment", intent.Model{Routing: []*intent.Routing{{
			Home: home, Host: service("shop", "cart"), Port: 80, Else: notFound, Rules: []intent.Rule{
				{Name: "canary", Comment: "# testers", When: match.Or{match.And{path(match.Exact, "/a"), header("x", "1")}, path(match.Regex, "/b.*")}, Then: to("v2")},
				{Then: intent.Forward{To: []intent.Backend{{Host: service("shop", "v1"), Port: 80, Weight: 90}, {Host: service("other", "v2"), Port: 8080, Weight: 10}}}},
			}}}}, "one-rule"},
		{"one object for two ports and hosts of a Gateway", intent.Model{Entries: []*intent.Entry{gateway}, Routing: []*intent.Routing{
			at(80, "a.example.com", intent.Rule{Then: to("v1")}), at(80, "b.example.com", intent.Rule{Then: to("v1")}),
			at(443, "a.example.com", intent.Rule{Then: to("v1")}), at(443, "b.example.com", intent.Rule{Then: to("v1")}),
		}}, "gateway-hosts"},
		{"a redirect on one listener, and the same name twice", intent.Model{Entries: []*intent.Entry{gateway}, Routing: []*intent.Routing{
			at(80, "*", intent.Rule{Then: intent.Redirect{Status: 301, Scheme: "https"}}),
			at(443, "*", intent.Rule{Then: to("v1")}),
		}}, "gateway-section"},
		{"a consumer route and a grant", intent.Model{Entries: []*intent.Entry{gateway}, Routing: []*intent.Routing{
			{Home: &intent.Home{Namespace: "web", Name: "ours"}, Host: service("shop", "cart"), Scope: intent.Scope{Client: match.Atom{Field: match.ClientNamespace, Value: "web"}},
				Rules: []intent.Rule{{Then: to("v1")}}, Else: notFound},
			{Home: &intent.Home{Namespace: "infra", Name: "out"}, Entry: gateway.Name, Host: intent.Host{DNS: "*"}, Port: 80, Rules: []intent.Rule{{Then: to("v1")}}, Else: notFound},
		}}, "consumer-grant"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join("testdata", "write", tt.file+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if got := written(t, &tt.model, "1.6"); !strings.HasSuffix(got, string(want)) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
