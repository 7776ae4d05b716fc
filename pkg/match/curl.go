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
	if r.get(Protocol) == "tcp" {
		return strings.Join(append([]string{"connect"}, r.connection()...), " ")
	}
	words := []string{"curl"}
	if m := r.get(Method); m != "" && m != "GET" {
		words = append(words, "-X", quoted(m))
	}
	words = append(words, quoted(r.url()))
	for _, a := range r.keyed(Header) {
		words = append(words, "-H "+quoteAlways(a.Key+": "+r.values[a]))
	}
	return strings.Join(append(words, r.sender()...), " ")
}

// get is a value without key, "" where it is absent.
func (r *Request) get(f Field) string {
	v, _ := r.Lookup(f, "")
	return v
}

func (r *Request) url() string {
	scheme, path := r.get(Scheme), r.get(Path)
	if scheme == "" {
		scheme = "http"
	}
	if path == "" {
		path = "/"
	}
	host := r.hostPort()
	if host == "" {
		host = "HOST"
	}
	query := ""
	for _, a := range r.keyed(Query) {
		query += "&" + a.Key + "=" + r.values[a]
	}
	if query != "" {
		query = "?" + query[1:]
	}
	return scheme + "://" + host + path + query
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
	if port != "" && !strings.Contains(host, ":") {
		return host + ":" + port
	}
	return host
}

func (r *Request) connection() []string {
	if to := r.hostPort(); to != "" {
		return append([]string{to}, r.sender()...)
	}
	return r.sender()
}

// sender says who sends it, and what no command line says.
func (r *Request) sender() []string {
	var also []string
	for _, f := range []Field{ClientTrust, ClientIP, RemoteIP, SNI, DestIP, Token, ClientLabel, Namespace, Label, Account, Service} {
		for _, a := range r.keyed(f) {
			name := fieldNames[f]
			if a.Key != "" {
				name += " " + a.Key
			}
			also = append(also, name+" "+strings.ReplaceAll(r.values[a], Separator, ","))
		}
	}
	out := []string{r.client()}
	if also != nil {
		out = append(out, "("+strings.Join(also, ", ")+")")
	}
	return out
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

// keyed lists the attributes of a field by key.
func (r *Request) keyed(f Field) []attribute {
	var out []attribute
	for a := range r.values {
		if a.Field == f {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b attribute) int { return strings.Compare(a.Key, b.Key) })
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
