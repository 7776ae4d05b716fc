package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	httpauthz "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	jwt "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
	httprbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcprbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/transmesh/transmesh/translate/conformance/rbac"
	"github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// Request is one request to a service, or a connection.
type Request struct {
	// From is the calling service; "" is a client without a certificate.
	From string
	// HTTP has the headers by name in lower case, pseudo-headers among them; nil
	// for a connection that is not HTTP.
	HTTP map[string]string
	// Token is the payload of a valid token with its issuer in "iss"; nil is none.
	Token map[string]any
}

// Inbound is what a sidecar decides about requests to its own service.
type Inbound struct {
	trust   string
	network []rbac.Filter
	http    []rbac.Filter
	tokens  []*jwt.JwtProvider
	manager *hcm.HttpConnectionManager
}

// Inbound reads the listener for requests of other services.
func (a *Agent) Inbound(p *Proxy) (*Inbound, error) {
	public := p.listener("public_listener:")
	if public == nil || len(public.GetFilterChains()) == 0 {
		return nil, fmt.Errorf("no public listener")
	}
	out := &Inbound{trust: a.Trust}
	for _, f := range public.GetFilterChains()[0].GetFilters() {
		switch m := unpack(f.GetTypedConfig()).(type) {
		case *tcprbac.RBAC:
			out.network = append(out.network, rbac.TCP([]*listener.Filter{f})...)
		case *hcm.HttpConnectionManager:
			out.manager = m
			if err := out.filters(m); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// filters reads those that decide about requests.
func (i *Inbound) filters(m *hcm.HttpConnectionManager) error {
	for _, f := range m.GetHttpFilters() {
		switch c := unpack(f.GetTypedConfig()).(type) {
		case *httprbac.RBAC, *httpauthz.ExtAuthz:
			i.http = append(i.http, rbac.HTTP([]*hcm.HttpFilter{f})...)
		case *jwt.JwtAuthentication:
			if len(i.http) > 0 {
				return fmt.Errorf("tokens are looked at too late")
			}
			for _, p := range c.GetProviders() {
				i.tokens = append(i.tokens, p)
			}
		}
	}
	return nil
}

// Admits reports whether a request is let in.
func (i *Inbound) Admits(r Request) bool {
	if r.From == "" || r.HTTP == nil && i.manager != nil {
		return false // the chain wants a certificate, or HTTP
	}
	request := &rbac.Request{Peer: "spiffe://" + i.trust + "/ns/default/dc/dc1/svc/" + r.From}
	if !rbac.Judge(i.network, request).Allowed {
		return false
	}
	request.Headers, request.Metadata = r.HTTP, i.payloads(r.Token)
	return i.manager == nil || rbac.Judge(i.http, request).Allowed
}

// payloads is what the filter that looks at tokens leaves for others: the payload,
// for each provider that accepts the token. It refuses none.
// envoy source/extensions/filters/http/jwt_authn/verifier.cc
func (i *Inbound) payloads(token map[string]any) map[string]*structpb.Struct {
	if token == nil {
		return nil
	}
	payload, err := structpb.NewStruct(token)
	if err != nil {
		panic("engine: " + err.Error())
	}
	found := map[string]*structpb.Value{}
	for _, p := range i.tokens {
		if accepts(p, token) {
			found[p.GetPayloadInMetadata()] = structpb.NewStructValue(payload)
		}
	}
	return map[string]*structpb.Struct{"envoy.filters.http.jwt_authn": {Fields: found}}
}

func accepts(p *jwt.JwtProvider, token map[string]any) bool {
	audiences, many := token["aud"].([]any)
	if !many {
		audiences = []any{token["aud"]}
	}
	meant := func(a any) bool {
		text, ok := a.(string)
		return ok && slices.Contains(p.GetAudiences(), text)
	}
	return p.GetIssuer() == token["iss"] && (len(p.GetAudiences()) == 0 || slices.ContainsFunc(audiences, meant))
}

// Patience is how long the service's own proxy lets it take; 0 is no bound. Where
// nothing is said, the route of the public listener says no timeout, so that Envoy's
// 15 seconds hold there too. ok is false where the proxy looks at no requests.
func (i *Inbound) Patience() (d time.Duration, ok bool) {
	if i.manager == nil || i.manager.GetRouteConfig() == nil {
		return 0, false
	}
	a := routes.Decide(i.manager.GetRouteConfig(), &routes.Request{Headers: map[string]string{":path": "/", ":authority": "any"}})
	return a.Timeout, true
}

// listener is the one whose name begins so, or nil.
func (p *Proxy) listener(prefix string) *listener.Listener {
	for name, l := range p.Listeners {
		if strings.HasPrefix(name, prefix) {
			return l
		}
	}
	return nil
}

// routeNames are the route tables that a listener mentions.
func routeNames(l *listener.Listener) []string {
	var out []string
	for _, c := range append(l.GetFilterChains(), l.GetDefaultFilterChain()) {
		for _, f := range c.GetFilters() {
			if m, ok := unpack(f.GetTypedConfig()).(*hcm.HttpConnectionManager); ok && m.GetRds() != nil {
				out = append(out, m.GetRds().GetRouteConfigName())
			}
		}
	}
	return out
}

// unpack is a filter's configuration; nil for types that are not linked in, none
// of which decide about requests.
func unpack(any *anypb.Any) proto.Message {
	m, err := any.UnmarshalNew()
	if err != nil {
		return nil
	}
	return m
}

// HTTP reports whether requests are understood.
func (i *Inbound) HTTP() bool { return i.manager != nil }
