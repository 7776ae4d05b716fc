package consul

import "fmt"

// gateways is a set of gateways in front of three services of HTTP and one of TCP, with
// the chains of these.
func (g *generator) gateways() []object {
	out := []object{{"Kind": "service-defaults", "Name": g.name("pg"), "Protocol": "tcp"}}
	for _, e := range g.routing() {
		if e["Kind"] != "service-router" || g.in(3) {
			out = append(out, e)
		}
	}
	out = inOrder(out)
	if g.in(2) {
		return append(out, g.ingress())
	}
	out = append(out, g.apiGateway())
	for i := range 1 + g.IntN(3) {
		out = append(out, g.httpRoute(fmt.Sprint("route", i)))
	}
	if g.in(2) {
		out = append(out, object{
			"Kind": "tcp-route", "Name": g.name("connections"), "Parents": []object{{"Kind": "api-gateway", "Name": g.name("edge"), "SectionName": "pg"}},
			"Services": []object{{"Name": g.name("pg")}},
		})
	}
	return out
}

// ingress is an ingress-gateway.
func (g *generator) ingress() object {
	hosts := []string{"a.example.com", "b.example.com", "*.example.com", "*"}
	g.Shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
	var services []object
	names := []string{"web", "api", "db"}
	for i, name := range names[:1+g.IntN(3)] {
		s := object{"Name": g.name(name), "Hosts": []string{hosts[i]}}
		if i == 0 && g.in(2) {
			s["Hosts"] = []string{hosts[i], hosts[3]}
		}
		if g.in(3) {
			s["RequestHeaders"] = object{"Set": object{"x-a": "gateway"}, "Remove": []string{"x-b"}}
		}
		if g.in(3) {
			s["ResponseHeaders"] = object{"Add": object{"x-s": "gateway"}}
		}
		g.bounds(s)
		services = append(services, s)
	}
	listeners := []object{{"Port": 8080, "Protocol": "http", "Services": services}}
	if g.in(2) {
		listeners = append(listeners, object{"Port": 5432, "Protocol": "tcp", "Services": []object{{"Name": g.name("pg")}}})
	}
	out := object{"Kind": "ingress-gateway", "Name": g.name("edge"), "Listeners": listeners}
	if g.in(2) {
		all := object{}
		g.bounds(all)
		out["Defaults"] = all
	}
	for _, at := range []object{out, listeners[0]} {
		if g.in(4) {
			at["TLS"] = g.ingressTLS()
		}
	}
	return out
}

// bounds limits what a gateway sends.
func (g *generator) bounds(to object) {
	for _, key := range []string{"MaxConnections", "MaxPendingRequests", "MaxConcurrentRequests"} {
		if g.in(4) {
			to[key] = g.IntN(4)
		}
	}
	if g.in(4) {
		to["PassiveHealthCheck"] = object{"MaxFailures": g.IntN(4), "Interval": "3s", "EnforcingConsecutive5xx": 100 * g.IntN(2)}
	}
}

// ingressTLS is how listeners of an ingress-gateway are secured.
func (g *generator) ingressTLS() object {
	out := object{"Enabled": g.in(2)}
	if g.in(2) {
		out["TLSMinVersion"] = g.one("TLSv1_1", "TLSv1_2")
		out["CipherSuites"] = []string{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}
	}
	return out
}

// apiGateway is an api-gateway.
func (g *generator) apiGateway() object {
	plain := object{"Name": "plain", "Port": 8080, "Protocol": "http"}
	if g.in(2) {
		plain["Hostname"] = g.one("*.example.com", "a.example.com")
	}
	return object{"Kind": "api-gateway", "Name": g.name("edge"), "Listeners": []object{
		plain, {"Name": "other", "Port": 8081, "Protocol": "http"}, {"Name": "pg", "Port": 5432, "Protocol": "tcp"},
	}}
}

// httpRoute is a route of the gateway, for one listener or for all.
func (g *generator) httpRoute(name string) object {
	parent := object{"Kind": "api-gateway", "Name": g.name("edge")}
	if g.in(2) {
		parent["SectionName"] = g.one("plain", "other")
	}
	var rules []object
	for range 1 + g.IntN(3) {
		rules = append(rules, g.gatewayRule())
	}
	out := object{"Kind": "http-route", "Name": g.name(name), "Parents": []object{parent}, "Rules": rules}
	if !g.in(3) {
		out["Hostnames"] = []string{[]string{"a.example.com", "b.example.com", "c.example.org"}[g.IntN(3)]}
	}
	return out
}

func (g *generator) gatewayRule() object {
	out := object{}
	if !g.in(4) {
		var all []object
		for range 1 + g.IntN(2) {
			all = append(all, g.gatewayMatch())
		}
		out["Matches"] = all
	}
	filters := object{}
	if g.in(3) {
		filters["Headers"] = []object{{"Set": object{"x-a": "rule"}, "Remove": []string{"x-b"}}}
	}
	if g.in(4) {
		filters["URLRewrite"] = object{"Path": g.one("/", "/z", "/z/")}
	}
	if g.in(4) {
		filters["TimeoutFilter"] = object{"RequestTimeout": g.duration()}
	}
	if g.in(4) {
		filters["RetryFilter"] = object{"NumRetries": 1 + g.IntN(3), "RetryOn": []string{"5xx"}, "RetryOnStatusCodes": []int{429}}
	}
	out["Filters"] = filters
	if g.in(4) {
		out["ResponseFilters"] = object{"Headers": []object{{"Add": object{"x-s": "rule"}}}}
	}
	var services []object
	names := []string{"web", "api", "db"}
	g.Shuffle(3, func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, n := range names[:1+g.IntN(2)] {
		s := object{"Name": g.name(n)}
		if g.in(2) {
			s["Weight"] = g.IntN(4)
		}
		if g.in(4) {
			s["Filters"] = object{"Headers": []object{{"Set": object{"x-a": "leg"}, "Add": object{"x-c": "leg"}}}}
		}
		services = append(services, s)
	}
	out["Services"] = services
	return out
}

func (g *generator) gatewayMatch() object {
	out := object{}
	if !g.in(4) {
		out["Path"] = object{"Match": g.one("exact", "prefix", "prefix"), "Value": g.one("/a", "/a/b", "/", "/b")}
	}
	if g.in(4) {
		out["Path"] = object{"Match": "regex", "Value": g.one("/a/[0-9]+", "/a|/b")}
	}
	if g.in(3) {
		out["Method"] = g.one("GET", "PUT")
	}
	if g.in(3) {
		h := object{"Name": g.one("x-a", "x-b"), "Match": g.one("exact", "prefix", "suffix", "present"), "Value": g.one("a", "ab")}
		out["Headers"] = []object{h}
	}
	if g.in(4) {
		out["Query"] = []object{{"Name": "q", "Match": g.one("exact", "present"), "Value": "1"}}
	}
	return out
}
