package consul

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
)

// generator makes random entries about services whose names are this round's own:
// agents remember what they were told of a name.
type generator struct {
	*rand.Rand
	round string
}

func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }

// in reports one of n.
func (g *generator) in(n int) bool { return g.IntN(n) == 0 }

func (g *generator) name(s string) string { return g.round + s }

type object = map[string]any

// encoded are entries in JSON.
func encoded(entries []object) [][]byte {
	var out [][]byte
	for _, e := range entries {
		text, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		out = append(out, text)
	}
	return out
}

// intentions is a set for three services and for all.
func (g *generator) intentions() []object {
	var out []object
	http := map[string]bool{}
	for _, s := range []string{"web", "api", "db"} {
		protocol := g.one("http", "http", "http2", "grpc", "tcp")
		http[s] = protocol != "tcp"
		out = append(out, object{"Kind": "service-defaults", "Name": g.name(s), "Protocol": protocol})
	}
	for _, name := range []string{"login", "other"} {
		out = append(out, object{"Kind": "jwt-provider", "Name": name, "Issuer": "https://" + name, "JSONWebKeySet": object{"Local": object{"JWKS": "e30="}}})
	}
	for _, dest := range []string{"web", "api", "db", "*"} {
		if g.in(4) {
			continue
		}
		e := object{"Kind": "service-intentions", "Name": dest}
		if dest != "*" {
			e["Name"] = g.name(dest)
		}
		sources := []string{"web", "api", "db", "*"}
		g.Shuffle(4, func(i, j int) { sources[i], sources[j] = sources[j], sources[i] })
		var list []object
		for _, s := range sources[:1+g.IntN(3)] {
			list = append(list, g.source(s, http[dest]))
		}
		if e["Sources"] = list; dest != "*" && g.in(5) {
			e["JWT"] = g.demand()
		}
		out = append(out, e)
	}
	return out
}

func (g *generator) source(name string, http bool) object {
	out := object{"Name": name}
	if name != "*" {
		out["Name"] = g.name(name)
	}
	if !http || g.in(3) {
		out["Action"] = g.one("allow", "deny")
		return out
	}
	var list []object
	for range 1 + g.IntN(3) {
		p := object{"Action": g.one("allow", "deny"), "HTTP": g.http()}
		if g.in(5) {
			p["JWT"] = g.demand()
		}
		list = append(list, p)
	}
	out["Permissions"] = list
	return out
}

// demand asks for a token of a provider.
func (g *generator) demand() object {
	p := object{"Name": g.one("login", "other")}
	if g.in(2) {
		p["VerifyClaims"] = []object{{"Path": []string{g.one("team", "role")}, "Value": g.one("blue", "red")}}
	}
	return object{"Providers": []object{p}}
}

// http is what a permission asks of requests.
func (g *generator) http() object {
	out := object{}
	switch g.IntN(5) {
	case 0:
		out["PathExact"] = g.one("/a", "/a/b")
	case 1:
		out["PathPrefix"] = g.one("/", "/a", "/a/")
	case 2:
		out["PathRegex"] = g.one("/a/[0-9]+", "/(a|b)/.*", "/a|/b")
	}
	if g.in(3) {
		methods := []string{"GET", "PUT", "POST"}
		out["Methods"] = methods[g.IntN(3):]
	}
	for len(out) == 0 || g.in(4) {
		headers, _ := out["Header"].([]object)
		out["Header"] = append(headers, g.header())
	}
	return out
}

func (g *generator) header() object {
	out := object{"Name": g.one("x-a", "X-B", "x-c", ":authority")}
	switch word := g.one("Exact", "Prefix", "Suffix", "Contains", "Regex", "Present"); word {
	case "Present":
		out[word] = true
	case "Regex":
		out[word] = g.one("[ab]+", "a.*", "a|b")
	default:
		out[word] = g.one("a", "ab", "b")
		if g.in(3) {
			out["IgnoreCase"] = true
		}
	}
	if g.in(3) {
		out["Invert"] = true
	}
	return out
}

// kinds in the order in which the server takes entries.
var order = []string{"mesh", "proxy-defaults", "service-defaults", "jwt-provider", "service-resolver", "service-splitter", "service-router", "service-intentions"}

func inOrder(entries []object) []object {
	slices.SortStableFunc(entries, func(a, b object) int {
		return slices.Index(order, a["Kind"].(string)) - slices.Index(order, b["Kind"].(string))
	})
	return entries
}

func joined(entries [][]byte) string {
	var out []string
	for _, e := range entries {
		out = append(out, string(e))
	}
	return strings.Join(out, "\n")
}
