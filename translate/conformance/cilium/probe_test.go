package cilium

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/translate/conformance/cilium/engine"
)

// stranger is a client outside of the cluster, in no block that a case names.
const stranger = "192.0.2.77"

// asked is a line of a case's probes that asks a workload, or what is outside of the
// cluster, as a request of Cilium. ok is false where the engine cannot tell: it does not normalise paths,
// and takes an address for one outside of the cluster.
func asked(question, trust string) (r engine.Request, ok bool) {
	words := strings.Fields(question)
	if len(words) > 2 && words[0] == "to" && !strings.Contains(words[1], "/") {
		return askedOutside(words, trust)
	}
	if len(words) < 3 || words[0] != "at" {
		return r, false
	}
	labels, port, _ := strings.Cut(words[2], ":")
	r.To = engine.Endpoint{Namespace: words[1], Labels: map[string]string{}}
	for _, l := range strings.Split(labels, ",") {
		k, v, _ := strings.Cut(l, "=")
		r.To.Labels[k] = v
	}
	var err error
	r.Port, err = strconv.Atoi(port)
	r.From = engine.Endpoint{Address: stranger}
	r.HTTP = &engine.HTTP{Method: "GET", Path: "/", Host: "", Headers: map[string]string{}}
	return r, err == nil && read(&r, words[3:], trust)
}

// askedOutside is a request to a host outside, of an account of a namespace.
func askedOutside(words []string, trust string) (r engine.Request, ok bool) {
	host, port, _ := strings.Cut(words[1], ":")
	if !slices.Contains(words, "as") {
		return r, false
	}
	var err error
	r.Port, err = strconv.Atoi(port)
	r.To = engine.Endpoint{Address: stranger, Host: host}
	r.HTTP = &engine.HTTP{Method: "GET", Path: "/", Host: host, Headers: map[string]string{}}
	return r, err == nil && read(&r, words[2:], trust)
}

func read(r *engine.Request, words []string, trust string) bool {
	for i := 0; i < len(words); i++ {
		w := words[i]
		name, value, isHeader := strings.Cut(w, "=")
		switch {
		case w == "tcp":
			r.HTTP = nil
		case w == strings.ToUpper(w) && !strings.ContainsAny(w, "/=."):
			r.HTTP.Method = w
		case strings.HasPrefix(w, "/"):
			if slices.ContainsFunc([]string{"//", "/.", "%"}, func(s string) bool { return strings.Contains(w, s) }) {
				return false
			}
			r.HTTP.Path = w
		case isHeader:
			r.HTTP.Headers[strings.ToLower(name)] = value
		case i+1 == len(words):
			return false
		default:
			if i++; !readPair(r, w, words[i], trust) {
				return false
			}
		}
	}
	return true
}

func readPair(r *engine.Request, word, value, trust string) bool {
	switch word {
	case "as":
		parts := strings.Split(value, "/")
		if len(parts) == 2 {
			parts = append([]string{"cluster.local"}, parts...)
		}
		r.From = engine.Endpoint{Namespace: parts[1], Account: parts[2]}
		if parts[0] != trust {
			r.From.Cluster = parts[0]
		}
	case "from":
		if r.From.IsWorld() {
			r.From.Address = value
		}
	case "host":
		if r.HTTP != nil {
			r.HTTP.Host = value
		}
	case "sni":
		r.SNI = value
	case "ip":
		r.To.Address = value
	case "token", "for", "remote": // no policy knows them
	default:
		return false
	}
	return true
}
