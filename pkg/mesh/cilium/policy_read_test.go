package cilium

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// input parses manifests as translate would hand them to the reader.
func input(t testing.TB, text string) mesh.Input {
	t.Helper()
	objs, problems := source.Parse("in.yaml", []byte(text), source.Options{})
	for _, p := range problems {
		t.Fatalf("%v: %s", p.Ref, p.Message)
	}
	return inputOf(objs)
}

// cnp is a CiliumNetworkPolicy of the namespace shop, for pods with app=web unless
// the spec says otherwise.
func cnp(spec string) string { return policyOf("CiliumNetworkPolicy", "namespace: shop, ", spec) }

// ccnp is the clusterwide form.
func ccnp(spec string) string { return policyOf("CiliumClusterwideNetworkPolicy", "", spec) }

func policyOf(kind, namespace, spec string) string {
	if !strings.Contains(spec, "endpointSelector") && !strings.Contains(spec, "nodeSelector") {
		spec = "endpointSelector: {matchLabels: {app: web}}, " + spec
	}
	return "apiVersion: cilium.io/v2\nkind: " + kind + "\nmetadata: {" + namespace + "name: p}\nspec: {" + spec + "}\n---\n"
}

// knp is a NetworkPolicy of Kubernetes in the namespace shop.
func knp(spec string) string {
	return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: shop, name: k}\nspec: {" + spec + "}\n---\n"
}

// cluster is what stands around the policies: namespaces and workloads.
const clusterText = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: blue}}
---
apiVersion: v1
kind: Namespace
metadata: {name: front, labels: {team: red}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: shop, name: web}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, ports: [{name: http, containerPort: 8080}]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: shop, name: db}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: a, ports: [{name: sql, containerPort: 5432}]}]}}}
---
`

// peerClient is who calls, as Cilium knows it.
type peerClient struct{ namespace, app, account, trust, identity, address string }

func (c peerClient) set(r *match.Request) {
	for _, f := range []struct {
		field match.Field
		value string
	}{{match.ClientNamespace, c.namespace}, {match.ClientAccount, c.account}, {match.ClientTrust, c.trust}, {match.ClientIdentity, c.identity}, {match.ClientIP, c.address}} {
		if f.value != "" {
			r.Set(f.field, "", f.value)
		}
	}
	if c.app != "" {
		r.Set(match.ClientLabel, "app", c.app)
	}
}

// Clients of the tests.
var clients = map[string]peerClient{
	"own":   {"shop", "cart", "cart", "cluster.local", "", "10.0.0.1"},
	"db":    {"shop", "db", "db", "cluster.local", "", "10.0.0.2"},
	"front": {"front", "cart", "cart", "cluster.local", "", "10.0.0.3"},
	"east":  {"shop", "cart", "cart", "east.local", "cluster:east", "10.9.0.1"},
	"world": {address: "198.51.100.1"},
	"host":  {identity: "reserved:host"},
	"proxy": {identity: "reserved:ingress"},
}

// flow is a request: who calls, whom ("web" unless said), at which port (8080
// unless said), and an HTTP request as "GET /path".
type flow struct {
	client, app string
	port        int
	http        string
}

// admitted decides about a flow.
func admitted(m *intent.Model, f flow) bool {
	var r match.Request
	clients[f.client].set(&r)
	app, port := f.app, f.port
	if app == "" {
		app = "web"
	}
	if port == 0 {
		port = 8080
	}
	r.Set(match.Namespace, "", "shop").Set(match.Label, "app", app).Set(match.Account, "", app).Set(match.Port, "", strconv.Itoa(port))
	r.Set(match.Service, "", "shop/"+app)
	r.Set(match.Protocol, "", "tcp")
	if method, target, ok := strings.Cut(f.http, " "); ok {
		path, query, asks := strings.Cut(target, "?")
		r.Set(match.Protocol, "", "http").Set(match.Method, "", method).Set(match.Path, "", path).Set(match.Authority, "", "web:80").Set(match.Host, "", "web")
		if asks {
			r.Set(match.Query, "", query)
		}
	}
	return decide.Admit(m, &r, decide.NoToken).Allowed
}

// whom lists the clients that are let in at the web.
func whom(m *intent.Model, port int, http string) string {
	var out []string
	for _, name := range sortedKeys(clients) {
		if admitted(m, flow{client: name, port: port, http: http}) {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

const all = "db east front host own proxy world"

// Who is let in, by each form of peers and of ports.
func TestWhom(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		port int
		http string
		want string
	}{
		"nothing said":                {"", 0, "", all},
		"another is selected":         {cnp(`endpointSelector: {matchLabels: {app: db}}, ingress: [{}]`), 0, "", all},
		"an empty entry denies all":   {cnp(`ingress: [{}]`), 0, "", ""},
		"ports without peers":         {cnp(`ingress: [{toPorts: [{ports: [{port: "8080", protocol: TCP}]}]}]`), 0, "", all},
		"another port":                {cnp(`ingress: [{toPorts: [{ports: [{port: "8080", protocol: TCP}]}]}]`), 9090, "", ""},
		"no peers, and ports":         {cnp(`ingress: [{fromEndpoints: [], toPorts: [{ports: [{port: "8080", protocol: TCP}]}]}]`), 0, "", ""},
		"any endpoint of its own":     {cnp(`ingress: [{fromEndpoints: [{}]}]`), 0, "", "db own"},
		"any endpoint of the cluster": {ccnp(`ingress: [{fromEndpoints: [{}]}]`), 0, "", "db front own"},
		"a label":                     {cnp(`ingress: [{fromEndpoints: [{matchLabels: {app: cart}}]}]`), 0, "", "own"},
		"a label anywhere":            {ccnp(`ingress: [{fromEndpoints: [{matchLabels: {app: cart}}]}]`), 0, "", "front own"},
		"a label of a source":         {cnp(`ingress: [{fromEndpoints: [{matchLabels: {"k8s:app": cart}}]}]`), 0, "", "own"},
		"another namespace":           {cnp(`ingress: [{fromEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": front}}]}]`), 0, "", "front"},
		"any namespace":               {cnp(`ingress: [{fromEndpoints: [{matchExpressions: [{key: io.kubernetes.pod.namespace, operator: Exists}]}]}]`), 0, "", "db front own"},
		"an account of its own":       {cnp(`ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: cart}}]}]`), 0, "", "own"},
		"an account anywhere":         {ccnp(`ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: cart}}]}]`), 0, "", "front own"},
		"all clusters":                {cnp(`ingress: [{fromEndpoints: [{matchExpressions: [{key: io.cilium.k8s.policy.cluster, operator: Exists}]}]}]`), 0, "", "db east own"},
		"another cluster":             {cnp(`ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.cluster: east}}]}]`), 0, "", "east"},
		"in some":                     {cnp(`ingress: [{fromEndpoints: [{matchExpressions: [{key: app, operator: In, values: [cart, x]}]}]}]`), 0, "", "own"},
		"in none":                     {cnp(`ingress: [{fromEndpoints: [{matchExpressions: [{key: app, operator: NotIn, values: [cart]}]}]}]`), 0, "", "db"},
		"without a label":             {cnp(`ingress: [{fromEndpoints: [{matchExpressions: [{key: version, operator: DoesNotExist}]}]}]`), 0, "", "db own"},
		"a label of namespaces":       {cnp(`ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.team: red}}]}]`), 0, "", "front"},
		"namespaces without a label":  {cnp(`ingress: [{fromEndpoints: [{matchExpressions: [{key: io.cilium.k8s.namespace.labels.team, operator: NotIn, values: [red]}]}]}]`), 0, "", "db own"},
		"the name of a namespace":     {cnp(`ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name: front}}]}]`), 0, "", "front"},
		"everyone":                    {cnp(`ingress: [{fromEntities: [all]}]`), 0, "", all},
		"nobody":                      {cnp(`ingress: [{fromEntities: [none]}]`), 0, "", ""},
		"the world":                   {cnp(`ingress: [{fromEntities: [world]}]`), 0, "", "world"},
		"the cluster":                 {cnp(`ingress: [{fromEntities: [cluster]}]`), 0, "", "db front host own proxy"},
		"all clusters of a mesh":      {cnp(`ingress: [{fromEntities: [cluster-mesh]}]`), 0, "", "db east front host own proxy"},
		"the host":                    {cnp(`ingress: [{fromEntities: [host]}]`), 0, "", "host"},
		"the gateway":                 {cnp(`ingress: [{fromEntities: [ingress]}]`), 0, "", "proxy"},
		"all addresses are no pods":   {cnp(`ingress: [{fromCIDR: [198.51.100.0/24, 10.0.0.0/8]}]`), 0, "", "world"},
		"a block but a part":          {cnp(`ingress: [{fromCIDRSet: [{cidr: 198.51.0.0/16, except: [198.51.100.0/24]}]}]`), 0, "", ""},
		"entries add up":              {cnp(`ingress: [{fromEntities: [world]}, {fromEndpoints: [{matchLabels: {app: db}}]}]`), 0, "", "db world"},
		"policies add up":             {cnp(`ingress: [{fromEntities: [world]}]`) + strings.Replace(cnp(`ingress: [{fromEndpoints: [{}]}]`), "name: p", "name: q", 1), 0, "", "db own world"},
		"specs add up":                {strings.Replace(cnp(`ingress: [{fromEntities: [world]}]`), "spec:", "specs: [{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}]\nspec:", 1), 0, "", "db own world"},

		"a range":             {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8000", endPort: 8100, protocol: TCP}]}]}]`), 8080, "", "db own"},
		"past a range":        {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8000", endPort: 8100, protocol: TCP}]}]}]`), 8101, "", ""},
		"a long range":        {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "1024", endPort: 60999, protocol: TCP}]}]}]`), 60999, "", "db own"},
		"past a long range":   {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "1024", endPort: 60999, protocol: TCP}]}]}]`), 61000, "", ""},
		"before a long range": {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "1024", endPort: 60999, protocol: TCP}]}]}]`), 1023, "", ""},
		"port 0 is all":       {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "0", protocol: TCP}]}]}]`), 1, "", "db own"},
		"no ports are all":    {cnp(`ingress: [{fromEndpoints: [{}], toPorts: []}]`), 1, "", "db own"},
		"another protocol":    {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: UDP}]}]}]`), 0, "", ""},
		"a name":              {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: http}]}]}]`), 8080, "", "db own"},
		"an unknown name":     {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: admin}]}]}]`), 8080, "", ""},
		"a name of several":   {cnp(`endpointSelector: {}, ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: http}]}]}]`), 8080, "", ""},
		"ICMP is another":     {cnp(`ingress: [{fromEndpoints: [{}], icmps: [{fields: [{type: 8}]}]}]`), 0, "", ""},

		"a denial wins":                 {cnp(`ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{matchLabels: {app: cart}}]}]`), 0, "", "db east front host proxy world"},
		"a denial closes":               {cnp(`ingressDeny: [{fromEndpoints: [{matchLabels: {app: cart}}]}]`), 0, "", ""},
		"a denial that closes nothing":  {cnp(`enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEndpoints: [{matchLabels: {app: cart}}]}]`), 0, "", "db east front host proxy world"},
		"a denial of a port":            {cnp(`enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEntities: [all], toPorts: [{ports: [{port: "8080"}]}]}]`), 0, "", ""},
		"a denial of another port":      {cnp(`enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEntities: [all], toPorts: [{ports: [{port: "9090"}]}]}]`), 0, "", all},
		"a denial of unknown addresses": {cnp(`enableDefaultDeny: {ingress: false}, ingressDeny: [{fromCIDRSet: [{cidrGroupRef: g}]}]`), 0, "", "db east front own"},
		"a denial of an unknown name":   {cnp(`enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEndpoints: [{}], toPorts: [{ports: [{port: admin}]}]}]`), 0, "", "east front host proxy world"},
		"closed without rules":          {cnp(`enableDefaultDeny: {ingress: true}, egress: [{}]`), 0, "", "db east front host own proxy world"},
		"open by hand":                  {cnp(`enableDefaultDeny: {ingress: false}, ingress: [{fromEndpoints: [{}]}]`), 0, "", all},
		"its namespace is forced":       {cnp(`endpointSelector: {matchLabels: {app: web, io.kubernetes.pod.namespace: other}}, ingress: [{}]`), 0, "", ""},
		"authentication that fails":     {cnp(`ingress: [{fromEndpoints: [{}], authentication: {mode: test-always-fail}}]`), 0, "", ""},
		"authentication":                {cnp(`ingress: [{fromEndpoints: [{}], authentication: {mode: required}}]`), 0, "", "db own"},
		"nodes are no workloads":        {ccnp(`nodeSelector: {}, ingress: [{}]`), 0, "", all},
		"endpoints that are no pods":    {ccnp(`endpointSelector: {matchLabels: {"reserved:init": ""}}, ingress: [{}]`), 0, "", all},
		"egress closes no ingress":      {cnp(`egress: [{}]`), 0, "", "db east front host own proxy world"},

		"a method":               {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{method: GET}]}}]}]`), 0, "GET /a", "db own"},
		"another method":         {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{method: GET}]}}]}]`), 0, "POST /a", ""},
		"not HTTP":               {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{method: GET}]}}]}]`), 0, "", ""},
		"any request":            {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{}]}}]}]`), 0, "GET /a", "db own"},
		"no rules":               {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: []}}]}]`), 0, "", "db own"},
		"a path":                 {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{path: "/a"}]}}]}]`), 0, "GET /a", "db own"},
		"a path with its query":  {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{path: "/a(\\?.*)?"}]}}]}]`), 0, "GET /a", "db own"},
		"a path is all of it":    {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{path: "/a"}]}}]}]`), 0, "GET /ab", ""},
		"a wider rule opens":     {cnp(`ingress: [{fromEndpoints: [{matchLabels: {app: db}}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{method: GET}]}}]}, {fromEndpoints: [{}]}]`), 0, "POST /a", "db own"},
		"a host":                 {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{host: "web:80"}]}}]}]`), 0, "GET /a", "db own"},
		"a host with its port":   {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{host: "web"}]}}]}]`), 0, "GET /a", ""},
		"a header that is not":   {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{headers: ["X-A: b"]}]}}]}]`), 0, "GET /a", ""},
		"a header that is added": {cnp(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{headerMatches: [{name: X-A, value: b, mismatch: ADD}]}]}}]}]`), 0, "GET /a", "db own"},

		"Kubernetes' own":                {knp(`podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}]`), 0, "", "db own"},
		"Kubernetes' own denies all":     {knp(`podSelector: {}, policyTypes: [Ingress]`), 0, "", ""},
		"Kubernetes' own lets all in":    {knp(`podSelector: {}, ingress: [{}]`), 0, "", all},
		"Kubernetes' own with namespace": {knp(`podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}, podSelector: {matchLabels: {app: cart}}}]}]`), 0, "", "front"},
		"Kubernetes' own by address":     {knp(`podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 198.51.0.0/16}}]}]`), 0, "", "world"},
		"Kubernetes' own of a port":      {knp(`podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: http}]}]`), 8080, "", all},
		"Kubernetes' own of egress":      {knp(`podSelector: {}, policyTypes: [Egress]`), 0, "", "front host proxy world"},
		"both add up":                    {cnp(`ingress: [{fromEntities: [world]}]`) + knp(`podSelector: {}, ingress: [{from: [{podSelector: {}}]}]`), 0, "", "db own world"},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(t, clusterText+c.text)
			m, _ := read(in)
			for _, o := range in.Objects {
				if p := o.Root.Problems(); len(p) > 0 {
					t.Errorf("a problem: %+v", p)
				}
				o.Root.Leaves(func(l source.Leaf) {
					if !l.Read && l.Skipped == "" && l.Inert == "" {
						t.Errorf("unread: %v = %q", l.Ref(), l.Value())
					}
				})
			}
			if got := whom(m, c.port, c.http); got != c.want {
				t.Errorf("lets in %q, and should %q\n%s", got, c.want, intent.Print(m))
			}
		})
	}
}

// Whom a workload may dial: own is selected by the policies.
func TestDials(t *testing.T) {
	const own = `endpointSelector: {matchLabels: {app: cart}}, `
	for name, c := range map[string]struct {
		text string
		port int
		app  string
		want bool
	}{
		"nothing said":             {"", 0, "web", true},
		"another is selected":      {cnp(`endpointSelector: {matchLabels: {app: db}}, egress: [{}]`), 0, "web", true},
		"nothing":                  {cnp(own + `egress: [{}]`), 0, "web", false},
		"a label":                  {cnp(own + `egress: [{toEndpoints: [{matchLabels: {app: web}}]}]`), 0, "web", true},
		"another label":            {cnp(own + `egress: [{toEndpoints: [{matchLabels: {app: web}}]}]`), 0, "db", false},
		"a port":                   {cnp(own + `egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: "8080"}]}]}]`), 8080, "web", true},
		"another port":             {cnp(own + `egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: "8080"}]}]}]`), 9090, "web", false},
		"the outside":              {cnp(own + `egress: [{toCIDR: [0.0.0.0/0]}, {toEntities: [world]}, {toFQDNs: [{matchName: example.com}]}]`), 0, "web", false},
		"the cluster":              {cnp(own + `egress: [{toEntities: [cluster]}]`), 0, "web", true},
		"a Service":                {cnp(own + `egress: [{toServices: [{k8sService: {serviceName: web, namespace: shop}}]}]`), 0, "web", true},
		"another Service":          {cnp(own + `egress: [{toServices: [{k8sService: {serviceName: web, namespace: shop}}]}]`), 0, "db", false},
		"a denial":                 {cnp(own + `enableDefaultDeny: {egress: false}, egressDeny: [{toEndpoints: [{matchLabels: {app: web}}]}]`), 0, "web", false},
		"a denial of another":      {cnp(own + `enableDefaultDeny: {egress: false}, egressDeny: [{toEndpoints: [{matchLabels: {app: db}}]}]`), 0, "web", true},
		"a denial of the outside":  {cnp(own + `enableDefaultDeny: {egress: false}, egressDeny: [{toCIDR: [0.0.0.0/0]}]`), 0, "web", true},
		"ingress closes no egress": {cnp(own + `ingress: [{}]`), 0, "web", true},
		"names that may be asked":  {cnp(own + `egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: "53"}], rules: {dns: [{matchName: example.com}]}}]}]`), 53, "web", false},
		"any name":                 {cnp(own + `egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: "53"}], rules: {dns: [{matchPattern: "*"}]}}]}]`), 53, "web", true},
		"both ends":                {cnp(own+`egress: [{toEntities: [all]}]`) + strings.Replace(cnp(`ingress: [{}]`), "name: p", "name: q", 1), 0, "web", false},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(t, clusterText+c.text)
			m, _ := read(in)
			for _, o := range in.Objects {
				if p := o.Root.Problems(); len(p) > 0 {
					t.Errorf("a problem: %+v", p)
				}
			}
			if got := admitted(m, flow{client: "own", app: c.app, port: c.port}); got != c.want {
				t.Errorf("is %t\n%s", got, intent.Print(m))
			}
		})
	}
}

// What Cilium or the API server refuses lets nobody in, whatever else does.
func TestRefused(t *testing.T) {
	const at = `ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: `
	for name, text := range map[string]string{
		"Kafka":                    cnp(at + `{kafka: [{topic: a}]}}]}]`),
		"a protocol of plugins":    cnp(at + `{l7proto: r2d2, l7: [{cmd: READ}]}}]}]`),
		"requirements":             cnp(`ingress: [{fromRequires: [{matchLabels: {a: b}}]}]`),
		"no rules at all":          cnp(`ingress: []`),
		"two kinds of peers":       cnp(`ingress: [{fromEntities: [all], fromCIDR: [0.0.0.0/0]}]`),
		"requests in a denial":     cnp(`ingressDeny: [{fromEntities: [all], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{}]}}]}]`),
		"HTTP without TCP":         cnp(`ingress: [{toPorts: [{ports: [{port: "8080"}], rules: {http: [{}]}}]}]`),
		"HTTP on all ports":        cnp(`ingress: [{toPorts: [{ports: [{port: "0", protocol: TCP}], rules: {http: [{}]}}]}]`),
		"a protocol in lower case": cnp(`ingress: [{toPorts: [{ports: [{port: "8080", protocol: tcp}]}]}]`),
		"an unknown entity":        cnp(`ingress: [{fromEntities: [pods]}]`),
		"no block":                 cnp(`ingress: [{fromCIDR: [10.0.0.0.0/8]}]`),
		"no port":                  cnp(`ingress: [{toPorts: [{ports: [{port: "70000"}]}]}]`),
		"a number without quotes":  cnp(`ingress: [{toPorts: [{ports: [{port: 80}]}]}]`),
		"a port without a number":  cnp(`ingress: [{toPorts: [{ports: [{protocol: TCP}]}]}]`),
		"an address":               cnp(`ingress: [{fromCIDR: [10.0.0.1]}]`),
		"a label of blanks":        cnp(`ingress: [{fromEndpoints: [{matchLabels: {"a b": c}}]}]`),
		"a range of names":         knp(`podSelector: {}, ingress: [{ports: [{port: http, endPort: 90}]}]`),
		"a number in quotes":       knp(`podSelector: {}, ingress: [{ports: [{port: "80"}]}]`),
		"ICMP and ports":           cnp(`ingress: [{toPorts: [{ports: [{port: "80"}]}], icmps: [{fields: [{type: 8}]}]}]`),
		"no expression":            cnp(at + `{http: [{path: "/("}]}}]}]`),
		"no mode":                  cnp(`ingress: [{fromEndpoints: [{}], authentication: {mode: maybe}}]`),
		"no operator":              cnp(`ingress: [{fromEndpoints: [{matchExpressions: [{key: a, operator: Is, values: [b]}]}]}]`),
		"both selectors":           ccnp(`endpointSelector: {}, nodeSelector: {}, ingress: [{}]`),
		"pods and addresses":       knp(`podSelector: {}, ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]`),
		"nobody":                   knp(`podSelector: {}, ingress: [{from: [{}]}]`),
		"a policy type":            knp(`podSelector: {}, policyTypes: [ingress]`),
	} {
		t.Run(name, func(t *testing.T) {
			in := input(t, clusterText+text)
			m, _ := read(in)
			problems := 0
			for _, o := range in.Objects {
				problems += len(o.Root.Problems())
			}
			if problems == 0 {
				t.Error("nothing is wrong with it")
			}
			if got := whom(m, 8080, "GET /a"); got != "" {
				t.Errorf("lets in %q\n%s", got, intent.Print(m))
			}
		})
	}
}

// Without the namespaces, what is about their labels lets nobody in, and keeps
// out all that it may mean.
func TestUnknownNamespaces(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"with a label":    {cnp(`ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.team: red}}]}]`), ""},
		"without a label": {cnp(`ingress: [{fromEndpoints: [{matchExpressions: [{key: io.cilium.k8s.namespace.labels.team, operator: DoesNotExist}]}]}]`), ""},
		"a denial":        {cnp(`enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.team: red}}]}]`), "east host proxy world"},
		"whom it closes":  {ccnp(`endpointSelector: {matchLabels: {io.cilium.k8s.namespace.labels.team: red}}, ingress: [{fromEntities: [all]}]`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, diags := read(input(t, c.text))
			if got := whom(m, 0, ""); got != c.want {
				t.Errorf("lets in %q, and should %q\n%s", got, c.want, intent.Print(m))
			}
			if !slices.ContainsFunc(diags, func(d diag.Diagnostic) bool { return d.Code == diag.NeedsInventory }) {
				t.Error("does not ask for the namespaces")
			}
		})
	}
}

// What the environment says about policies.
func TestEnforcement(t *testing.T) {
	for mode, want := range map[string]string{"default": "db own", "always": "db own", "never": all} {
		in := input(t, cnp(`ingress: [{fromEndpoints: [{}]}]`))
		in.Env.Cilium.Enforcement = mode
		m, _ := read(in)
		if got := whom(m, 0, ""); got != want {
			t.Errorf("%s: lets in %q, and should %q", mode, got, want)
		}
	}
	in := input(t, "")
	in.Env.Cilium.Enforcement = "always"
	if m, _ := read(in); whom(m, 0, "") != "" {
		t.Error("always: lets in where no policy is")
	}
}
