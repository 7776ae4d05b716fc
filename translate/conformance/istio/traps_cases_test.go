package conformance

import "github.com/transmesh/transmesh/pkg/intent"

var traps = []trap{
	{name: "no policy admits all", asks: []string{"GET / -> allow", "tcp -> allow"}},
	{
		name: "an empty spec denies all", policies: []string{`p: {}`},
		asks: []string{"GET / as shop/cart -> deny", "tcp as shop/cart -> deny", "at web app=x:80 -> allow"},
	},
	{
		name: "an empty rule allows all", policies: []string{`p: {rules: [{}]}`},
		asks: []string{"GET / -> allow", "tcp -> allow"},
	},
	{
		name: "an empty list of rules denies all", policies: []string{`p: {rules: []}`},
		asks: []string{"GET / -> deny"},
	},
	{
		// A list without members is none: it lets everyone in, and denies everyone.
		// The reader took "from: []" for an error, and "namespaces: []" for nobody,
		// so that this DENY seemed to deny nobody.
		name: "empty lists of sources and operations", policies: []string{`p: {rules: [{from: [], to: []}]}`, `d: {action: DENY, rules: [{from: [{source: {namespaces: [], ipBlocks: ["10.1.0.0/16"]}}], to: [{operation: {methods: [PUT], paths: []}}]}]}`},
		asks: []string{"GET / -> allow", "tcp from 10.2.0.1 -> allow", "PUT /x -> deny", "PUT /x from 10.2.0.1 -> allow"},
	},
	{
		name: "DENY with an empty rule denies all, whatever is allowed", policies: []string{`d: {action: DENY, rules: [{}]}`, `a: {rules: [{}]}`},
		asks: []string{"GET / as web/front -> deny", "tcp -> deny"},
	},
	{
		name: "a negated identity admits plaintext", policies: []string{`p: {rules: [{from: [{source: {notNamespaces: [evil]}}]}]}`},
		asks: []string{"GET / -> allow", "GET / as evil/x -> deny", "GET / as web/front -> allow", "tcp -> allow"},
	},
	{
		name: "a negated principal in DENY keeps plaintext out", policies: []string{`p: {action: DENY, rules: [{from: [{source: {notPrincipals: ["cluster.local/ns/web/sa/front"]}}]}]}`},
		asks: []string{"GET / -> deny", "GET / as web/front -> allow", "GET / as web/back -> deny", "tcp as web/front -> allow"},
	},
	{
		name: "all principals are not all requests", policies: []string{`p: {rules: [{from: [{source: {principals: ["*"]}}]}]}`},
		asks: []string{"GET / -> deny", "GET / as web/front -> allow", "tcp as other.example/web/front -> allow"},
	},
	{
		name: "HTTP attributes on TCP make ALLOW vanish", policies: []string{`p: {rules: [{to: [{operation: {paths: ["/a"]}}]}, {to: [{operation: {ports: ["9000"]}}]}]}`},
		asks: []string{"GET /a -> allow", "GET /b -> deny", "tcp -> deny", "tcp at shop app=cart:9000 -> allow"},
	},
	{
		name: "HTTP attributes on TCP widen DENY", policies: []string{`p: {action: DENY, rules: [{from: [{source: {namespaces: [web]}}], to: [{operation: {paths: ["/a"]}}]}]}`},
		asks: []string{"GET /a as web/x -> deny", "GET /b as web/x -> allow", "tcp as web/x -> deny", "tcp as shop/x -> allow", "tcp -> allow"},
	},
	{
		name: "one operation with HTTP attributes widens DENY on TCP to all of them", policies: []string{`p: {action: DENY, rules: [{to: [{operation: {paths: ["/a"]}}, {operation: {ports: ["9000"]}}]}]}`},
		asks: []string{"tcp -> deny", "GET /b -> allow", "GET /a -> deny"},
	},
	{
		name: "one source with HTTP attributes drops the whole ALLOW rule on TCP", policies: []string{`p: {rules: [{from: [{source: {requestPrincipals: ["*"]}}, {source: {namespaces: [web]}}]}]}`},
		asks: []string{"GET / as web/x -> allow", "GET / token other/x -> allow", "tcp as web/x -> deny"},
	},
	{
		name: "a negated path in DENY holds for all of TCP", policies: []string{`p: {action: DENY, rules: [{to: [{operation: {notPaths: ["/health"]}}]}]}`},
		asks: []string{"GET /health -> allow", "GET /x -> deny", "tcp -> deny"},
	},
	{
		name: "policies of mesh, namespace and workload add up", policies: []string{
			`istio-system/mesh: {rules: [{to: [{operation: {methods: [GET]}}]}]}`, `ns: {rules: [{to: [{operation: {methods: [POST]}}]}]}`,
			`w: {selector: {matchLabels: {app: cart}}, rules: [{to: [{operation: {methods: [PUT]}}]}]}`,
			`other: {selector: {matchLabels: {app: pay}}, rules: [{to: [{operation: {methods: [DELETE]}}]}]}`,
			`istio-system/labelled: {selector: {matchLabels: {app: cart}}, action: DENY, rules: [{to: [{operation: {paths: ["/no"]}}]}]}`,
		},
		asks: []string{
			"GET / -> allow", "POST / -> allow", "PUT / -> allow", "DELETE / -> deny", "DELETE / at shop app=pay:80 -> allow",
			"PUT / at shop app=pay:80 -> deny", "POST / at web app=cart:80 -> deny", "GET /no at web app=cart:80 -> deny", "GET /no at web app=x:80 -> allow",
		},
	},
	{
		name: "AUDIT and dry-run enforce nothing", policies: []string{
			`audit: {action: AUDIT, rules: [{to: [{operation: {methods: [GET]}}]}]}`, `dry true: {rules: [{to: [{operation: {methods: [GET]}}]}]}`,
			`deny true: {action: DENY, rules: [{}]}`,
		},
		asks: []string{"POST / -> allow", "GET / -> allow", "tcp -> allow"},
	},
	{
		// Istio reads the annotation as strconv.ParseBool does; the reader took
		// "true" only, and enforced what is a trial.
		name: "dry-run has many spellings", policies: []string{`dry True: {rules: [{to: [{operation: {methods: [GET]}}]}]}`, `one 1: {action: DENY, rules: [{}]}`},
		asks: []string{"POST / -> allow", "GET / -> allow"},
	},
	{
		name: "dry-run that is off", policies: []string{`dry F: {action: DENY, rules: [{}]}`, `f false: {rules: [{}]}`},
		asks: []string{"GET / -> deny"},
	},
	{
		name: "a wildcard ends a value, and is itself elsewhere", policies: []string{`p: {rules: [{to: [{operation: {paths: ["/a*", "*.txt", "/x*y", "/b/*/c"]}}]}]}`},
		asks: []string{"GET /administrator -> allow", "GET /a -> allow", "GET /f.txt -> allow", "GET /xzy -> deny", "GET /x*y -> allow", "GET /b/1/c -> deny", "GET /b/*/c -> allow", "GET / -> deny"},
	},
	{
		// A value with wildcards at both ends is a suffix: the one at the end is
		// itself. The reader took it for a prefix.
		name: "wildcards at both ends", policies: []string{`p: {rules: [{to: [{operation: {paths: ["*/a*"]}}]}, {when: [{key: "request.headers[x-id]", values: ["*b*"]}]}]}`},
		asks: []string{"GET /x/a* -> allow", "GET /x/ab -> deny", "GET / x-id=ab* -> allow", "GET / x-id=*bc -> deny", "GET / x-id=abc -> deny"},
	},
	{
		name: "a template is by segment", policies: []string{`p: {rules: [{to: [{operation: {paths: ["/u/{*}/cart", "/files/{**}", "/{*}/x/{**}"]}}]}]}`},
		asks: []string{
			"GET /u/7/cart -> allow", "GET /u//cart -> deny", "GET /u/7/8/cart -> deny", "GET /files/ -> allow", "GET /files -> deny",
			"GET /files/a/b -> allow", "GET /a/x/ -> allow", "GET /u/7/cart/ -> deny",
		},
	},
	{
		name: "hosts are compared with their port and whatever their case", policies: []string{`p: {rules: [{to: [{operation: {hosts: ["Cart.shop", "*.example.com", "api.*"]}}]}]}`},
		asks: []string{"GET / host cart.SHOP -> allow", "GET / host cart.shop:8080 -> deny", "GET / host A.Example.COM -> allow", "GET / host API.x -> allow", "GET / host pay -> deny"},
	},
	{
		name: "methods are compared with their case", policies: []string{`p: {rules: [{to: [{operation: {methods: [GET, "P*"], notMethods: [PUT]}}]}]}`},
		asks: []string{"GET / -> allow", "POST / -> allow", "PUT / -> deny", "DELETE / -> deny"},
	},
	{
		name: "ports are the workload's", policies: []string{`p: {rules: [{to: [{operation: {ports: ["8080"], notPaths: ["/x"]}}]}]}`, `d: {action: DENY, rules: [{to: [{operation: {notPorts: ["8080", "9000"]}}]}]}`},
		asks: []string{"GET / -> allow", "GET /x -> deny", "GET / at shop app=cart:9000 -> deny", "tcp at shop app=cart:7000 -> deny"},
	},
	{
		// The number counts, not its spelling.
		name: "a port with leading zeros", policies: []string{`p: {rules: [{to: [{operation: {ports: ["08080"]}}]}]}`},
		asks: []string{"GET / -> allow", "tcp -> allow", "tcp at shop app=cart:1 -> deny"},
	},
	{
		name: "addresses of the peer and forwarded ones", policies: []string{`p: {rules: [{from: [{source: {ipBlocks: ["10.1.0.0/16"], notIpBlocks: ["10.1.9.9"]}}, {source: {remoteIpBlocks: ["203.0.113.7"], notRemoteIpBlocks: ["10.0.0.0/8"]}}]}]}`},
		asks: []string{"GET / -> allow", "GET / forwarded 1.2.3.4 -> allow", "GET / from 10.1.9.9 forwarded 1.2.3.4 -> deny", "GET / from 10.2.0.1 -> allow", "tcp from 10.2.0.1 forwarded 10.1.1.1 -> deny"},
	},
	{
		name: "conditions on the connection", policies: []string{`p: {rules: [{when: [{key: source.ip, notValues: ["10.7.0.0/16"]}, {key: destination.ip, values: ["10.9.0.0/24"]}, {key: connection.sni, values: ["*.example.com"]}]}]}`},
		asks: []string{"tcp sni a.example.com -> allow", "tcp -> deny", "GET / sni a.example.com from 10.7.1.1 -> deny", "tcp sni a.example.com to 10.8.0.1 -> deny"},
	},
	{
		name: "a header's presence, and its absence in DENY", policies: []string{`p: {rules: [{when: [{key: "request.headers[X-Id]", values: ["*"]}]}]}`, `d: {action: DENY, rules: [{when: [{key: "request.headers[x-no]", notValues: ["1"]}]}]}`},
		asks: []string{"GET / x-id= x-no=1 -> allow", "GET / x-no=1 -> deny", "GET / x-id=a -> deny", "GET / x-id=a x-no=2 -> deny", "tcp -> deny"},
	},
	{
		name: "accounts belong to the policy's namespace, and to any trust domain", policies: []string{`p: {rules: [{from: [{source: {serviceAccounts: [front, web/back]}}]}]}`},
		asks: []string{"GET / as shop/front -> allow", "GET / as web/front -> deny", "GET / as other.example/web/back -> allow", "tcp as web/back -> allow", "GET / as web/backend -> deny"},
	},
	{
		name: "a namespace's wildcards", policies: []string{`p: {rules: [{from: [{source: {namespaces: ["team-*", "*-qa", "x*z", "*mid*"]}}]}]}`},
		asks: []string{"GET / as team-/x -> allow", "GET / as a-qa/x -> allow", "GET / as x1z/x -> allow", "GET / as amidb/x -> allow", "GET / as xz1/x -> deny", "GET / as qa/x -> deny"},
	},
	{
		// The value is put into ".*/ns/<value>/.*", whose wildcards reach over
		// slashes: "*a" holds for all identities, which have "/sa/" behind the
		// namespace. The reader took it for the namespace's own ending.
		name: "a wildcard reaches over slashes", policies: []string{`p: {rules: [{from: [{source: {namespaces: ["*a"]}}]}]}`, `d: {action: DENY, rules: [{when: [{key: source.namespace, values: ["w*sa"]}]}]}`},
		asks: []string{"GET / as shop/x -> allow", "GET / -> deny", "GET / as web/x -> deny", "GET / as beta/x -> allow"},
	},
	{
		name: "principals with wildcards", policies: []string{`p: {rules: [{from: [{source: {principals: ["*/ns/web/sa/front", "cluster.local/ns/web/sa/b*", "*/sa/robot", "cluster.local/ns/team*"]}}]}]}`},
		asks: []string{
			"GET / as other/web/front -> allow", "GET / as web/back -> allow", "GET / as other/web/back -> deny", "GET / as o/x/robot -> allow",
			"GET / as team-a/x -> allow", "GET / as web/x -> deny", "GET / -> deny",
		},
	},
	{
		name: "a wildcard in the middle of a principal is itself", policies: []string{`p: {rules: [{from: [{source: {principals: ["cluster.local/ns/*/sa/front"]}}]}]}`},
		asks: []string{"GET / as web/front -> deny"},
	},
	{
		name: "cluster.local is the mesh's own trust domain and its aliases", policies: []string{`p: {rules: [{from: [{source: {principals: ["cluster.local/ns/web/sa/front", "old.example/ns/web/sa/back", "far.example/ns/web/sa/x"]}}]}]}`},
		env: func(e *intent.Environment) { e.TrustDomain, e.TrustAliases = "own.example", []string{"old.example"} },
		asks: []string{
			"GET / as own.example/web/front -> allow", "GET / as old.example/web/front -> allow", "GET / as cluster.local/web/front -> deny",
			"GET / as own.example/web/back -> allow", "GET / as far.example/web/x -> allow", "GET / as own.example/web/x -> deny",
		},
	},
	{
		// Patterns of five parts are moved to the mesh's own trust domain as whole
		// principals are; others keep what they say.
		name: "patterns and trust domains", policies: []string{`p: {rules: [{from: [{source: {principals: ["cluster.local/ns/web/sa/f*", "cluster.local/ns/te*"]}}]}]}`},
		env: func(e *intent.Environment) { e.TrustDomain, e.TrustAliases = "own.example", []string{"old.example"} },
		asks: []string{
			"GET / as own.example/web/front -> allow", "GET / as old.example/web/front -> allow", "GET / as cluster.local/web/front -> deny",
			"GET / as cluster.local/team/x -> allow", "GET / as own.example/team/x -> deny",
		},
	},
	{
		// The own trust domain is an alias of its aliases, but cluster.local is
		// none of them: that holds for principals only.
		name: "trust domains by themselves", policies: []string{`p: {rules: [{from: [{source: {trustDomains: ["cluster.local", "old.example", "*.far"]}}]}]}`},
		env: func(e *intent.Environment) { e.TrustDomain, e.TrustAliases = "own.example", []string{"old.example"} },
		asks: []string{
			"GET / as own.example/web/front -> allow", "GET / as old.example/web/front -> allow", "GET / as cluster.local/web/front -> allow",
			"GET / as a.far/web/x -> allow", "GET / as a.near/web/x -> deny", "GET / -> deny",
		},
	},
	{
		name: "cluster.local alone is no alias", policies: []string{`p: {rules: [{from: [{source: {trustDomains: ["cluster.local"]}}]}]}`},
		env:  func(e *intent.Environment) { e.TrustDomain = "own.example" },
		asks: []string{"GET / as own.example/web/front -> deny", "GET / as cluster.local/web/front -> allow"},
	},
	{
		name: "any trust domain is still an identity", policies: []string{`p: {rules: [{from: [{source: {trustDomains: ["*"]}}]}]}`},
		asks: []string{"GET / as x/web/front -> allow", "GET / -> deny"},
	},
	{
		name: "request principals", policies: []string{`p: {rules: [{from: [{source: {requestPrincipals: ["https://id.example.com/*", "other/robot", "*/admin"]}}]}]}`},
		asks: []string{
			"GET / token https://id.example.com/ann -> allow", "GET / token other/robot -> allow", "GET / token other/robots -> deny", "GET / token other/admin -> allow",
			"GET / -> deny", "tcp -> deny",
		},
	},
	{
		name: "a request principal without a slash", policies: []string{`p: {rules: [{from: [{source: {requestPrincipals: ["oth*", "*ann"]}}]}]}`},
		asks: []string{"GET / token other/x -> allow", "GET / token https://id.example.com/joann -> allow", "GET / token https://id.example.com/joe -> deny"},
	},
	{
		name: "no token is not a wrong principal", policies: []string{`p: {action: DENY, rules: [{from: [{source: {notRequestPrincipals: ["*"]}}], to: [{operation: {paths: ["/admin*"]}}]}]}`},
		asks: []string{"GET /admin -> deny", "GET /admin token other/x -> allow", "GET / -> allow", "tcp -> deny"},
	},
	{
		name: "claims, audiences and presenters", policies: []string{`p: {rules: [{when: [{key: "request.auth.claims[groups]", values: ["dev", "op*"]}]}, {when: [{key: "request.auth.claims[deep][role]", values: [admin]}]}, {when: [{key: request.auth.audiences, values: [cart]}, {key: request.auth.presenter, notValues: [bot]}]}]}`},
		asks: []string{
			"GET / token other/x claim groups=a,ops -> allow", "GET / token other/x claim groups=a -> deny", "GET / token other/x claim deep.role=admin -> allow",
			"GET / token other/x for cart -> allow", "GET / token other/x for cart presenter bot -> deny", "GET / -> deny",
		},
	},
	{
		// A dot belongs to the name, and only brackets nest. The reader took the
		// two for the same, so that the claim of another path let requests in.
		name: "a claim with a dot in its name", policies: []string{`p: {rules: [{when: [{key: "request.auth.claims[https://example.com/roles]", values: [admin]}]}]}`},
		asks: []string{`GET / token other/x claim https://example\.com/roles=admin -> allow`, "GET / token other/x claim https://example.com/roles=admin -> deny"},
	},
	{
		name: "values and notValues hold together", policies: []string{`p: {rules: [{from: [{source: {namespaces: ["*"], notNamespaces: [evil], notPrincipals: ["cluster.local/ns/web/sa/bad"]}}], to: [{operation: {paths: ["/a*"], notPaths: ["/a/b*"]}}]}]}`},
		asks: []string{"GET /a as web/x -> allow", "GET /a/b as web/x -> deny", "GET /a as evil/x -> deny", "GET /a as web/bad -> deny", "GET /a -> deny"},
	},
	{
		name: "CUSTOM without a provider that exists denies what it matches", policies: []string{`p: {action: CUSTOM, provider: {name: gone}, rules: [{to: [{operation: {paths: ["/a"]}}]}]}`},
		asks: []string{"GET /b -> allow"},
	},
	{
		// A namespace is looked for behind any "/ns/": one called sa is found in the
		// identities of one called ns, "/ns/ns/sa/x". The reader took it for itself.
		name: "a namespace called sa is one called ns too", policies: []string{`p: {rules: [{from: [{source: {namespaces: [sa]}}, {source: {namespaces: ["x*"]}}]}]}`},
		asks: []string{"GET / as sa/front -> allow", "GET / as ns/front -> allow", "GET / as ns/sa -> allow", "GET / as web/sa -> deny", "GET / as x/ns -> allow"},
	},
	{
		name: "a namespace called ns is no other", policies: []string{`p: {action: DENY, rules: [{from: [{source: {notNamespaces: [ns, "s*"]}}]}]}`},
		asks: []string{"GET / as ns/front -> allow", "GET / as sa/ns -> allow", "GET / as web/ns -> deny", "GET / -> deny"},
	},
	{
		// In principals, cluster.local is the mesh's own trust domain; in trustDomains
		// it is itself. It was written back as a principal.
		name: "the trust domain cluster.local of another mesh", policies: []string{`p: {rules: [{from: [{source: {serviceAccounts: [web/front], trustDomains: [cluster.local]}}, {source: {principals: ["cluster.local/ns/web/sa/back"]}}]}]}`},
		env: func(e *intent.Environment) { e.TrustDomain = "corp.example" },
		asks: []string{
			"GET / as cluster.local/web/front -> allow", "GET / as corp.example/web/front -> deny", "GET / as corp.example/web/back -> allow",
			"GET / as cluster.local/web/back -> deny",
		},
	},
}
