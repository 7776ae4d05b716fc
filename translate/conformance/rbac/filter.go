package rbac

import (
	"fmt"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbac "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	httpauthz "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	httprbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	tcpauthz "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/ext_authz/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcprbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/anypb"
)

// Filter is one filter of a chain: an RBAC filter, or one that asks a provider.
type Filter struct {
	// name is that of the filter, under which its metadata is kept.
	name string
	// rules decide; shadow rules only leave in the metadata, behind a prefix,
	// which policy held. Either may be nil.
	rules, shadow *rbac.RBAC
	prefix        string
	// asks says that the filter asks a provider; enabled for which requests, nil
	// for all.
	asks    bool
	enabled *matcher.MetadataMatcher
}

// HTTP reads the filters of an HTTP chain.
func HTTP(filters []*hcm.HttpFilter) []Filter {
	var out []Filter
	for _, f := range filters {
		out = append(out, filter(f.GetName(), f.GetTypedConfig()))
	}
	return out
}

// TCP reads the filters of a chain that is not HTTP.
func TCP(filters []*listener.Filter) []Filter {
	var out []Filter
	for _, f := range filters {
		out = append(out, filter(f.GetName(), f.GetTypedConfig()))
	}
	return out
}

func filter(name string, config *anypb.Any) Filter {
	m, err := config.UnmarshalNew()
	if err != nil {
		panic("rbac: " + err.Error())
	}
	f := Filter{name: name}
	switch c := m.(type) {
	case *httprbac.RBAC:
		f.rules, f.shadow, f.prefix = c.GetRules(), c.GetShadowRules(), c.GetShadowRulesStatPrefix()
	case *tcprbac.RBAC:
		f.rules, f.shadow, f.prefix = c.GetRules(), c.GetShadowRules(), c.GetShadowRulesStatPrefix()
	case *httpauthz.ExtAuthz:
		f.asks, f.enabled = true, c.GetFilterEnabledMetadata()
	case *tcpauthz.ExtAuthz:
		f.asks, f.enabled = true, c.GetFilterEnabledMetadata()
	default:
		panic(fmt.Sprintf("rbac: unknown filter %T", m))
	}
	return f
}
