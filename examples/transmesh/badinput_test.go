package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// good is a document that is translated whatever stands beside it.
const good = `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: good, namespace: fine}
spec:
  hosts: [good]
  http:
  - timeout: 2s
    route: [{destination: {host: good, port: {number: 80}}}]
`

// head begins a VirtualService whose routes follow, at line 7.
const head = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bad, namespace: shop}
spec:
  hosts: [bad]
  http:
`

const policy = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: bad, namespace: shop}
spec:
`

// Input that is wrong gets a finding with its position, the rest is translated,
// and nothing panics or takes long.
func TestBadInput(t *testing.T) {
	route := "    route: [{destination: {host: bad, port: {number: 80}}}]\n"
	tests := []struct {
		name, in string
		status   int
		want     string // of standard error
		alone    bool   // nothing else of the file can be translated
	}{
		{"no YAML", "a: [b\n", 2, `in\.yaml:\d+:\d+: error\[unreadable\]`, true},
		{"a wrong type", head + "  - route:\n    - {destination: {host: bad}, weight: \"ten\"}\n", 1, `in\.yaml:8:42: error\[wrong-type\]: weight`, false},
		{"an unknown field", head + "  - timeoutt: 3s\n" + route, 0, `in\.yaml:7:5: warning\[unknown-field\]: .*timeoutt`, false},
		{"a field in the wrong place", head + "  - route:\n    - {destination: {host: bad, port: {number: 80}}, timeout: 3s}\n", 0, `in\.yaml:8:\d+: warning\[unknown-field\]: .*timeout`, false},
		{"an unknown map", head + "  - timeoutt: {a: 3s, b: [4s, 5s]}\n" + route, 0, `(?m)^in\.yaml:7:5: warning\[unknown-field\]: VirtualService shop/bad has no field spec\.http\[0\]\.timeoutt\n[^\[]*in\.yaml:8:`, false},
		{"prefix beside uri", head + "  - match: [{uri: {exact: /a}, prefix: /b}]\n" + route, 0, `in\.yaml:7:\d+: warning\[unknown-field\]: .*prefix`, false},
		{"a conflict of a merge", head + "<<<<<<< ours\n  - timeout: 1s\n=======\n  - timeout: 2s\n>>>>>>> theirs\n" + route, 2, `in\.yaml:7:1: error\[unreadable\].*merge`, false},
		{"a template", head + "  {{- range .Values.routes }}\n  - timeout: {{ .timeout }}\n  {{- end }}\n", 2, `in\.yaml:\d+:\d+: error\[unreadable\].*template`, false},
		{"a key twice", head + "  - timeout: 1s\n    timeout: 2s\n" + route, 1, `in\.yaml:8:5: error\[duplicate-key\]: timeout of VirtualService shop/bad is said already, in line 7`, false},
		{"no JSON", "{\"kind\": \"VirtualService\",\n\"spec\": {\"hosts\": [1}}\n", 2, `in\.yaml:2:21: error\[unreadable\]: .*invalid character '}' after array element`, false},
		{"a list that is no manifest", "- op: replace\n  path: /spec/hosts\n", 0, `in\.yaml:1:1: warning\[no-manifest\]: the document is a list, and no manifest`, false},
		{"a list that names a policy", "- apiVersion: security.istio.io/v1\n  kind: AuthorizationPolicy\n", 2, `(?s)warning\[no-manifest\]: the document is a list.*all requests to namespace default count as denied`, false},
		{"a text", "hello\n", 2, `in\.yaml:1:1: error\[unreadable\]: .*not a manifest`, false},
		{"two documents without a marker", head + "  - timeout: 1s\n" + route + policy + "  {}\n", 2, `(?s)in\.yaml:9:1: error\[unreadable\]: another manifest begins.*all requests count as denied`, false},
		{"many aliases", aliases(), 2, `in\.yaml:\d+:\d+: error`, false},
		{"many brackets", "kind: " + strings.Repeat("[", 100_000) + "\n", 2, `in\.yaml:\d+:\d+: error`, true},
		{"a NUL byte", head + "  - timeout: \"1s\x00\"\n" + route, 2, `in\.yaml:7:\d+: error`, true},
		{"a byte order mark", "\ufeff" + head + "  - timeout: 1s\n" + route, 0, ``, false},
		{"carriage returns", strings.ReplaceAll(head+"  - timeout: 1s\n"+route, "\n", "\r\n"), 0, ``, false},
		{"a tab", head + "\t- timeout: 1s\n" + route, 2, `in\.yaml:7:\d+: error\[unreadable\]`, false},
		{"one name twice", head + "  - timeout: 1s\n" + route + "---\n" + head + "  - timeout: 2s\n" + route, 1, `error\[duplicate-object\]: VirtualService shop/bad`, false},
		{"a Service that is nowhere", head + "  - route: [{destination: {host: nowhere, port: {number: 80}}}]\n", 0, `in\.yaml:7:\d+: warning\[unknown-service\]: .*shop/nowhere`, false},
		{"a subset that is nowhere", head + "  - route: [{destination: {host: bad, subset: v9}}]\n", 1, `in\.yaml:7:\d+: \w+\[unknown-subset\]: .*v9`, false},
		{"weights that sum to 0", head + "  - route:\n    - {destination: {host: bad}, weight: 0}\n    - {destination: {host: worse}, weight: 0}\n", 1, `in\.yaml:8:5: error\[invalid-value\].*sum to 0`, false},
		{"a pattern that does not compile", head + "  - match: [{uri: {regex: \"/(a\"}}]\n" + route, 1, `in\.yaml:7:27: error\[invalid-regex\]: .*no RE2 expression: missing closing \)`, false},
		{"one host twice", head + "  - timeout: 1s\n" + route + "---\n" + strings.Replace(head, "name: bad", "name: bad-2", 1) + "  - timeout: 2s\n" + route, 1, `host-claimed-twice\]: shop/bad is routed by`, false},
		{"a policy that Istio rejects", policy + "  rules:\n  - from: [{source: {}}]\n", 2, `in\.yaml:6:\d+: error\[invalid-value\]`, false},
		{"a policy with a field that does not exist", policy + "  rules:\n  - from: [{source: {principals: [a/b/c], namespacess: [x]}}]\n", 2, `(?s)error\[withheld\]: .*all requests to namespace shop count as denied.*in\.yaml:6:43: error\[unknown-field\]`, false},
		{"a policy whose fields all do not exist", policy + "  rules:\n  - to: [{operation: {pathss: [/x]}}]\n", 2, `in\.yaml:6:23: error\[unknown-field\]: .*has no field spec\.rules\[0\]\.to\[0\]\.operation\.pathss`, false},
		{"a policy that is no YAML", policy + "  rules: [\n", 2, `error\[withheld\]: .*all requests to namespace shop count as denied`, false},
		{"policies in a list that is no YAML", "kind: List\nitems:\n- kind: Service\n- kind: AuthorizationPolicy\n  spec: [\n", 2, `error\[withheld\]: .*all requests count as denied`, false},
		{"a template of a policy", strings.Replace(policy, "shop", "\"{{ .Release.Namespace }}\"", 1) + "  {}\n", 2, `error\[withheld\]: .*all requests count as denied`, false},
		{"a policy without an apiVersion", strings.SplitN(policy, "\n", 2)[1] + "  {}\n", 2, `(?s)error\[invalid-object\]: AuthorizationPolicy shop/bad does not say both.*error\[withheld\]: .*all requests to namespace shop count as denied`, false},
		{"a policy whose name cannot be", strings.Replace(policy, "name: bad", "name: Bad_Name", 1) + "  {}\n", 2, `(?s)all requests to namespace shop count as denied.*in\.yaml:3:18: error\[invalid-object\]: name "Bad_Name" of AuthorizationPolicy shop/Bad_Name is no`, false},
		{"a policy in a namespace that cannot be", strings.Replace(policy, "namespace: shop", "namespace: sh_op", 1) + "  {}\n", 2, `(?s)so all requests count as denied.*in\.yaml:3:34: error\[invalid-object\]: namespace "sh_op"`, false},
		{"a policy whose name is a number", strings.Replace(policy, "name: bad", "name: 123", 1) + "  {}\n", 2, `(?s)all requests to namespace shop count as denied.*in\.yaml:3:18: error\[wrong-type\]: name 123`, false},
		{"a route whose name cannot be", strings.Replace(head, "name: bad", "name: bad..name", 1) + "  - timeout: 1s\n" + route, 1, `in\.yaml:3:18: error\[invalid-object\]: name "bad\.\.name"`, false},
		{"a policy without a kind", strings.Replace(policy, "kind: AuthorizationPolicy\n", "", 1) + "  {}\n", 2, `(?s)error\[invalid-object\]: an object of security.istio.io/v1 does not say both.*error\[withheld\]: .*all requests to namespace shop count as denied`, false},
		{"a policy in a version that there is not", strings.Replace(policy, "/v1\n", "/v2\n", 1) + "  {}\n", 2, `(?s)Istio has no AuthorizationPolicy in security.istio.io/v2.*error\[withheld\]: linkerd: AuthorizationPolicy shop/bad.*all requests to namespace shop count as denied`, false},
		{"a route in a version that there is not", strings.Replace(head, "/v1\n", "/v9\n", 1) + "  - timeout: 1s\n" + route, 1, `(?s)in\.yaml:1:1: error\[unknown-kind\]: Istio has no VirtualService in networking.istio.io/v9.*verdict unsure`, false},
		{"a misspelt kind of policy", strings.Replace(policy, "kind: Auth", "kind: Autth", 1) + "  {}\n", 2, `(?s)error\[unknown-kind\]: Istio has no AutthorizationPolicy in security.istio.io/v1.*all requests to namespace shop count as denied`, false},
		{"a policy that no release has any more", "apiVersion: rbac.istio.io/v1alpha1\nkind: ServiceRole\nmetadata: {name: a, namespace: shop}\nspec: {}\n", 2, `(?s)error\[unknown-kind\]: Istio has no ServiceRole in rbac.istio.io/v1alpha1.*all requests to namespace shop count as denied`, false},
		{"a route of the Gateway API", "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a, namespace: shop}\nspec:\n  parentRefs: [{group: \"\", kind: Service, name: a}]\n  rules: [{backendRefs: [{name: b, port: 80}]}]\n", 0, `(?s)in\.yaml:1:1: warning\[not-translated\]: Istio may obey HTTPRoute shop/a.*--from gatewayapi@istio.*verdict unsure`, false},
		{"a route without an apiVersion", strings.SplitN(head, "\n", 2)[1] + "  - timeout: 1s\n" + route, 1, `in\.yaml:1:1: error\[invalid-object\]: VirtualService shop/bad does not say both`, false},
		{"a policy without rules that denies", policy + "  action: DENY\n", 2, `in\.yaml:5:11: error\[invalid-value\]: action "DENY"`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stdout, stderr, got := run(t, map[string]string{"in.yaml": strings.Replace(tt.in+good, "\n\n---", "\n---", 1)})
			if got != tt.status {
				t.Errorf("status %d, want %d", got, tt.status)
			}
			if !regexp.MustCompile(tt.want).MatchString(stderr) {
				t.Errorf("no %s in\n%s", tt.want, stderr)
			}
			if !tt.alone && !strings.Contains(stdout, "name: good") {
				t.Errorf("the other document is lost:\n%s\n%s", stdout, stderr)
			}
		})
	}
}

// aliases is a document that stands for millions of values.
func aliases() string {
	var b strings.Builder
	b.WriteString("kind: VirtualService\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 9; i++ {
		p := string(rune('0' + i - 1))
		n := string(rune('0' + i))
		b.WriteString("a" + n + ": &a" + n + " [" + strings.TrimSuffix(strings.Repeat("*a"+p+", ", 10), ", ") + "]\n")
	}
	return b.String()
}

// A document over the limit is refused, and a flag raises the limit.
func TestLargeDocument(t *testing.T) {
	large := map[string]string{"in.yaml": head + "  - name: \"" + strings.Repeat("x", 17<<20) + "\"\n    route: [{destination: {host: bad, port: {number: 80}}}]\n" + good}
	stdout, stderr, got := run(t, large)
	if got != 2 || !strings.Contains(stderr, "in.yaml:1:1: error[too-large]") || !strings.Contains(stdout, "name: good") {
		t.Errorf("status %d, %.300s", got, stderr)
	}
	if _, stderr, got = run(t, large, "--max-bytes", "40000000"); got == 2 {
		t.Errorf("with a higher limit: status %d, %.300s", got, stderr)
	}
}

// run converts files from Istio to Linkerd.
func run(t *testing.T, files map[string]string, more ...string) (stdout, stderr string, exit int) {
	t.Helper()
	t.Chdir(t.TempDir())
	args := append([]string{"convert", "--from", "istio", "--to", "linkerd"}, more...)
	for name, text := range files {
		if err := os.WriteFile(filepath.Clean(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-f", name)
	}
	var out, errs bytes.Buffer
	c := root()
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&errs)
	err := c.Execute()
	var s status
	switch {
	case errors.As(err, &s):
		exit = int(s)
	case err != nil:
		t.Fatal(err)
	}
	return out.String(), errs.String(), exit
}
