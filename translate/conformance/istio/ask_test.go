package conformance

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/match"
)

// question is a request at a workload.
type question struct {
	request *match.Request
	token   decide.TokenState
}

// ask reads what differs from a request: "POST /a/b at shop app=cart:8080 as
// web/front token issuer/subject x-id=blue".
func ask(t *testing.T, from *match.Request, line string) question {
	t.Helper()
	q := question{request: from}
	words := strings.Fields(line)
	for len(words) > 0 {
		n, ok := q.read(words)
		if !ok {
			t.Fatalf("what is %q in %q?", words[0], line)
		}
		words = words[n:]
	}
	return q
}

// base is GET / over HTTP at shop app=cart:8080 from some address, without
// identity and token.
func base() *match.Request {
	r := bare()
	return r.Set(match.ClientIP, "", "10.1.2.3").Set(match.RemoteIP, "", "203.0.113.7").Set(match.DestIP, "", "10.9.0.1")
}

// bare is base without addresses, which are then in no block.
func bare() *match.Request {
	r := &match.Request{}
	r.Set(match.Namespace, "", "shop").Set(match.Label, "app", "cart").Set(match.Port, "", "8080")
	r.Set(match.Protocol, "", "http").Set(match.Method, "", "GET").Set(match.Path, "", "/").Set(match.Scheme, "", "http")
	return r.Set(match.Host, "", "cart.shop").Set(match.Authority, "", "cart.shop")
}

// read takes the first words of a request, and returns how many.
func (q *question) read(words []string) (int, bool) {
	w, r := words[0], q.request
	k, v, isHeader := strings.Cut(w, "=")
	switch {
	case w == "tcp":
		asTCP(r)
		return 1, true
	case strings.HasPrefix(w, "/"):
		r.Set(match.Path, "", w)
		return 1, true
	case isHeader:
		r.Set(match.Header, k, v)
		return 1, true
	case w == strings.ToUpper(w) && len(words) > 0:
		r.Set(match.Method, "", w)
		return 1, true
	case len(words) < 2:
		return 0, false
	}
	return q.readPair(w, words)
}

func (q *question) readPair(w string, words []string) (int, bool) {
	r := q.request
	switch w {
	case "at":
		at(r, words[1], words[2])
		return 3, true
	case "as":
		identify(r, words[1])
	case "token":
		q.bring(words[1])
	case "claim":
		k, v, _ := strings.Cut(words[1], "=")
		r.Set(match.Token, "claim:"+k, strings.ReplaceAll(v, ",", match.Separator))
	case "for":
		r.Set(match.Token, "audience", words[1])
	case "presenter":
		r.Set(match.Token, "presenter", words[1])
	case "host":
		r.Set(match.Authority, "", words[1])
	case "sni":
		r.Set(match.SNI, "", words[1])
	case "from":
		r.Set(match.ClientIP, "", words[1])
	case "account": // of the workload, which Istio does not tell apart
		r.Set(match.Account, "", words[1])
	case "forwarded", "remote":
		r.Set(match.RemoteIP, "", words[1])
	case "to":
		r.Set(match.DestIP, "", words[1])
	default:
		return 0, false
	}
	return 2, true
}

// asTCP takes all of HTTP away.
func asTCP(r *match.Request) {
	r.Set(match.Protocol, "", "tcp")
	for _, f := range []match.Field{match.Method, match.Path, match.Scheme, match.Host, match.Authority} {
		r.Unset(f, "")
	}
	for _, f := range []match.Field{match.Header, match.Token} {
		for _, v := range r.Values(f) {
			r.Unset(f, v.Key)
		}
	}
}

func at(r *match.Request, namespace, workload string) {
	labels, port, _ := strings.Cut(workload, ":")
	r.Unset(match.Label, "app").Set(match.Namespace, "", namespace).Set(match.Port, "", port)
	for _, l := range strings.Split(labels, ",") {
		k, v, _ := strings.Cut(l, "=")
		r.Set(match.Label, k, v)
	}
}

// identify gives the client an identity: "namespace/account", of the mesh's own
// trust domain unless "domain/" comes before, or a SPIFFE name of another form.
func identify(r *match.Request, who string) {
	if name, ok := strings.CutPrefix(who, "spiffe://"); ok {
		trust, _, _ := strings.Cut(name, "/")
		r.Set(match.ClientTrust, "", trust).Set(match.ClientIdentity, "", name)
		return
	}
	parts := strings.Split(who, "/")
	if len(parts) == 2 {
		parts = append([]string{"cluster.local"}, parts...)
	}
	r.Set(match.ClientTrust, "", parts[0]).Set(match.ClientNamespace, "", parts[1]).Set(match.ClientAccount, "", parts[2])
	r.Set(match.ClientIdentity, "", parts[0]+"/ns/"+parts[1]+"/sa/"+parts[2])
}

// bring adds a valid token: "issuer/subject".
func (q *question) bring(principal string) {
	i := strings.LastIndexByte(principal, '/')
	q.token = decide.GoodToken
	q.request.Set(match.Token, "principal", principal).Set(match.Token, "issuer", principal[:i]).Set(match.Token, "subject", principal[i+1:])
}
