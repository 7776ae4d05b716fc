package match

import (
	"fmt"
	"slices"
	"strings"
)

// String writes a request as a command that could send it, with who sends it:
// "curl -X POST http://cart.shop/admin -H 'x-a: 1' as shop/web". A connection
// that is not HTTP reads "connect cart.shop:6379 without identity".
func (r *Request) String() string {
	to := r.hostPort()
	if to == "" {
		to = "HOST"
	}
	return r.Sent(to, r.client())
}

// Sent writes a request as String does, sent to an address, "cart.shop:80", by a
// client in words: "as shop/web". Where the authority is another than the
// address, it is the header Host.
func (r *Request) Sent(to, client string) string {
	words := []string{"connect", to}
	if r.get(Protocol) != "tcp" {
		words = r.curl(to)
	}
	words = append(words, client)
	if also := r.also(); also != "" {
		words = append(words, "("+also+")")
	}
	return strings.Join(words, " ")
}

func (r *Request) curl(to string) []string {
	words := []string{"curl"}
	switch m := r.get(Method); m {
	case "", "GET":
	case "HEAD":
		words = append(words, "-I")
	default:
		words = append(words, "-X", quoted(m))
	}
	words = append(words, quoted(r.url(to)))
	if name := r.get(Authority); name != "" && name != to {
		words = append(words, "-H "+quoteAlways("Host: "+name))
	}
	for _, h := range r.keyed(Header) {
		if h.text == "" {
			words = append(words, "-H "+quoteAlways(h.Key+";")) // how curl sends a header without value
		} else {
			words = append(words, "-H "+quoteAlways(h.Key+": "+h.text))
		}
	}
	return words
}

// get is a value without key, "" where it is absent.
func (r *Request) get(f Field) string {
	v, _ := r.Lookup(f, "")
	return v
}

func (r *Request) url(to string) string {
	scheme, path := r.get(Scheme), r.get(Path)
	if scheme == "" {
		scheme = "http"
	}
	if path == "" {
		path = "/"
	}
	query := ""
	asked := r.keyed(Query)
	for _, q := range asked {
		switch {
		case q.Key != "":
			query += "&" + q.Key + "=" + q.text
		case len(asked) == 1: // the whole
			query = "&" + q.text
		}
	}
	if query != "" {
		query = "?" + query[1:]
	}
	return scheme + "://" + to + path + query
}

// hostPort is what is addressed, "" where nothing says it.
func (r *Request) hostPort() string {
	host := r.get(Authority)
	if host == "" {
		host = r.get(Host)
	}
	port := r.get(ServicePort)
	if port == "" {
		port = r.get(Port)
	}
	if host != "" && port != "" && !strings.Contains(host, ":") {
		return host + ":" + port
	}
	return host
}

// also is what no command line says.
func (r *Request) also() string {
	var parts []string
	for _, f := range []Field{ClientTrust, ClientIP, RemoteIP, SNI, Found, DestIP, Token, ClientLabel, Namespace, Label, Account, Service, DestHost} {
		for _, v := range r.keyed(f) {
			name := fieldNames[f]
			if v.Key != "" {
				name += " " + v.Key
			}
			parts = append(parts, name+" "+strings.ReplaceAll(v.text, Separator, ","))
		}
	}
	return strings.Join(parts, ", ")
}

// client is the identity, as namespace/account where it has both.
func (r *Request) client() string {
	ns, account := r.get(ClientNamespace), r.get(ClientAccount)
	switch {
	case r.get(ClientIdentity) != "":
		return "as " + r.get(ClientIdentity)
	case ns != "" && account != "":
		return "as " + ns + "/" + account
	case ns != "":
		return "as someone of " + ns
	case account != "":
		return "as account " + account
	}
	return "without identity"
}

// keyed lists the values of a field by key.
func (r *Request) keyed(f Field) []value {
	var out []value
	for _, v := range r.values {
		if v.Field == f {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b value) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// quoted puts a word in quotes where a shell would not leave it alone.
func quoted(s string) string {
	if s == "" || strings.ContainsAny(s, " !\"#$&'()*;<>?[\\]^`{|}~") {
		return quoteAlways(s)
	}
	return s
}

func quoteAlways(s string) string {
	return fmt.Sprintf("'%s'", strings.ReplaceAll(s, "'", `'\''`))
}
