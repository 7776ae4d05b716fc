package engine

import (
	"fmt"
	"strings"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	httpauthz "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	httprbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcprbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/transmesh/transmesh/translate/conformance/rbac"
)

// Request is one request to a service, or a connection.
type Request struct {
	// From is the calling service; "" is a client without a certificate.
	From string
	// HTTP has the headers by name in lower case, pseudo-headers among them; nil
	// for a connection that is not HTTP.
	HTTP map[string]string
}

// Admits reports whether the sidecar of a proxy's own service lets a request in.
func (a *Agent) Admits(p *Proxy, r Request) (bool, error) {
	public, err := p.public()
	if err != nil {
		return false, err
	}
	if r.From == "" {
		return false, nil // the chain wants a certificate
	}
	chains := public.GetFilterChains()
	if len(chains) == 0 {
		return false, fmt.Errorf("no filter chain")
	}
	peer := "spiffe://" + a.Trust + "/ns/default/dc/dc1/svc/" + r.From
	request := &rbac.Request{Peer: peer, Headers: r.HTTP}
	var network []*listener.Filter
	var http []*hcm.HttpFilter
	for _, f := range chains[0].GetFilters() {
		switch m := unpack(f.GetTypedConfig()).(type) {
		case *tcprbac.RBAC:
			network = append(network, f)
		case *hcm.HttpConnectionManager:
			http = judging(m.GetHttpFilters())
			if r.HTTP == nil {
				return false, nil // it is refused as no HTTP
			}
		}
	}
	return rbac.Judge(rbac.TCP(network), &rbac.Request{Peer: peer}).Allowed && rbac.Judge(rbac.HTTP(http), request).Allowed, nil
}

// judging are the filters that decide about requests.
func judging(filters []*hcm.HttpFilter) []*hcm.HttpFilter {
	var out []*hcm.HttpFilter
	for _, f := range filters {
		switch unpack(f.GetTypedConfig()).(type) {
		case *httprbac.RBAC, *httpauthz.ExtAuthz:
			out = append(out, f)
		}
	}
	return out
}

// public is the listener for requests of other services.
func (p *Proxy) public() (*listener.Listener, error) {
	for name, l := range p.Listeners {
		if strings.HasPrefix(name, "public_listener:") {
			return l, nil
		}
	}
	return nil, fmt.Errorf("no public listener")
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
