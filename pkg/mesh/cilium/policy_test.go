package cilium

import (
	"bytes"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// is is a condition on a whole value.
func is(f match.Field, value string) match.Atom { return match.Atom{Field: f, Value: value} }

var (
	web    = match.Conj(is(match.Namespace, "shop"), match.Atom{Field: match.Label, Key: "app", Value: "web"})
	shop   = match.Expr(is(match.Namespace, "shop"))
	local  = is(match.ClientTrust, "cluster.local")
	client = match.Conj(is(match.ClientNamespace, "front"), is(match.ClientAccount, "gate"), local)
	onHTTP = is(match.Protocol, "http")
)

func allow(subject, when match.Expr) *intent.Access {
	return &intent.Access{Scope: intent.Scope{Subject: subject}, When: when}
}

func deny(subject, when match.Expr) *intent.Access {
	return &intent.Access{Scope: intent.Scope{Subject: subject}, When: when, Effect: intent.Deny}
}

func closed(subject match.Expr) *intent.Default {
	return &intent.Default{Scope: intent.Scope{Subject: subject}, Effect: intent.Deny}
}

// printed writes a model that is legal already, without its kinds and names.
func printed(t *testing.T, m *intent.Model) string {
	t.Helper()
	m.Env = intent.Defaults()
	tgt, _ := target("")
	var b bytes.Buffer
	if err := manifest.WriteYAML(&b, write(m, tgt)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// How admission is written: each entry is shown under its selector.
func TestPolicies(t *testing.T) {
	for name, c := range map[string]struct {
		m    intent.Model
		want []string
		not  []string
	}{
		"nobody is let in": {
			intent.Model{Default: []*intent.Default{closed(web)}},
			[]string{"kind: CiliumNetworkPolicy", "namespace: shop", "      app: web", "  ingress:\n  - {}"},
			[]string{"ingress: []", "fromEndpoints", "enableDefaultDeny"},
		},
		"everyone is let in": {
			intent.Model{Default: []*intent.Default{closed(web)}, Access: []*intent.Access{allow(web, nil)}},
			[]string{"  ingress:\n  - fromEntities:\n    - all\n"},
			[]string{"- {}"},
		},
		"peers say their namespace and account": {
			intent.Model{Default: []*intent.Default{closed(web)}, Access: []*intent.Access{allow(web, client)}},
			[]string{"    - matchLabels:\n        k8s:io.kubernetes.pod.namespace: front\n        k8s:io.cilium.k8s.policy.serviceaccount: gate\n"},
			[]string{"policy.cluster", "toPorts"},
		},
		"peers of any cluster say so": {
			intent.Model{Access: []*intent.Access{deny(web, is(match.ClientNamespace, "front"))}},
			[]string{"  ingressDeny:\n  - fromEndpoints:", "k8s:io.kubernetes.pod.namespace: front", "- key: k8s:io.cilium.k8s.policy.cluster\n        operator: Exists"},
			[]string{"  ingress:\n"},
		},
		"denials alone close nothing": {
			intent.Model{Access: []*intent.Access{deny(web, is(match.Port, "9090"))}},
			[]string{"  ingressDeny:\n  - fromEntities:\n    - all\n    toPorts:\n    - ports:\n      - port: \"9090\"\n        protocol: TCP\n", "  enableDefaultDeny:\n    ingress: false\n"},
			nil,
		},
		"denials beside a closed namespace need not say so": {
			intent.Model{Default: []*intent.Default{closed(shop)}, Access: []*intent.Access{deny(web, is(match.Port, "9090"))}},
			[]string{"  ingressDeny:", "  endpointSelector: {}\n  ingress:\n  - {}"},
			[]string{"enableDefaultDeny"},
		},
		"requests": {
			intent.Model{Default: []*intent.Default{closed(web)}, Access: []*intent.Access{
				allow(web, match.Conj(client, is(match.Port, "80"), is(match.Method, "GET"), is(match.Path, "/a.b"))),
				allow(web, match.Conj(client, is(match.Port, "80"), is(match.Method, "PUT"), is(match.Path, "/a.b"))),
			}},
			[]string{"      - port: \"80\"\n        protocol: TCP\n      rules:\n        http:\n        - method: GET|PUT\n          path: /a\\.b(\\?.*)?\n"},
			nil,
		},
		"any request on any port": {
			intent.Model{Default: []*intent.Default{closed(web)}, Access: []*intent.Access{allow(web, match.Conj(client, onHTTP))}},
			[]string{"      - port: \"1\"\n        endPort: 65535\n        protocol: TCP\n      rules:\n        http:\n        - {}\n"},
			[]string{"port: \"0\""},
		},
		"hosts and headers": {
			intent.Model{Default: []*intent.Default{closed(web)}, Access: []*intent.Access{allow(web, match.Conj(is(match.Host, "a.io"),
				match.Atom{Field: match.Header, Key: "x-a", Value: "b c"}, match.Atom{Field: match.Header, Key: "x-d", Op: match.Present}))}},
			[]string{"host: (?i:a\\.io)(:[0-9]+)?", "- 'x-a: b c'", "- x-d\n"},
			nil,
		},
		"scopes of several namespaces are clusterwide": {
			intent.Model{Default: []*intent.Default{closed(match.Or{is(match.Namespace, "a"), is(match.Namespace, "b")})}},
			[]string{"kind: CiliumClusterwideNetworkPolicy", "key: k8s:io.kubernetes.pod.namespace\n      operator: In\n      values:\n      - a\n      - b\n"},
			[]string{"namespace: \n", "  namespace:"},
		},
		"callers": {
			intent.Model{
				Default: []*intent.Default{{Side: intent.Dialled, Scope: intent.Scope{Client: is(match.ClientNamespace, "front")}, Effect: intent.Deny}},
				Access:  []*intent.Access{{Side: intent.Dialled, Scope: intent.Scope{Client: is(match.ClientNamespace, "front")}, When: web}},
			},
			[]string{"namespace: front", "  egress:\n  - toEndpoints:\n    - matchLabels:\n        k8s:io.kubernetes.pod.namespace: shop\n        app: web\n"},
			[]string{"ingress", "kube-dns"},
		},
		"addresses are outside": {
			intent.Model{Default: []*intent.Default{closed(web)}, Access: []*intent.Access{allow(web, match.Conj(
				match.Atom{Field: match.ClientIP, Op: match.CIDR, Value: "192.0.2.0/24"}, match.Not{X: match.Atom{Field: match.ClientIP, Op: match.CIDR, Value: "192.0.2.8/29"}},
				match.Not{X: match.Atom{Field: match.ClientNamespace, Op: match.Present}}))}},
			[]string{"  - fromCIDRSet:\n    - cidr: 192.0.2.0/24\n      except:\n      - 192.0.2.8/29\n"},
			nil,
		},
		"entities": {
			intent.Model{Default: []*intent.Default{closed(web)}, Access: []*intent.Access{allow(web, match.Or{is(match.ClientIdentity, "reserved:host"), is(match.ClientIdentity, "reserved:ingress")})}},
			[]string{"  - fromEntities:\n    - host\n    - ingress\n"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := printed(t, &c.m)
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("lacks %q", w)
				}
			}
			for _, w := range c.not {
				if strings.Contains(got, w) {
					t.Errorf("has %q", w)
				}
			}
			if t.Failed() {
				t.Log(got)
			}
		})
	}
}

// What cannot be said is refused by name, and nothing else.
func TestAccessSpeech(t *testing.T) {
	for _, c := range []struct {
		e    intent.Effect
		when match.Expr
		ok   bool
	}{
		{intent.Allow, nil, true},
		{intent.Allow, client, true},
		{intent.Deny, client, true},
		{intent.Deny, is(match.Path, "/a"), false},
		{intent.Deny, match.Not{X: match.Atom{Field: match.ClientAccount, Op: match.Present}}, false},
		{intent.Allow, match.Not{X: is(match.Path, "/a")}, false},
		{intent.Allow, match.Conj(onHTTP, match.Not{X: is(match.Path, "/a")}), true},
		{intent.Allow, match.Conj(onHTTP, match.Not{X: match.Atom{Field: match.Header, Key: "a", Value: "b"}}), false},
		{intent.Allow, is(match.Protocol, "tcp"), false},
		{intent.Allow, match.Atom{Field: match.ClientIP, Op: match.CIDR, Value: "10.0.0.0/8"}, false},
		{intent.Allow, match.Atom{Field: match.ClientLabel, Key: "app", Value: "a"}, false},
		{intent.Allow, match.Not{X: is(match.Port, "80")}, true},
		{intent.Allow, match.Atom{Field: match.Token, Key: "issuer", Value: "x"}, false},
		{intent.Allow, match.Conj(is(match.Path, "/a"), match.Atom{Field: match.Path, Op: match.Suffix, Value: "b"}), false},
	} {
		why := accessShape(c.e, c.when)
		match.Atoms(c.when, func(a match.Atom, not bool) {
			if why == "" {
				why = accessCan(c.e, match.Literal{Atom: a, Not: not})
			}
		})
		if (why == "") != c.ok {
			t.Errorf("%v %v: %q", c.e, match.String(c.when), why)
		}
	}
}
