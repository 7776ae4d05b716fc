package consul

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// provider is a JWTProvider as read.
type provider struct {
	object *source.Object
	rule   intent.TokenRule
	used   bool
	shared bool // another provider has the same issuer
}

// readProvider reads whose tokens are accepted, and where they are looked for.
// What Consul does not tell Envoy has no effect: agent/xds/jwt_authn.go.
func (r *reader) readProvider(o *source.Object) {
	if old := r.providers[o.Name]; old != nil {
		r.wrong(o, "there is a second one of that name", old.object.Ref())
		return
	}
	spec := specOf(o)
	p := &provider{object: o, rule: intent.TokenRule{Home: r.home(o), Issuer: spec.get("issuer").text(), Audiences: spec.get("audiences").texts(), From: intent.From(o.Ref())}}
	for _, other := range r.providers {
		if other.rule.Issuer == p.rule.Issuer {
			other.shared, p.shared = true, true
		}
	}
	r.providers[o.Name] = p
	for _, l := range spec.get("locations").items() {
		r.location(&p.rule, l)
	}
	if slices.Equal(p.rule.Headers, usualHeaders) && slices.Equal(p.rule.Params, usualParams) && len(p.rule.Cookies) == 0 {
		p.rule.Headers, p.rule.Params = nil, nil // said of itself
	}
	if f := spec.get("forwarding"); !f.missing() {
		if p.rule.PayloadHeader = f.get("headerName").text(); p.rule.PayloadHeader == "" {
			f.Node.Reject("names no header")
		}
		if v := f.get("padForwardPayloadHeader"); v.boolean() {
			r.field(o, v, whyPadded)
		}
	}
	for _, key := range []string{"clockSkewSeconds", "cacheConfig"} {
		if v := spec.get(key); !v.missing() {
			v.Node.MarkRead()
			r.inert(v.Node, key+" is not told to proxies")
		}
	}
	r.keySet(o, p, spec.get("jsonWebKeySet"))
}

// usualHeaders and usualParams are where a token is looked for where nothing says it.
// envoy api/envoy/extensions/filters/http/jwt_authn/v3/config.proto JwtProvider.from_headers
var (
	usualHeaders = []intent.TokenHeader{{Name: "authorization", Prefix: "Bearer "}}
	usualParams  = []string{"access_token"}
)

func (r *reader) location(rule *intent.TokenRule, n value) {
	header, param, cookie := n.get("header"), n.get("queryParam"), n.get("cookie")
	said := 0
	if !header.missing() {
		said++
		rule.Headers = append(rule.Headers, intent.TokenHeader{Name: strings.ToLower(header.get("name").text()), Prefix: header.get("valuePrefix").text()})
		rule.Forward = nil // of several headers the last counts
		if header.get("forward").boolean() {
			yes := true
			rule.Forward = &yes
		}
	}
	if !param.missing() {
		said++
		rule.Params = append(rule.Params, param.get("name").text())
	}
	if !cookie.missing() {
		said++
		rule.Cookies = append(rule.Cookies, cookie.get("name").text())
	}
	for _, named := range []value{header, param, cookie} {
		if !named.missing() && named.get("name").text() == "" {
			named.Node.Reject("has no name")
		}
	}
	if said != 1 {
		n.Node.Reject("must say exactly one of header, queryParam and cookie")
	}
}

// keySet reads where the keys are.
func (r *reader) keySet(o *source.Object, p *provider, n value) {
	local, remote := n.get("local"), n.get("remote")
	switch {
	case local.missing() == remote.missing():
		specOf(o).Node.Reject("must say exactly one of jsonWebKeySet.local and jsonWebKeySet.remote")
	case !local.missing():
		p.rule.JWKS = decodeKeys(local.get("jwks"))
		if (local.get("jwks").text() == "") == (local.get("filename").text() == "") {
			local.Node.Reject("must say exactly one of jwks and filename")
		}
		r.field(o, local.get("filename"), whyKeyFile)
	default:
		p.rule.JWKSURI = remote.get("uri").text()
		checkURI(remote)
		if v := remote.get("requestTimeoutMs"); !v.missing() {
			whole := time.Duration(v.count()) * time.Millisecond / time.Second // agent/xds/jwt_authn.go makeRemoteJWKS
			p.rule.TimeoutText = strconv.Itoa(int(whole)) + "s"
		}
		if v := remote.get("cacheDuration"); v.duration() > 0 {
			v.Node.Reject("is told to proxies in wrong units, which refuse the listener and keep what they had")
		}
		if v := remote.get("fetchAsynchronously"); !v.missing() {
			v.boolean()
			v.Node.Skip("only says when keys are fetched")
		}
		r.fields(o, remote, whyFetched, "useSNI", "retryPolicy")
		r.keyServer(o, p, remote.get("jwksCluster"))
	}
}

// checkURI refuses one that Consul's servers do not take, and one that names no server
// to ask, of which proxies are told nothing that works.
// agent/structs/config_entry_jwt_provider.go RemoteJWKS.Validate,
// agent/xds/clusters.go makeJWTProviderCluster
func checkURI(remote value) {
	v := remote.get("uri")
	u, err := url.ParseRequestURI(v.text())
	switch {
	case v.missing():
	case err != nil:
		v.Node.Reject("is no URI")
	case u.Hostname() == "":
		v.Node.Reject("names no server")
	}
}

// keyServer reads how the server that has the keys is found, and whether it must
// show a certificate: without authorities that are trusted, none is looked at.
// agent/xds/clusters.go makeJWTCertValidationContext
func (r *reader) keyServer(o *source.Object, p *provider, n value) {
	found, host := n.get("discoveryType"), keyHost(p.rule.JWKSURI)
	switch how := found.text(); {
	case foundByAddress(n, how) && host != "" && !isAddress(host):
		specOf(o).get("jsonWebKeySet").get("remote").Node.Reject("names a server that is taken for an address, which proxies refuse: jwksCluster.discoveryType must be STRICT_DNS")
	case foundByAddress(n, how), foundByName[how]:
		found.Node.Skip("the server is found as its uri says")
	case how != "EDS" && how != "ORIGINAL_DST":
		found.Node.Reject("is no way to find a server")
	default:
		r.field(o, found, whyKeyServer)
	}
	r.fields(o, n, whyFetched, "connectTimeout", "tlsCertificates")
	p.rule.Unchecked = strings.HasPrefix(p.rule.JWKSURI, "https:") && n.get("tlsCertificates").missing()
}

// foundByAddress reports whether a server is taken for an address: without a
// jwksCluster its name is not looked up, with one that says nothing of it, it is.
// agent/xds/clusters.go makeJWKSDiscoveryClusterType
func foundByAddress(cluster value, how string) bool { return cluster.missing() || how == "STATIC" }

// foundByName are the ways to find a server that look up its name.
var foundByName = map[string]bool{"": true, "STRICT_DNS": true, "LOGICAL_DNS": true}

// keyHost is the server of a URI; "" is none.
func keyHost(uri string) string {
	u, err := url.ParseRequestURI(uri)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// decodeKeys reads keys that are written in base64.
func decodeKeys(v value) string {
	keys, err := base64.StdEncoding.DecodeString(v.text())
	if err != nil {
		v.Node.Reject("is not base64")
	}
	return string(keys)
}
