package consul

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// samples are requests that tell expressions apart, as a comparison takes them,
// with what is known of their client and of their workload.
func samples(exprs []match.Expr, known *match.Request, http bool) []*match.Request {
	known.Set(match.Protocol, "", "tcp")
	if http {
		known.Set(match.Protocol, "", "http")
	}
	for i, e := range exprs {
		exprs[i] = match.Map(e, func(a match.Atom) match.Expr {
			if a.Field.HTTP() {
				return nil
			}
			v, there := known.Lookup(a.Field, a.Key)
			if there && a.Holds(v) {
				return match.True
			}
			return match.False
		})
	}
	exprs = append(exprs, match.Atom{Field: match.Protocol, Value: map[bool]string{true: "http", false: "tcp"}[http]})
	var out []*match.Request
	match.Split(exprs, match.DefaultBudget, func(q *match.Request, holds []bool) bool {
		if holds[len(holds)-1] {
			out = append(out, onto(known, q))
		}
		return len(out) < most
	})
	return out
}

// most bounds the samples of one question.
const most = 400

// onto adds the attributes of HTTP to what is known.
func onto(known, q *match.Request) *match.Request {
	out := known.Clone()
	for _, f := range []match.Field{match.Path, match.Method, match.Scheme, match.Host, match.Authority} {
		out.Copy(q, f)
	}
	for _, f := range []match.Field{match.Header, match.Query, match.Token} {
		for _, v := range q.Values(f) {
			out.Set(f, v.Key, v.Value)
		}
	}
	return out
}

// headers are those of a request as Envoy keeps them, nil for a connection.
func headers(q *match.Request) map[string]string {
	if p, _ := q.Lookup(match.Protocol, ""); p != "http" {
		return nil
	}
	get := func(f match.Field, otherwise string) string {
		if v, there := q.Lookup(f, ""); there {
			return v
		}
		return otherwise
	}
	out := map[string]string{
		":path": get(match.Path, "/"), ":method": get(match.Method, "GET"), ":scheme": get(match.Scheme, "http"),
		":authority": get(match.Authority, get(match.Host, "any")),
	}
	for _, h := range q.Values(match.Header) {
		out[h.Key] = h.Value
	}
	var pairs []string
	for _, p := range q.Values(match.Query) {
		if p.Key != "" {
			pairs = append(pairs, p.Key+"="+p.Value)
		}
	}
	if len(pairs) > 0 {
		out[":path"] += "?" + strings.Join(pairs, "&")
	}
	return out
}

// request is a sample as a client of a service sends it. A token with claims has
// them in its payload.
func request(q *match.Request, from string) engine.Request {
	out := engine.Request{From: from, HTTP: headers(q)}
	principal, there := q.Lookup(match.Token, "principal")
	if !there {
		return out
	}
	slash := max(0, strings.LastIndex(principal, "/"))
	out.Token = map[string]any{"iss": principal[:slash], "sub": strings.TrimPrefix(principal[slash:], "/")}
	for _, v := range q.Values(match.Token) {
		switch path, named := strings.CutPrefix(v.Key, "claim:"); {
		case named:
			setClaim(out.Token, strings.Split(path, "."), claim(v.Value))
		case v.Key == "audience":
			out.Token["aud"] = claim(v.Value)
		case v.Key == "presenter":
			out.Token["azp"] = v.Value
		}
	}
	return out
}

// claim is a text, or a list of several.
func claim(value string) any {
	all := strings.Split(value, match.Separator)
	if len(all) == 1 {
		return value
	}
	out := make([]any, len(all))
	for i, v := range all {
		out[i] = v
	}
	return out
}

func setClaim(in map[string]any, path []string, value any) {
	for _, name := range path[:len(path)-1] {
		next, is := in[name].(map[string]any)
		if !is {
			next = map[string]any{}
			in[name] = next
		}
		in = next
	}
	in[path[len(path)-1]] = value
}
