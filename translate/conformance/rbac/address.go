package rbac

import (
	"net/netip"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
)

// within reports whether an address is in a block. Addresses of the other family
// are not. source/common/network/cidr_range.cc
func within(block *core.CidrRange, a netip.Addr) bool {
	base, err := netip.ParseAddr(block.GetAddressPrefix())
	if err != nil {
		panic("rbac: Envoy rejects the address " + block.GetAddressPrefix())
	}
	prefix, err := base.Prefix(int(block.GetPrefixLen().GetValue()))
	if err != nil {
		panic("rbac: Envoy rejects the block " + block.String())
	}
	return a.IsValid() && prefix.Contains(a)
}
