package conformance

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	envoy "github.com/transmesh/transmesh/translate/conformance/envoy/engine"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// twoServices are those that random routes lead to, as Kubernetes has them and as pilot
// takes them without it.
var twoServices = aService("cart") + aService("cart-next")

func aService(name string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Service
metadata: {name: %[1]s, namespace: shop}
spec: {selector: {app: %[1]s}, ports: [{name: http, port: 80}, {name: http-more, port: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: %[1]s, namespace: shop}
spec:
  hosts: [%[1]s.shop.svc.cluster.local]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 8080, name: http-more, protocol: HTTP}]
  endpoints: [{address: 10.0.1.1}]
---
`, name)
}

// route is one that pilot generates, at the listener of an Envoy that serves it.
type route struct {
	manifest string
	port     int
	listener string
	model    *intent.Model
}

// routes serves random routes, as they are and as they are written again: pilot's, in a
// real Envoy. Those that Istio rejects are left out.
func routes(t *testing.T, random func(*rand.Rand) string) ([]route, *envoy.Envoy) {
	t.Helper()
	var config envoy.Config
	var out []route
	behind := envoy.NewUpstream(t)
	serve := func(manifest string, model *intent.Model) (taken bool) {
		objs, err := engine.Parse([]byte(manifest))
		if err != nil {
			t.Fatal(err, manifest)
		}
		if slices.ContainsFunc(objs, func(o engine.Object) bool { return o.Validate() != nil }) {
			return false
		}
		prefix := fmt.Sprintf("%d|", len(out))
		h := config.Host(engine.Routes(t, objs, "shop", "80", "8080"), prefix, prefix, behind, func(string) bool { return false })
		for _, port := range []int{80, 8080} {
			out = append(out, route{manifest, port, h.Listeners[fmt.Sprint(port)], model})
		}
		return true
	}
	for i := range uint64(60) {
		manifest := twoServices + random(rand.New(rand.NewPCG(seed, i)))
		again := rewritten([]byte(manifest), nil)
		if serve(manifest, again.Source) {
			serve(string(printed(t, again)), again.Source)
		}
	}
	return out, envoy.Start(t, config, behind)
}

// rule is the one that the model has for the request.
func (r route) rule(t *testing.T, path string) intent.Rule {
	t.Helper()
	at := (&match.Request{}).Set(match.Path, "", path).Set(match.ServicePort, "", fmt.Sprint(r.port))
	for _, table := range r.model.Routing {
		for _, rule := range table.Rules {
			if (table.Port == 0 || table.Port == r.port) && match.Eval(rule.When, at) {
				return rule
			}
		}
	}
	t.Fatal("no rule takes the request:", r.manifest)
	return intent.Rule{}
}

// TestServedHeaders has routes and their destinations change the same headers, and the
// authority: what arrives, and what comes back, is what the model says.
func TestServedHeaders(t *testing.T) {
	all, e := routes(t, changingHeaders)
	arrived := 0
	for _, r := range all {
		c := e.Client(r.listener)
		forward := r.rule(t, "/").Then.(intent.Forward)
		seen := map[string]bool{}
		for range 20 {
			got, err := c.Send(envoy.Request{Method: "GET", Path: "/", Host: "cart", Headers: [][2]string{{"x-a", "sent"}}, Give: []string{"x-a"}})
			if err != nil || got.Seen == nil {
				t.Fatalf("%v %d\n%s", err, got.Status, r.manifest)
			}
			for _, b := range forward.To {
				if name := b.Host.Service.Name; strings.HasSuffix(got.Seen.Cluster, "||"+name+".shop.svc.cluster.local") && !seen[name] {
					seen[name] = true
					arrived++
					sameHeaders(t, r, b, got)
				}
			}
		}
		c.Close()
	}
	if t.Logf("%d routes, %d destinations", len(all), arrived); arrived < len(all) {
		t.Error("hardly anything arrives")
	}
}

func sameHeaders(t *testing.T, r route, b intent.Backend, got envoy.Response) {
	t.Helper()
	steps := slices.Concat(r.rule(t, "/").Steps, b.Steps)
	want := changed(steps, intent.OnRequest, map[string]string{"x-a": "sent", "host": "cart"})
	have := map[string]string{"host": got.Seen.Host}
	back := changed(steps, intent.OnResponse, map[string]string{"x-a": "given"})
	haveBack := map[string]string{}
	for _, n := range []string{"X-A", "X-B"} {
		if v := got.Seen.Header.Values(n); len(v) > 0 {
			have[strings.ToLower(n)] = strings.Join(v, ",")
		}
		if v := got.Header.Values(n); len(v) > 0 {
			haveBack[strings.ToLower(n)] = strings.Join(v, ",")
		}
	}
	if !maps.Equal(have, want) || !maps.Equal(haveBack, back) {
		t.Errorf("%s\nto %s: %v, and the model says %v; back %v, and the model says %v", r.manifest, b.Host, have, want, haveBack, back)
	}
}

// changed are headers after steps.
func changed(steps []intent.Step, on intent.Message, headers map[string]string) map[string]string {
	for _, s := range steps {
		rw, is := s.(intent.Rewrite)
		if is && rw.Host != "" && on == intent.OnRequest {
			headers["host"] = rw.Host
		}
		h, is := s.(intent.Headers)
		old, there := headers[h.Name]
		switch {
		case !is || h.On != on:
		case h.Op == intent.RemoveHeader:
			delete(headers, h.Name)
		case h.Op == intent.AddHeader && there:
			headers[h.Name] = old + "," + h.Value
		default:
			headers[h.Name] = h.Value
		}
	}
	return headers
}

// changingHeaders is a random route with one destination or two.
func changingHeaders(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: shop}\nspec:\n  hosts: [cart]\n  http:\n  - route:\n")
	for _, name := range []string{"cart", "cart-next"}[:1+r.IntN(2)] {
		fmt.Fprintf(&b, "    - destination: {host: %s}\n      weight: 50\n%s", name, headerChanges(r, "      ", name))
	}
	b.WriteString(headerChanges(r, "    ", "route"))
	if r.IntN(4) == 0 {
		b.WriteString("    rewrite: {authority: rewrite.example.com}\n")
	}
	return b.String()
}

func headerChanges(r *rand.Rand, indent, by string) string {
	side := func(names ...string) string {
		ops := map[string][]string{}
		for _, name := range names {
			for _, op := range []string{"set", "add", "remove"} {
				switch {
				case r.IntN(3) > 0 || name == "host" && op == "remove":
				case op == "remove":
					ops[op] = append(ops[op], name)
				default:
					ops[op] = append(ops[op], name+": "+op+"-"+by)
				}
			}
		}
		return fmt.Sprintf("{set: {%s}, add: {%s}, remove: [%s]}", strings.Join(ops["set"], ", "), strings.Join(ops["add"], ", "), strings.Join(ops["remove"], ", "))
	}
	request := []string{"x-a", "x-b", "host"}[:2+r.IntN(2)]
	return fmt.Sprintf("%sheaders:\n%s  request: %s\n%s  response: %s\n", indent, indent, side(request...), indent, side("x-a", "x-b"))
}

// TestServedRedirects asks where redirects to other hosts, schemes and ports lead.
func TestServedRedirects(t *testing.T) {
	all, e := routes(t, redirects)
	for _, r := range all {
		c := e.Client(r.listener)
		host := "cart"
		if r.port != 80 {
			host += fmt.Sprint(":", r.port)
		}
		got, err := c.Send(envoy.Request{Method: "GET", Path: "/", Host: host})
		c.Close()
		if err != nil {
			t.Fatal(err)
		}
		to := r.rule(t, "/").Then.(intent.Redirect)
		if at, must := portOf(got.Header.Get("Location")), leads(to, r.port); at != must || got.Status != to.Status {
			t.Errorf("%s\nat %s: %d to %s, and the model says %d to port %d", r.manifest, host, got.Status, got.Header.Get("Location"), to.Status, must)
		}
	}
	if t.Logf("%d redirects", len(all)); len(all) < 100 {
		t.Error("that is too few")
	}
}

func leads(to intent.Redirect, asked int) int {
	switch {
	case to.Port > 0:
		return to.Port
	case to.Port == intent.RequestPort:
		return asked
	case to.Scheme == "https":
		return 443
	case to.Scheme == "http":
		return 80
	}
	return asked
}

func portOf(location string) int {
	scheme, rest, _ := strings.Cut(location, "://")
	host, _, _ := strings.Cut(rest, "/")
	_, port, named := strings.Cut(host, ":")
	switch {
	case named:
		n := 0
		_, _ = fmt.Sscan(port, &n)
		return n
	case scheme == "https":
		return 443
	}
	return 80
}

// redirects is a random redirect that names a host or its port.
func redirects(r *rand.Rand) string {
	parts := []string{fmt.Sprint("redirectCode: ", []int{301, 302, 303, 307, 308}[r.IntN(5)])}
	host := r.IntN(2) == 0
	if host {
		parts = append(parts, "authority: other.example.com")
	}
	scheme := r.IntN(2) == 0
	if scheme {
		parts = append(parts, "scheme: "+[]string{"http", "https"}[r.IntN(2)])
	}
	switch n := r.IntN(3); {
	case n == 0:
		parts = append(parts, fmt.Sprint("port: ", []int{8443, 8080, 443, 80}[r.IntN(4)]))
	case n == 1 || !host && !scheme:
		parts = append(parts, "derivePort: FROM_REQUEST_PORT")
	}
	when := []string{"", "match: [{port: 8080}], ", "match: [{port: 80}, {port: 8080}], "}[r.IntN(3)]
	to := "redirect: {" + strings.Join(parts, ", ") + "}"
	return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: shop}\nspec:\n  hosts: [cart]\n  http:\n  - {" +
		when + to + "}\n  - {redirect: {uri: /else}}\n"
}
