package rbac

import (
	"net/netip"
	"testing"

	rbac "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

// sample is a request that every policy below holds for, unless the case says
// otherwise.
func sample() *Request {
	token, err := structpb.NewStruct(map[string]any{"payload": map[string]any{
		"iss": "issuer", "groups": []any{"dev", "ops"}, "deep": map[string]any{"role": "admin"},
	}})
	if err != nil {
		panic(err)
	}
	return &Request{
		Headers: map[string]string{":method": "GET", ":path": "/a/b?q=1#f", ":authority": "Cart.shop:80", "x-id": "Blue", "x-empty": ""},
		Peer:    "spiffe://cluster.local/ns/web/sa/front", SNI: "cart.example.com",
		Direct: netip.MustParseAddr("10.1.2.3"), Remote: netip.MustParseAddr("2001:db8::1"), Local: netip.MustParseAddr("10.9.0.1"), Port: 8080,
		Metadata: map[string]*structpb.Struct{"jwt": token}, FilterState: map[string]string{"peer": "spiffe://x"},
	}
}

// TestPermissions holds each permission to the sample and to one change of it
// that the permission must notice.
func TestPermissions(t *testing.T) {
	for _, c := range []struct {
		permission string
		holds      bool
		change     func(*Request)
	}{
		{`{"any":true}`, true, nil},
		{`{"notRule":{"any":true}}`, false, nil},
		{`{"urlPath":{"path":{"exact":"/a/b"}}}`, true, func(r *Request) { r.Headers[":path"] = "/a/b/" }},
		{`{"urlPath":{"path":{"exact":"/a/b?q=1"}}}`, false, nil},
		{`{"urlPath":{"path":{"prefix":"/a"}}}`, true, func(r *Request) { r.Headers = nil }},
		{`{"urlPath":{"path":{"suffix":"b"}}}`, true, func(r *Request) { r.Headers[":path"] = "/a/B" }},
		{`{"urlPath":{"path":{"safeRegex":{"regex":"/a"}}}}`, false, func(r *Request) { r.Headers[":path"] = "/a" }},
		{`{"urlPath":{"path":{"contains":"/b"}}}`, true, func(r *Request) { r.Headers[":path"] = "/ab?x=/b" }},
		{`{"header":{"name":":method","stringMatch":{"exact":"GET"}}}`, true, func(r *Request) { r.Headers[":method"] = "get" }},
		{`{"header":{"name":":authority","stringMatch":{"exact":"cart.SHOP:80","ignoreCase":true}}}`, true, func(r *Request) { r.Headers[":authority"] = "cart.shop" }},
		{`{"header":{"name":"Host","stringMatch":{"prefix":"Cart"}}}`, true, func(r *Request) { r.Headers[":authority"] = "cart" }},
		{`{"header":{"name":"X-Id","stringMatch":{"suffix":"ue"}}}`, true, func(r *Request) { delete(r.Headers, "x-id") }},
		{`{"header":{"name":"x-empty","presentMatch":true}}`, true, func(r *Request) { delete(r.Headers, "x-empty") }},
		{`{"header":{"name":"x-no","presentMatch":true,"invertMatch":true}}`, true, func(r *Request) { r.Headers["x-no"] = "" }},
		{`{"header":{"name":"x-no","stringMatch":{"exact":"1"},"invertMatch":true}}`, false, func(r *Request) { r.Headers["x-no"] = "2" }},
		{`{"destinationPort":8080}`, true, func(r *Request) { r.Port = 8081 }},
		{`{"destinationIp":{"addressPrefix":"10.9.7.7","prefixLen":16}}`, true, func(r *Request) { r.Local = netip.MustParseAddr("10.8.0.1") }},
		{`{"requestedServerName":{"suffix":".example.com"}}`, true, func(r *Request) { r.SNI = "" }},
		{`{"metadata":{"filter":"jwt","path":[{"key":"payload"},{"key":"iss"}],"value":{"stringMatch":{"exact":"issuer"}}}}`, true, func(r *Request) { r.Metadata = nil }},
		{`{"andRules":{"rules":[{"any":true},{"destinationPort":8080}]}}`, true, func(r *Request) { r.Port = 1 }},
		{`{"orRules":{"rules":[{"destinationPort":1},{"destinationPort":8080}]}}`, true, func(r *Request) { r.Port = 2 }},
		{`{"orRules":{"rules":[{"destinationPort":1}]}}`, false, func(r *Request) { r.Port = 1 }},
		{templated("/*/b"), true, func(r *Request) { r.Headers[":path"] = "//b" }},
		{templated("/*"), false, func(r *Request) { r.Headers[":path"] = "/a" }},
		{templated("/**"), true, func(r *Request) { r.Headers = nil }},
		{templated("/a/**/b"), false, func(r *Request) { r.Headers[":path"] = "/a/x/y/b" }},
		{templated("/a.b"), false, func(r *Request) { r.Headers[":path"] = "/a.b" }},
	} {
		check(t, c.permission, `{"any":true}`, c.holds, c.change)
	}
}

func templated(s string) string {
	return `{"uriTemplate":{"name":"t","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig","pathTemplate":"` + s + `"}}}`
}

// TestPrincipals is TestPermissions for who asks.
func TestPrincipals(t *testing.T) {
	for _, c := range []struct {
		principal string
		holds     bool
		change    func(*Request)
	}{
		{`{"authenticated":{}}`, true, func(r *Request) { r.Peer = "" }},
		{`{"authenticated":{"principalName":{"prefix":"spiffe://cluster.local/"}}}`, true, func(r *Request) { r.Peer = "spiffe://other/ns/web/sa/front" }},
		{`{"notId":{"authenticated":{"principalName":{"safeRegex":{"regex":".*/ns/web/.*"}}}}}`, false, func(r *Request) { r.Peer = "" }},
		{`{"authenticated":{"principalName":{"safeRegex":{"regex":"/ns/web/"}}}}`, false, func(r *Request) { r.Peer = "/ns/web/" }},
		{`{"filterState":{"key":"peer","stringMatch":{"exact":"spiffe://x"}}}`, true, func(r *Request) { r.FilterState = nil }},
		{`{"directRemoteIp":{"addressPrefix":"10.1.2.3","prefixLen":32}}`, true, func(r *Request) { r.Direct = r.Local }},
		{`{"directRemoteIp":{"addressPrefix":"::","prefixLen":0}}`, false, func(r *Request) { r.Direct = r.Remote }},
		{`{"remoteIp":{"addressPrefix":"2001:db8::","prefixLen":32}}`, true, func(r *Request) { r.Remote = netip.Addr{} }},
		{`{"header":{"name":"x-id","stringMatch":{"exact":"blue","ignoreCase":true}}}`, true, func(r *Request) { r.Headers["x-id"] = "red" }},
		{claim(`"groups"`, `{"listMatch":{"oneOf":{"stringMatch":{"exact":"ops"}}}}`), true, func(r *Request) { r.Metadata = nil }},
		{claim(`"iss"`, `{"listMatch":{"oneOf":{"stringMatch":{"exact":"issuer"}}}}`), false, nil},
		{claim(`"groups"`, `{"stringMatch":{"exact":"ops"}}`), false, nil},
		{claim(`"iss"`, `{"orMatch":{"valueMatchers":[{"listMatch":{"oneOf":{"stringMatch":{"exact":"issuer"}}}},{"stringMatch":{"exact":"issuer"}}]}}`), true, func(r *Request) { r.Metadata = nil }},
		{claim(`"deep"},{"key":"role"`, `{"stringMatch":{"suffix":"min"}}`), true, func(r *Request) { r.Metadata = nil }},
		{claim(`"deep"`, `{"stringMatch":{"suffix":"min"}}`), false, nil},
		{`{"andIds":{"ids":[{"any":true},{"notId":{"any":true}}]}}`, false, nil},
		{`{"orIds":{"ids":[{"authenticated":{"principalName":{"exact":"no"}}},{"remoteIp":{"addressPrefix":"2001:db8::1","prefixLen":128}}]}}`, true, func(r *Request) { r.Remote = r.Direct }},
	} {
		check(t, `{"any":true}`, c.principal, c.holds, c.change)
	}
}

func claim(path, value string) string {
	return `{"metadata":{"filter":"jwt","path":[{"key":"payload"},{"key":` + path + `}],"value":` + value + `}}`
}

// check asks twice: the sample gets the answer, and the changed sample the other
// one.
func check(t *testing.T, permission, principal string, holds bool, change func(*Request)) {
	t.Helper()
	rules := parse(t, `{"action":"ALLOW","policies":{"p":{"permissions":[`+permission+`],"principals":[`+principal+`]}}}`)
	if got := Judge([]Filter{{rules: rules}}, sample()).Allowed; got != holds {
		t.Errorf("%s %s: allowed %v", permission, principal, got)
	}
	if change == nil {
		return
	}
	r := sample()
	change(r)
	if got := Judge([]Filter{{rules: rules}}, r).Allowed; got == holds {
		t.Errorf("%s %s: the change makes no difference", permission, principal)
	}
}

func parse(t *testing.T, s string) *rbac.RBAC {
	t.Helper()
	var out rbac.RBAC
	if err := protojson.Unmarshal([]byte(s), &out); err != nil {
		t.Fatal(s, err)
	}
	return &out
}

const (
	one     = `"p":{"permissions":[{"any":true}],"principals":[{"any":true}]}`
	never   = `"n":{"permissions":[{"notRule":{"any":true}}],"principals":[{"any":true}]}`
	halfway = `"h":{"permissions":[{"any":true}],"principals":[{"notId":{"any":true}}]}`
)

// TestJudge shows how the filters of a chain work together.
func TestJudge(t *testing.T) {
	rules := func(action, policies string) *rbac.RBAC {
		return parse(t, `{"action":"`+action+`","policies":{`+policies+`}}`)
	}
	for _, c := range []struct {
		name    string
		filters []Filter
		allowed bool
	}{
		{"no filter", nil, true},
		{"no rules", []Filter{{}}, true},
		{"an ALLOW without policies", []Filter{{rules: rules("ALLOW", "")}}, false},
		{"a DENY without policies", []Filter{{rules: rules("DENY", "")}}, true},
		{"an ALLOW that holds", []Filter{{rules: rules("ALLOW", one)}}, true},
		{"an ALLOW that holds for nothing", []Filter{{rules: rules("ALLOW", never)}}, false},
		{"an ALLOW that holds for nobody", []Filter{{rules: rules("ALLOW", halfway)}}, false},
		{"a DENY that holds", []Filter{{rules: rules("DENY", one)}}, false},
		{"a LOG that holds", []Filter{{rules: rules("LOG", one)}}, true},
		{"a LOG that does not hold", []Filter{{rules: rules("LOG", never)}}, true},
		{"shadow rules", []Filter{{shadow: rules("DENY", one)}}, true},
		{"a DENY before an ALLOW", []Filter{{rules: rules("DENY", one)}, {rules: rules("ALLOW", one)}}, false},
		{"an ALLOW behind a DENY that does not hold", []Filter{{rules: rules("DENY", never)}, {rules: rules("ALLOW", never)}}, false},
	} {
		if got := Judge(c.filters, sample()); got.Allowed != c.allowed {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestUnknown refuses to guess about what it does not know.
func TestUnknown(t *testing.T) {
	for _, p := range []string{`{"permissions":[{"sourcedMetadata":{}}],"principals":[{"any":true}]}`, `{"permissions":[{"any":true}],"principals":[{"sourceIp":{}}]}`} {
		rules := parse(t, `{"policies":{"p":`+p+`}}`)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was judged", p)
				}
			}()
			Judge([]Filter{{rules: rules}}, sample())
		}()
	}
}
