package engine

import (
	"encoding/json"
	"fmt"

	ipcache "github.com/cilium/cilium/pkg/ipcache/types"
	"github.com/cilium/cilium/pkg/k8s"
	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	networking "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"
	"github.com/cilium/cilium/pkg/policy/api"
	"github.com/cilium/cilium/pkg/policy/types"
	"github.com/cilium/cilium/pkg/policy/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

// Apply validates one manifest as the API server and the agent do, and puts it
// into force if it is a policy. Objects of kinds that Cilium does not have pass.
func (c *Cluster) Apply(manifest []byte) error {
	var u unstructured.Unstructured
	data, err := yaml.YAMLToJSON(manifest)
	if err != nil {
		return err
	}
	if err := utiljson.Unmarshal(data, &u.Object); err != nil { // keeps whole numbers whole
		return err
	}
	if err := Validate(u.Object); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	switch u.GetKind() {
	case "CiliumNetworkPolicy":
		return c.applyNamespaced(&u)
	case "CiliumClusterwideNetworkPolicy":
		return c.applyClusterwide(&u)
	case "NetworkPolicy":
		return c.applyKubernetes(&u)
	case "CiliumCIDRGroup":
		return c.applyGroup(&u)
	case "CiliumEnvoyConfig", "CiliumClusterwideEnvoyConfig":
		return CheckEnvoyConfig(&u)
	}
	return nil
}

func (c *Cluster) applyNamespaced(u *unstructured.Unstructured) error {
	var p ciliumv2.CiliumNetworkPolicy
	if err := convert(u, &p); err != nil {
		return err
	}
	rules, err := p.Parse(c.logger, ClusterName)
	return c.load("cnp", p.Namespace, p.Name, rules, err)
}

func (c *Cluster) applyClusterwide(u *unstructured.Unstructured) error {
	var p ciliumv2.CiliumClusterwideNetworkPolicy
	if err := convert(u, &p); err != nil {
		return err
	}
	rules, err := p.Parse(c.logger, ClusterName)
	return c.load("ccnp", "", p.Name, rules, err)
}

// applyKubernetes puts a NetworkPolicy into force, with the types that the API
// server gives one that says none.
func (c *Cluster) applyKubernetes(u *unstructured.Unstructured) error {
	var p networking.NetworkPolicy
	if err := convert(u, &p); err != nil {
		return err
	}
	if len(p.Spec.PolicyTypes) == 0 {
		p.Spec.PolicyTypes = []networking.PolicyType{networking.PolicyTypeIngress}
		if len(p.Spec.Egress) > 0 {
			p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, networking.PolicyTypeEgress)
		}
	}
	entries, err := k8s.ParseNetworkPolicy(c.logger, ClusterName, &p)
	if err != nil {
		return err
	}
	c.enforce("knp", p.Namespace, p.Name, entries)
	return nil
}

// load puts the rules of one policy into force.
func (c *Cluster) load(kind, namespace, name string, rules api.Rules, err error) error {
	if err != nil {
		return fmt.Errorf("sanitize: %w", err)
	}
	for _, r := range rules {
		for _, e := range r.Egress {
			c.names = append(c.names, e.ToFQDNs...)
		}
	}
	c.enforce(kind, namespace, name, utils.RulesToPolicyEntries(rules))
	return nil
}

func (c *Cluster) enforce(kind, namespace, name string, entries types.PolicyEntries) {
	c.repo.ReplaceByResource(entries, ipcache.ResourceID(kind+"/"+namespace+"/"+name))
}

func convert(u *unstructured.Unstructured, to any) error {
	data, err := json.Marshal(u.Object)
	if err != nil {
		return err
	}
	return yaml.UnmarshalStrict(data, to)
}
