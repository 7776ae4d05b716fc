package translate

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
)

const parts = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: one, labels: {team: red}}
spec:
  hosts: [a]
  http:
  - timeout: 1s
    mirror: {host: a}
    route: [{destination: {host: a, subset: v1}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: one}
spec: {host: a, subsets: [{name: v1, labels: {version: v1}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: two}
spec:
  hosts: [b]
  http:
  - timeout: 1s
    mirror: {host: b}
    route: [{destination: {host: b, port: {number: 80}}}]
---
apiVersion: v1
kind: Service
metadata: {name: a, namespace: one}
spec: {selector: {app: a}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: b, namespace: two}
spec: {selector: {app: b}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: one}
spec:
  selector: {matchLabels: {app: a}}
  template: {metadata: {labels: {app: a, version: v1}}, spec: {containers: [{name: a, ports: [{containerPort: 80}]}]}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: c, namespace: two}
spec: [
`

// partly converts a part from Istio to Linkerd.
func partly(t *testing.T, part func(*source.Object) bool) (*Result, string, []string) {
	t.Helper()
	objs, problems := source.Parse("in.yaml", []byte(parts), source.Options{})
	r := Run(Input{Objects: objs, Problems: problems}, Options{From: istio.Mesh, To: linkerd.Mesh, Part: part})
	var names, at []string
	for _, m := range slices.Concat(r.Manifests, r.Patches) {
		names = append(names, m.Kind+" "+m.Namespace+"/"+m.Name)
	}
	for _, f := range r.Findings {
		if f.Code == diag.CheckFailed {
			t.Errorf("%s: %s", f.Summary, f.Detail)
		}
		if f.Code == diag.Dropped && len(f.At) > 0 {
			at = append(at, f.At[0].Object)
		}
	}
	return r, strings.Join(names, "\n"), at
}

// A namespace is converted with what policies of the whole mesh ask of it, and
// without the others. What cannot be read concerns every part.
func TestPartOfNamespace(t *testing.T) {
	r, names, dropped := partly(t, Within("one"))
	for _, want := range []string{"HTTPRoute one/a", "Service one/a-v1", "Namespace /one"} {
		if !strings.Contains(names, want) {
			t.Errorf("no %s in\n%s", want, names)
		}
	}
	if strings.Contains(names, "two") || slices.Contains(dropped, "VirtualService two/b") || !slices.Contains(dropped, "VirtualService one/a") {
		t.Errorf("what is not of the part is there: %s, findings about %v", names, dropped)
	}
	if !r.Unreadable || r.Verdict == decide.Same || !slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool { return d.Code == diag.Unreadable }) {
		t.Errorf("the unreadable document is not told: %v %v", r.Verdict, r.Findings)
	}
	for e := range r.Ledger.All() {
		if !strings.Contains(e.Ref.Object, " one/") {
			t.Errorf("%s is in the ledger", e.Ref.Object)
		}
	}
	if r.Documents != 2 {
		t.Errorf("%d documents", r.Documents)
	}
}

// Chosen objects are converted with what they need: here the Service of a subset.
func TestPartByLabel(t *testing.T) {
	_, names, dropped := partly(t, func(o *source.Object) bool { return strings.HasSuffix(o.Ref().Object, "VirtualService one/a") })
	if names != "HTTPRoute one/a\nService one/a-v1" && !strings.HasPrefix(names, "HTTPRoute one/a\nService one/a-v1\n") {
		t.Errorf("got\n%s", names)
	}
	if len(dropped) != 1 {
		t.Errorf("findings about %v", dropped)
	}
}

// What other objects need is not of the part: no Service of their subsets, no verdict
// about them, and no assumption that only they rest on.
func TestPartWithoutOthers(t *testing.T) {
	const policy = "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: a, namespace: one}\nspec: {rules: [{from: [{source: {principals: [x/ns/one/sa/a]}}]}]}\n"
	objs, _ := source.Parse("in.yaml", []byte(strings.Replace(parts, "    mirror: {host: b}\n", "", 1)+policy), source.Options{})
	objs = slices.DeleteFunc(objs, func(o *source.Object) bool { return o.Namespace == "istio-system" || o.Name == "c" })
	for name, want := range map[string]int{"two": 1, "nowhere": 0} {
		r := Run(Input{Objects: objs}, Options{From: istio.Mesh, To: linkerd.Mesh, Part: Within(name)})
		if len(r.Manifests) != want || r.Verdict != decide.Same {
			t.Errorf("%s: %d objects, %v", name, len(r.Manifests), r.Verdict)
		}
		for _, d := range r.Findings {
			if d.Code == diag.Assumption || want == 0 {
				t.Errorf("%s: %s", name, d.Summary)
			}
		}
	}
}

// twins are two namespaces with the same policy, for a path.
func twins(t *testing.T, path string) Input {
	t.Helper()
	var in strings.Builder
	for _, ns := range []string{"one", "two"} {
		in.WriteString("---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: a, namespace: " + ns + "}\n" +
			"spec: {selector: {matchLabels: {app: a}}, rules: [{to: [{operation: {paths: [" + path + "]}}]}]}\n" +
			"---\napiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: " + ns + "}\nspec: {selector: {app: a}, ports: [{name: http, port: 80}]}\n")
	}
	objs, problems := source.Parse("in.yaml", []byte(in.String()), source.Options{})
	return Input{Objects: objs, Problems: problems}
}

// Where two namespaces differ alike, each is told of by itself, whichever is asked
// for. Fails with: delete Causes where Diff or judge asks for it.
func TestPartsThatAreAlike(t *testing.T) {
	for _, ns := range []string{"one", "two"} {
		a, b := Side{Input: twins(t, "/x"), Mesh: istio.Mesh, Part: Within(ns)}, Side{Input: twins(t, "/x*"), Mesh: istio.Mesh, Part: Within(ns)}
		if d := Diff(a, b, decide.Options{}); d.Verdict != decide.Wider || len(d.Differences) != 1 {
			t.Errorf("%s: %v, %d differences", ns, d.Verdict, len(d.Differences))
		}
		r := Run(twins(t, "/x"), Options{From: istio.Mesh, To: linkerd.Mesh, Part: Within(ns)})
		if r.Verdict != decide.Narrower {
			t.Errorf("%s: converted %v", ns, r.Verdict)
		}
	}
}

// Findings of a part are at its own places, and what only defaults make of other
// namespaces is none of them. Fails with: delete first or elsewhere in keepPart and
// aboutPart.
func TestFindingsOfPart(t *testing.T) {
	r := Run(twins(t, "/x"), Options{From: istio.Mesh, To: linkerd.Mesh, Part: Within("one")})
	closed := 0
	for _, d := range r.Findings {
		if len(d.At) > 0 && !d.At[0].IsDefault() && !strings.HasSuffix(d.At[0].Object, " one/a") {
			t.Errorf("%s at %s", d.Summary, d.At[0].Object)
		}
		if strings.Contains(d.Summary, "namespace two") {
			t.Errorf("told: %s", d.Summary)
		}
		if strings.Contains(d.Summary, "namespace one") {
			closed++
		}
	}
	if closed == 0 {
		t.Error("nothing is told of the namespace's other workloads")
	}
}
