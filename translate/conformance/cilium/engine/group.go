package engine

import (
	"net/netip"

	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/policy/api"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// addressGroup is a CiliumCIDRGroup.
type addressGroup struct {
	name   string
	blocks []netip.Prefix
}

// applyGroup makes a group known. Its addresses have a label that rules select.
func (c *Cluster) applyGroup(u *unstructured.Unstructured) error {
	var g ciliumv2.CiliumCIDRGroup
	if err := convert(u, &g); err != nil {
		return err
	}
	own := addressGroup{name: g.Name}
	for _, text := range g.Spec.ExternalCIDRs {
		block, err := netip.ParsePrefix(string(text))
		if err != nil {
			return err
		}
		own.blocks = append(own.blocks, block)
	}
	c.groups = append(c.groups, own)
	return nil
}

// grouped adds the labels of the groups that an address is in.
// cilium pkg/policy/cidrgroup
func (c *Cluster) grouped(to labels.Labels, address netip.Addr) {
	for _, g := range c.groups {
		for _, b := range g.blocks {
			if b.Contains(address) {
				l := api.LabelForCIDRGroupRef(g.name)
				to[l.Key] = l
			}
		}
	}
}
