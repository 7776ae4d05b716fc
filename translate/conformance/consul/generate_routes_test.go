package consul

import "fmt"

// routing is a set of resolvers, splitters and routers of three services that all
// speak HTTP.
func (g *generator) routing() []object {
	var out []object
	for _, s := range []string{"db", "web", "api"} { // the one whose subsets others name comes first
		e := object{"Kind": "service-defaults", "Name": g.name(s), "Protocol": "http"}
		if g.in(4) {
			e["LocalRequestTimeoutMs"] = 1000 * (1 + g.IntN(20))
		}
		out = append(out, e, g.resolver(s))
	}
	for _, s := range []string{"web", "api", "db"} {
		if g.in(2) {
			out = append(out, g.splitter(s))
		}
	}
	for _, s := range []string{"web", "api"} {
		if !g.in(4) {
			out = append(out, g.router(s))
		}
	}
	return out
}

func (g *generator) resolver(s string) object {
	out := object{"Kind": "service-resolver", "Name": g.name(s), "Subsets": object{
		"v1": object{"Filter": "Service.Meta.version == v1"}, "v2": object{"Filter": "Service.Meta.version == v2"},
	}}
	switch {
	case g.in(4):
		out["DefaultSubset"] = g.one("v1", "v2")
	case g.in(5) && s != "db":
		delete(out, "Subsets")
		out["Redirect"] = object{"Service": g.name("db"), "ServiceSubset": g.one("v1", "v2")}
		return out
	case g.in(8): // perhaps to itself, or around in a circle
		out["Redirect"] = object{"Service": g.name(g.one("web", "api", "db"))}
		return out
	}
	if g.in(3) {
		out["Failover"] = g.failover()
	}
	if g.in(3) {
		out["RequestTimeout"] = g.duration()
	}
	return out
}

// failover is what stands in for a service, a subset of it or both.
func (g *generator) failover() object {
	out := object{}
	for _, key := range []string{"*", "v1", "v2"}[g.IntN(3):] {
		if g.in(2) {
			out[key] = object{"Targets": []object{{"Service": g.name(g.one("web", "api", "db"))}, {"ServiceSubset": g.one("v1", "v2")}}[g.IntN(2):]}
		} else {
			out[key] = object{"Service": g.name(g.one("web", "api", "db"))}
		}
	}
	return out
}

func (g *generator) duration() string { return fmt.Sprintf("%ds", 1+g.IntN(30)) }

// leg names where requests go. A service that may be redirected has no subsets to
// name.
func (g *generator) leg(out object) {
	if g.in(2) {
		out["Service"] = g.name("db")
		if g.in(2) {
			out["ServiceSubset"] = g.one("v1", "v2")
		}
	} else if g.in(2) {
		out["Service"] = g.name(g.one("web", "api"))
	}
}

func (g *generator) splitter(s string) object {
	weights := [][]float64{{100}, {50, 50}, {33.33, 66.67}, {0.01, 99.99}, {20, 30, 50}, {12.5, 87.5}, {0, 100}}[g.IntN(7)]
	var list []object
	for i, w := range weights {
		leg := object{"Weight": w}
		if i > 0 { // the first is the service's own
			leg["Service"], leg["ServiceSubset"] = g.name("db"), []string{"", "v1", "v2"}[i]
		}
		if g.in(3) && s == "web" { // nested splitters with headers end the server
			leg["RequestHeaders"] = object{"Set": object{"x-a": "split"}, "Add": object{"x-b": "split"}}
		}
		if g.in(4) && s == "web" {
			leg["ResponseHeaders"] = object{"Set": object{"x-s": fmt.Sprint(i)}, "Add": object{}, "Remove": []string{"x-r"}}
		}
		list = append(list, leg)
	}
	return object{"Kind": "service-splitter", "Name": g.name(s), "Splits": list}
}

func (g *generator) router(s string) object {
	var list []object
	for range 1 + g.IntN(4) {
		r := object{}
		http := object{}
		if !g.in(6) {
			http = g.routed()
			r["Match"] = object{"HTTP": http}
		}
		if !g.in(6) {
			r["Destination"] = g.destination(http)
		}
		list = append(list, r)
	}
	return object{"Kind": "service-router", "Name": g.name(s), "Routes": list}
}

// routed is what a route asks of requests.
func (g *generator) routed() object {
	out := object{}
	switch g.IntN(4) {
	case 0:
		out["PathExact"] = g.one("/a", "/a/b", "/")
	case 1:
		out["PathPrefix"] = g.one("/", "/a", "/a/")
	case 2:
		out["PathRegex"] = g.one("/a/[0-9]+", "/(a|b)/.*", "/a|/b", "(?i)/A")
	}
	if len(out) > 0 && g.in(4) {
		out["CaseInsensitive"] = true
	}
	if g.in(3) {
		methods := []string{"GET", "PUT", "POST"}
		out["Methods"] = methods[g.IntN(3):]
	}
	if g.in(3) {
		h := g.header()
		if delete(h, "IgnoreCase"); h["Contains"] != nil {
			delete(h, "Contains")
			h["Present"] = true
		}
		out["Header"] = []object{h}
	}
	if g.in(4) {
		q := object{"Name": g.one("q", "r")}
		switch g.IntN(3) {
		case 0:
			q["Exact"] = g.one("1", "2")
		case 1:
			q["Regex"] = g.one("1.*", "[12]")
		default:
			q["Present"] = true
		}
		out["QueryParam"] = []object{q}
	}
	return out
}

func (g *generator) destination(http object) object {
	out := object{}
	g.leg(out)
	if http["PathExact"] != nil || http["PathPrefix"] != nil {
		if g.in(2) {
			out["PrefixRewrite"] = g.one("/", "/z", "/z/")
		}
	}
	if g.in(3) {
		out["RequestTimeout"] = g.one(g.duration(), g.duration(), "-1s")
	}
	if g.in(4) {
		out["IdleTimeout"] = g.one(g.duration(), "-1s")
	}
	if g.in(3) {
		out["NumRetries"] = g.IntN(4)
	}
	if g.in(3) {
		out["RetryOn"] = []string{g.one("5xx", "reset", "cancelled"), "unavailable"}
	}
	if g.in(4) {
		out["RetryOnStatusCodes"] = []int{429, 502 + g.IntN(3)}
	}
	if g.in(4) {
		out["RetryOnConnectFailure"] = true
	}
	if g.in(3) {
		out["RequestHeaders"] = object{"Set": object{g.one("x-a", "X-H"): "route"}, "Remove": []string{g.one("x-b", "x-c")}}
	}
	if g.in(4) {
		out["ResponseHeaders"] = object{"Add": object{"x-s": "route"}}
	}
	return out
}
